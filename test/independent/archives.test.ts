/**
 * The archive of test/vectors/audit/ and its changed copies: the audit and a verifier that shares no code with it find the
 * same, and what audit.json says. So it does not take this implementation to know what an archive shows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { openArchive } from '../../src/audit/archive/open-archive.js';
import { readSequence } from '../../src/audit/archive/sequence.js';
import { parseKeys } from '../../src/audit/archive/trust-text.js';
import { verifyArchive as audit } from '../../src/audit/archive/verify-archive.js';
import type { Keys } from '../../src/audit/source.js';
import type { Verdict } from '../../src/audit/types.js';
import { policySchema } from '../../src/protocol/policy.js';
import { inMemory, inPieces } from '../audit/archive/files.js';
import { engine } from '../audit/helpers/archive.js';
import { makeAuditVectors } from '../audit/vectors/index.js';
import { parseTrust } from './notes.js';
import { auditFiles, changed, type Changed, readJson, reasonCodes, within } from './vectors.js';
import { type Files, verifyArchive } from './verify.js';

const files = auditFiles();
const { policy, cases } = readJson('audit.json') as { policy: { minWitnesses: number }; cases: Changed[] };
const trust = files.get('archive/trust.yaml') as Buffer;
const reasons = reasonCodes();

async function* receiptsIn(of: Files) {
  for (const [place, bytes] of within('receipts', of)) {
    await Promise.resolve();
    const [session = '', name = ''] = place.split('/');
    yield { place, session, name, bytes };
  }
}

async function verdictOn(of: Files): Promise<Verdict> {
  const anchors = parseKeys(trust.toString()) as Keys;
  const opened = await openArchive(inMemory(within('archive', of)), anchors);
  const escrow = of.get('escrow/1') as Buffer;
  const session = /receipts\/([0-9a-f]{64})\/result/.exec([...of.keys()].join(' '))?.[1];
  const beside = {
    receipts: receiptsIn(of),
    escrow: (id: string) => (id === session ? readSequence(inPieces(escrow, 100), () => undefined) : null),
  };
  const rules = policySchema.parse({ ...policy, evolving: true, acceptGrants: true });
  return audit(opened, beside, { anchors, policy: rules, engine });
}
const audited = async (of: Files): Promise<string[]> =>
  [...new Set((await verdictOn(of)).findings.map(({ code }) => code))].sort();
const verified = (of: Files): string[] =>
  verifyArchive(within('archive', of), {
    anchors: parseTrust(trust),
    receipts: within('receipts', of),
    policy,
    reasons,
  });

test('the files are those that the code makes', () => {
  const made = Object.entries(makeAuditVectors());
  const folder = made.flatMap(([path, bytes]) =>
    bytes instanceof Uint8Array ? [[path, toHex(bytes)] as const] : [],
  );
  expect(new Map([...files].map(([path, bytes]) => [`audit/${path}`, toHex(bytes)]))).toEqual(
    new Map(folder.sort()),
  );
  for (const [path, content] of made)
    if (!(content instanceof Uint8Array)) expect(JSON.parse(JSON.stringify(content))).toEqual(readJson(path));
});

test('both find nothing in the archive, and the sum comes out again', async () => {
  expect(verified(files)).toEqual([]);
  const { findings, totals, receipts } = await verdictOn(files);
  expect(findings).toEqual([]);
  expect(totals).toMatchObject({ sessions: 2, closed: 1, aborted: 1, replayed: 1 });
  expect(receipts).toMatchObject({ files: 11, verified: 11 });
});

test.each(cases)('both find the same: $what', async (one) => {
  const copy = changed(files, one);
  expect(verified(copy)).toEqual(one.findings);
  expect(await audited(copy)).toEqual(one.findings);
});

test('both find the same in copies with a byte changed here and there', async () => {
  const found = new Set<string>();
  for (const [path, bytes] of files) {
    if (path.startsWith('escrow')) continue;
    const step = Math.ceil(bytes.length / (path.startsWith('archive') ? 6 : 2));
    for (let at = 3; at < bytes.length; at += step) {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
      const of = new Map(files).set(path, copy);
      const codes = verified(of);
      expect([path, at, await audited(of)]).toEqual([path, at, codes]);
      expect([path, at, codes]).not.toEqual([path, at, []]);
      for (const code of codes) found.add(code);
    }
  }
  expect(found.size).toBeGreaterThan(12);
});

test('the independent verifier imports nothing of the project', () => {
  const folder = new URL('./', import.meta.url);
  const sources = readdirSync(folder).filter((name) => !name.endsWith('.test.ts'));
  const imported = sources.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/(?:from|import) '([^']+)'/g)].map(
      ([, path]) => path as string,
    ),
  );
  expect(imported.length).toBeGreaterThan(20);
  expect(imported.filter((path) => !/^(node:[a-z]+|\.\/[a-z]+\.js)$/.test(path))).toEqual([]);
});
