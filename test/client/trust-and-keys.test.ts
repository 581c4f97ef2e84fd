// Files a participant holds: trust file, keys, certificates. Every error is one line that names the file and the key.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../crypto/bytes.js';
import { createClient, createMemoryJournal, fingerprint, parseTrust } from '../../src/client/index.js';
import { trustFrom } from '../../src/cli/trust-flag.js';
import { connect } from '../../src/client/node/connect.js';
import * as keys from '../../src/client/node/key-files.js';
import { loadBeacon } from '../../src/client/node/beacon-file.js';
import { loadTrust } from '../../src/client/node/trust-file.js';
import { issueCertificate } from '../../src/operator/organiser.js';
import type { BlindsumError } from '../../src/protocol/errors.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { coordinator, organiser, party } from '../helpers/protocol.js';
import { QUICKNET } from '../protocol/vectors/ring.js';
import { trustOf } from './helpers/world.js';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const identities = { organiser: toHex(organiser.identity), coordinator: toHex(coordinator.identity) };
const seed = Uint8Array.from({ length: 32 }, (_, index) => index);

function errorOf(attempt: () => unknown): BlindsumError {
  try {
    attempt();
  } catch (error) {
    return error as BlindsumError;
  }
  throw new Error('nothing was thrown');
}

describe('trust', () => {
  test('defaults are the floor of the policy', () => {
    const trust = parseTrust(identities);
    expect(trust.anchors.organiser).toEqual(organiser.identity);
    expect(trust.anchors.policy).toMatchObject({ minHonest: 2, minParticipants: 3, acceptGrants: false });
    expect(trust.ca).toBeUndefined();
  });

  test('witnesses are named with their keys', () => {
    const [key, publicKey] = [identities.organiser, organiser.identity];
    const given = { ...identities, witnesses: [{ name: 'hospital-a', key }], policy: { minWitnesses: 1 } };
    expect(parseTrust(given).witnesses).toEqual([{ name: 'hospital-a', publicKey }]);
    expect(parseTrust(identities)).toMatchObject({ witnesses: [], anchors: { policy: { minWitnesses: 0 } } });
  });

  test('keys are hex, or the line of a .pub file', () => {
    const line = `blindsum-public-v1:${identities.organiser}\n`;
    const { anchors } = parseTrust({ organiser: line, coordinator: identities.coordinator });
    expect(anchors.organiser).toEqual(organiser.identity);
    const secret = { ...identities, organiser: `blindsum-identity-v1:${identities.organiser}` };
    expect(errorOf(() => parseTrust(secret)).message).not.toContain(identities.organiser);
  });

  test.each([
    ['nothing', undefined, 'NO_TRUST', /nothing in it/],
    ['a text', 'hello', 'BAD_CONFIG', /expected/],
    ['no coordinator', { organiser: identities.organiser }, 'BAD_CONFIG', /coordinator/],
    ['a short key', { ...identities, organiser: 'abc' }, 'BAD_CONFIG', /organiser: expected 64 hex/],
    ['a weak key', { ...identities, organiser: '00'.repeat(32) }, 'BAD_CONFIG', /organiser: is not an acc/],
    ['a misspelt key', { ...identities, polcy: {} }, 'BAD_CONFIG', /unknown key polcy/],
    ['a misspelt floor', { ...identities, policy: { minHonnest: 3 } }, 'BAD_CONFIG', /policy\.minHonnest/],
    [
      'more witnesses than are named',
      { ...identities, policy: { minWitnesses: 1 } },
      'BAD_CONFIG',
      /policy\.minWitnesses: 1 are asked for, but witnesses names 0/,
    ],
    [
      'a witness whose name has a space',
      { ...identities, witnesses: [{ name: 'a b', key: identities.organiser }] },
      'BAD_CONFIG',
      /witnesses\.0\.name: expected a name without white space/,
    ],
    [
      'a witness without a key',
      { ...identities, witnesses: [{ name: 'a' }] },
      'BAD_CONFIG',
      /witnesses\.0\.key/,
    ],
    ['a floor too low', { ...identities, policy: { minHonest: 1 } }, 'BAD_CONFIG', /policy\.minHonest/],
    ['a CA that is none', { ...identities, ca: 'ca.pem' }, 'BAD_CONFIG', /ca: expected a PEM/],
  ])('%s', (_what, value, code, message) => {
    const error = errorOf(() => parseTrust(value));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  test('from a file, with the CA beside it', () => {
    writeFileSync(at('ca.pem'), '-----BEGIN CERTIFICATE-----\n');
    writeFileSync(
      at('trust.yaml'),
      `organiser: ${identities.organiser}\ncoordinator: ${identities.coordinator}\ncaFile: ca.pem\npolicy:\n  datasets: { mine: records }\n`,
    );
    const trust = loadTrust(at('trust.yaml'));
    expect(trust.ca).toContain('BEGIN CERTIFICATE');
    expect(trust.anchors.policy.datasets).toEqual({ mine: 'records' });
  });

  test('the key of a beacon is a point of its curve, in the trust file and in that of a coordinator', async () => {
    const { chain, publicKey } = QUICKNET;
    const wrong = publicKey.replace(/a$/, 'b');
    for (const key of [publicKey, wrong]) {
      const beacon = { chain, publicKey: key, genesis: 0, period: 3, file: 'values' };
      writeFileSync(at(`trust-${key}`), JSON.stringify({ ...identities, beacon }));
      writeFileSync(at(`beacon-${key}`), JSON.stringify(beacon));
    }
    expect(loadTrust(at(`trust-${publicKey}`)).anchors.beacon).toMatchObject({ chain });
    expect(await trustFrom(at(`trust-${publicKey}`))).toEqual(loadTrust(at(`trust-${publicKey}`)));
    expect(loadBeacon(at(`beacon-${publicKey}`)).chain).toMatchObject({ chain });
    const refused = (name: string) => ({ code: 'BAD_CONFIG', message: expect.stringContaining(name) });
    const inTrust = refused('beacon.publicKey: is not a public key of BLS12-381');
    expect(errorOf(() => loadTrust(at(`trust-${wrong}`)))).toMatchObject(inTrust);
    await expect(trustFrom(at(`trust-${wrong}`))).rejects.toMatchObject(inTrust);
    const inBeacon = refused(': publicKey: is not a public key of BLS12-381');
    expect(errorOf(() => loadBeacon(at(`beacon-${wrong}`)))).toMatchObject(inBeacon);
  });

  test('files that are missing or wrong', () => {
    expect(errorOf(() => loadTrust(undefined)).code).toBe('NO_TRUST');
    expect(errorOf(() => loadTrust(at('none.yaml')))).toMatchObject({ code: 'UNREADABLE_FILE' });
    writeFileSync(at('empty.yaml'), '');
    expect(errorOf(() => loadTrust(at('empty.yaml'))).code).toBe('NO_TRUST');
    writeFileSync(at('broken.yaml'), 'a: [');
    const broken = errorOf(() => loadTrust(at('broken.yaml')));
    expect(broken.code).toBe('BAD_CONFIG');
    expect(broken.message).toContain('broken.yaml');
    writeFileSync(at('ca.yaml'), `organiser: ${identities.organiser}\ncaFile: none.pem\n`);
    expect(errorOf(() => loadTrust(at('ca.yaml'))).message).toContain('none.pem');
  });
});

describe('keys', () => {
  test('round trip, with the rights they need', () => {
    keys.writeIdentity(at('a.key'), seed);
    expect(statSync(at('a.key')).mode & 0o777).toBe(0o600);
    expect(keys.keyFileWarning(at('a.key'))).toBeNull();
    expect(keys.readIdentity(at('a.key'))).toEqual(seed);
    const { publicKey } = keys.readSigner(at('a.key'));
    expect(keys.publicKeyPath(at('a.key'))).toBe(at('a.pub'));
    keys.writePublicKey(at('a.pub'), publicKey);
    expect(keys.readPublicKey(at('a.pub'))).toEqual(publicKey);
    expect(readFileSync(at('a.key'), 'utf8')).toMatch(/^blindsum-identity-v1:[A-Za-z0-9_-]{43}\n$/);
    expect(readFileSync(at('a.pub'), 'utf8')).toMatch(/^blindsum-public-v1:[0-9a-f]{64}\n$/);
  });

  test('a key is not written over another one unless asked for', () => {
    keys.writeIdentity(at('a.key'), seed);
    expect(errorOf(() => keys.writeIdentity(at('a.key'), seed)).message).toMatch(/exists already/);
    keys.writeIdentity(at('a.key'), seed.slice().reverse(), { overwrite: true });
    expect(keys.readIdentity(at('a.key'))[0]).toBe(31);
  });

  test('one key taken for the other is told apart; rights that are too wide are a warning', () => {
    keys.writeIdentity(at('a.key'), seed);
    keys.writePublicKey(at('a.pub'), party('a').identity);
    expect(errorOf(() => keys.readIdentity(at('a.pub'))).message).toMatch(/is a public key/);
    expect(errorOf(() => keys.readPublicKey(at('a.key'))).message).toMatch(/secret identity/);
    chmodSync(at('a.key'), 0o644);
    expect(keys.keyFileWarning(at('a.key'))).toMatch(/chmod 600/);
    expect(keys.readIdentity(at('a.key'))).toEqual(seed);
    for (const text of ['', 'hello', 'blindsum-identity-v1:AAAA', 'blindsum-public-v1:00']) {
      writeFileSync(at('x'), text);
      expect(errorOf(() => keys.readIdentity(at('x'))).code).toBe('UNREADABLE_FILE');
      expect(errorOf(() => keys.readPublicKey(at('x'))).code).toBe('UNREADABLE_FILE');
    }
  });

  test('certificates and grants', () => {
    const request = { identity: party('a').identity, name: 'a', notBeforeMs: 0, expiresMs: 1 };
    const certificate = issueCertificate(request, organiser.signer);
    keys.writeSigned(at('a.cert'), 'CERTIFICATE', certificate);
    expect(keys.readSigned(at('a.cert'), 'CERTIFICATE')).toEqual(certificate);
    expect(errorOf(() => keys.readSigned(at('a.cert'), 'GRANT')).message).toMatch(/is not a grant/);
    const text = readFileSync(at('a.cert'), 'utf8');
    expect(text).toMatch(/^-----BEGIN BLINDSUM CERTIFICATE-----\n/);
    writeFileSync(at('b.cert'), text.replace(/\n.{64}\n/, '\n'));
    expect(errorOf(() => keys.readSigned(at('b.cert'), 'CERTIFICATE')).code).toBe('UNREADABLE_FILE');
  });

  test('a fingerprint is short and stable', () => {
    expect(fingerprint(party('a').identity)).toMatch(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/);
    expect(fingerprint(party('a').identity)).not.toBe(fingerprint(party('b').identity));
  });
});

describe('connect', () => {
  const trust = trustOf();

  test('opens the journal beside the key, and lets go of it', async () => {
    keys.writeIdentity(at('a.key'), seed);
    const warnings: string[] = [];
    chmodSync(at('a.key'), 0o640);
    const options = {
      coordinator: 'http://127.0.0.1:1',
      trust,
      identity: at('a.key'),
      insecure: true,
      onWarning: (warning: string) => warnings.push(warning),
    };
    const client = await connect(options);
    expect(warnings).toHaveLength(1);
    await expect(connect(options)).rejects.toMatchObject({ code: 'JOURNAL_LOCKED' });
    await client.close();
    expect(statSync(at('a.key.journal')).mode & 0o777).toBe(0o600);
    await (await connect(options)).close();
  });

  test('refuses with one clear reason', async () => {
    const options = { coordinator: 'localhost:1', trust, identity: seed };
    await expect(connect(options)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(connect({ ...options, trust: undefined })).rejects.toMatchObject({ code: 'NO_TRUST' });
    await expect(connect({ ...options, coordinator: 'a b' })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    const missing = { ...options, identity: at('none.key') };
    await expect(connect(missing)).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  });

  test('a journal of somebody else is refused by every client', () => {
    const journal = createMemoryJournal(party('b').identity);
    const transport = {} as ParticipantApi;
    const make = () =>
      createClient({ transport, journal, trust, identity: party('a').signer, certificate: null });
    expect(errorOf(make).code).toBe('BAD_CONFIG');
  });
});
