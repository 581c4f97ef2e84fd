// Whatever byte of an honest archive is changed, the audit finds it and says in which file, in a transcript in which record.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCanonical } from '../../../crypto/canonical.js';
import { openArchive, type Verdict, verifyArchive } from '../../../src/audit/index.js';
import { readSequence } from '../../../src/audit/archive/sequence.js';
import { writeArchive } from '../../../src/cli/audit/write-archive.js';
import { policySchema } from '../../../src/protocol/policy.js';
import { certify, makeWorld, openSession, ROUND_MS, upTo } from '../../coordinator/world.js';
import { coordinator, organiser, participants, verify } from '../../helpers/protocol.js';
import { ckksTask, floats } from '../../protocol/ckks/task.js';
import { inMemory, inPieces } from './files.js';

const KEYS = { organiser: organiser.identity, coordinator: coordinator.identity, witnesses: [] };
const policy = policySchema.parse({ evolving: true });

let folder: string;
let files: ReadonlyMap<string, Uint8Array>;
afterAll(() => rm(folder, { recursive: true }));

/** Of a real coordinator: both suites, certificates, somebody who drops out, an aborted session. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-one-byte-'));
  const world = makeWorld();
  const { operator } = world.coordinator;
  const scope = { kind: 'evolving' } as const;
  await upTo(await openSession(world), 'end');
  const everyone = participants(5);
  const certificate = (party: (typeof everyone)[number]) => certify(party, world.clock);
  for (const party of everyone) await operator.putCertificate(certificate(party));
  const enrolled = await openSession(world, { task: { scope, pinned: null }, certificate });
  await upTo(enrolled, 'end', [0, 1, 2, 4]);
  const encrypted = await openSession(world, { task: ckksTask(5, undefined, { scope }) });
  for (const member of encrypted.members)
    Object.assign(member, { input: floats(member.index, encrypted.task) });
  await upTo(encrypted, 'end');
  const aborted = await openSession(world, { taskId: enrolled.taskId, task: { pinned: null }, certificate });
  await upTo(aborted, 'mask');
  await world.clock.advance(ROUND_MS * 3);
  const phases = await Promise.all([enrolled, encrypted, aborted].map((session) => session.phase()));
  expect(phases).toEqual(['closed', 'closed', 'aborted']);

  const out = join(folder, 'archive');
  const written = await writeArchive({
    operator,
    keys: KEYS,
    scope: { kind: 'all' },
    out,
    signal: new AbortController().signal,
  });
  expect(written.sessions).toBe(4);
  const paths = (await readdir(out, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(out.length + 1));
  files = new Map(
    await Promise.all(
      paths.map(async (path) => [path, new Uint8Array(await readFile(join(out, path)))] as const),
    ),
  );
});

const isLong = (path: string): boolean => path.startsWith('sessions/');
const open = (changed: ReadonlyMap<string, Uint8Array>) => openArchive(inMemory(changed, 4096), KEYS);
const audit = async (changed: ReadonlyMap<string, Uint8Array>): Promise<Verdict> =>
  verifyArchive(await open(changed), {}, { anchors: KEYS, policy, verify });

function flipped(path: string, at: number): Map<string, Uint8Array> {
  const bytes = (files.get(path) as Uint8Array).slice();
  bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
  return new Map(files).set(path, bytes);
}

test('as it was exported nothing is found in it', async () => {
  const verdict = await audit(files);
  expect(verdict.findings).toEqual([]);
  expect([verdict.holds, verdict.totals.closed, verdict.totals.aborted]).toEqual([true, 3, 1]);
  expect(files.size).toBe(8);
});

/** Files and places that a finding speaks of. */
const told = ({ findings }: Pick<Verdict, 'findings'>): string[] =>
  findings.map(({ place, message }) => `${place}: ${message}`);

describe.each(['manifest', 'checkpoint', 'log', 'trust.yaml'])('%s', (path) => {
  test('every byte', async () => {
    for (let at = 0; at < (files.get(path) as Uint8Array).length; at += 1) {
      const found = (await open(flipped(path, at))).findings();
      if (found.length > 0)
        expect([at, told({ findings: found }).some((text) => text.includes(path))]).toEqual([at, true]);
      // The digest of a transcript: it is compared when that is read.
      else if (at % 16 === 0)
        expect(told(await audit(flipped(path, at)))).toEqual([expect.stringContaining(path)]);
      else expect([at, path]).toEqual([at, 'manifest']);
    }
  });

  test('the whole audit says so', async () => {
    const { length } = files.get(path) as Uint8Array;
    for (let at = 3; at < length; at += Math.ceil(length / 9)) {
      const verdict = await audit(flipped(path, at));
      expect([at, verdict.holds, told(verdict).join().includes(path)]).toEqual([at, false, true]);
    }
  });
});

interface Item {
  readonly path: string;
  /** -1: the head. */
  readonly record: number;
  readonly from: number;
  readonly length: number;
}

async function itemsOf(path: string): Promise<Item[]> {
  const items: Item[] = [];
  let from = 0;
  for await (const item of readSequence(inPieces(files.get(path) as Uint8Array, 65_536), () => undefined)) {
    const { length } = encodeCanonical(item);
    items.push({ path, record: items.length - 1, from, length });
    from += length;
  }
  return items;
}

test('transcripts: any byte of any item, with the record', async () => {
  const items = (await Promise.all([...files.keys()].filter(isLong).map(itemsOf))).flat();
  const place = fc.oneof(
    fc.constant(0),
    fc.constant(1),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...items), place, async ({ path, record, from, length }, where) => {
      const at = from + (where === 1 ? length - 1 : Math.floor(where * length));
      const { holds, findings } = await audit(flipped(path, at));
      const here = findings.filter((finding) => finding.place.startsWith(path));
      const isExact = here.some(
        (finding) => finding.place === `${path}, record ${record}` || finding.records.includes(record),
      );
      expect([holds, here.length > 0, record < 0 || isExact]).toEqual([false, true, true]);
    }),
    { numRuns: 150 },
  );
});
