// The witnesses of a serve configuration: keys are read, and each is somebody else; then serve lets exactly them in.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { toHex } from '../../../crypto/bytes.js';
import { identityFromSeed } from '../../../crypto/signature.js';
import { loadConfig } from '../../../src/cli/serve-config/index.js';
import { startService } from '../../../src/cli/serve/service.js';
import { createGrpcWitness } from '../../../src/client/node/grpc-witness.js';
import { writePublicKey } from '../../../src/client/node/key-files.js';
import { createTokenSource } from '../../../src/client/node/token.js';
import { participants } from '../../helpers/protocol.js';
import { refusalOf } from '../../rpc/fakes.js';

const folder = mkdtempSync(join(tmpdir(), 'blindsum-witnesses-'));
const path = join(folder, 'blindsum.yaml');
const FILES = {
  listen: '127.0.0.1:0',
  tls: { certificate: 'server.pem', key: 'server.key' },
  coordinatorKey: 'coordinator.key',
  organiser: 'organiser.pub',
  operatorTokenFile: 'operator.token',
  log: 'error',
};
type Party = ReturnType<typeof participants>[number];
const [a, b, stranger] = participants(3) as [Party, Party, Party];

beforeAll(async () => {
  await loadConfig({ dev: folder, listen: '127.0.0.1:0' }, {});
  writePublicKey(join(folder, 'a.pub'), a.identity);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (witnesses: unknown) => {
  writeFileSync(path, stringify({ ...FILES, witnesses }));
  return loadConfig({ config: path }, {});
};
const refused = async (witnesses: unknown): Promise<string> => {
  const { code, message } = await refusalOf(load(witnesses));
  expect(message).toContain('blindsum.yaml');
  return `${code} ${message}`;
};

test('there are none where none are given; keys come from hex and from files', async () => {
  expect((await load(undefined)).witnesses).toEqual([]);
  const given = [
    { name: 'hospital-a', key: 'a.pub' },
    { name: 'ärztekammer', key: toHex(b.identity).toUpperCase() },
  ];
  expect((await load(given)).witnesses).toEqual([
    { name: 'hospital-a', publicKey: a.identity },
    { name: 'ärztekammer', publicKey: b.identity },
  ]);
});

test('what cannot be a witness is refused, and named', async () => {
  const key = toHex(b.identity);
  expect(await refused([{ name: 'a b', key }])).toMatch(/^BAD_CONFIG .*no white space/);
  expect(await refused([{ name: 'a+b', key }])).toMatch(/^BAD_CONFIG .*no white space and no '\+'/);
  expect(await refused([{ name: 'a' }])).toMatch(/^BAD_CONFIG .*witnesses/);
  expect(await refused([{ name: 'a', key: 'none.pub' }])).toMatch(
    /^UNREADABLE_FILE .*witnesses: a: .*none\.pub/,
  );
  const twice = [{ name: 'a', key: 'a.pub' }];
  expect(await refused([...twice, { name: 'a', key }])).toMatch(
    /^BAD_CONFIG .*witnesses: a: has the name or/,
  );
  expect(await refused([...twice, { name: 'b', key: toHex(a.identity) }])).toMatch(/^BAD_CONFIG .*key of a;/);
  const own = readFileSync(join(folder, 'trust.yaml'), 'utf8').match(/coordinator: "?([0-9a-f]{64})/)?.[1];
  expect(await refused([{ name: 'self', key: own }])).toMatch(/^BAD_CONFIG .*is the coordinator itself/);
});

test('a coordinator that is started so lets them in, and nobody else', async () => {
  const config = await load([{ name: 'hospital-a', key: 'a.pub' }]);
  const service = await startService(config);
  const ca = readFileSync(join(folder, 'ca.pem'), 'utf8');
  const { publicKey: coordinatorKey } = identityFromSeed(config.coordinatorSeed);
  const connect = ({ signer }: Party) =>
    createGrpcWitness({
      coordinator: service.address,
      ca,
      token: createTokenSource({ signer, coordinatorKey }),
    });
  const [known, unknown] = [connect(a), connect(stranger)];
  try {
    const query = { oldSize: 0, witnesses: 0 };
    expect(await known.getCheckpoint(query)).toEqual({ checkpoint: null, consistency: [] });
    expect((await refusalOf(known.putCosignature(1, 'line'))).code).toBe('CONTEXT_MISMATCH');
    expect((await refusalOf(unknown.getCheckpoint(query))).code).toBe('FORBIDDEN');
  } finally {
    for (const client of [known, unknown]) client.close();
    await service.stop();
  }
});
