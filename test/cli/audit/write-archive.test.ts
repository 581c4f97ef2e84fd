// An archive is there whole or not at all, and what a coordinator leaves out of one is missed.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyTranscripts } from '../../../src/audit/index.js';
import { coordinatorSource } from '../../../src/cli/audit/coordinator-source.js';
import { type ArchiveOrder, writeArchive } from '../../../src/cli/audit/write-archive.js';
import { policySchema } from '../../../src/protocol/policy.js';
import { refuse } from '../../../src/protocol/errors.js';
import { JOIN_MS, makeWorld, openSession, upTo } from '../../coordinator/world.js';
import { coordinator, organiser, verify } from '../../helpers/protocol.js';

const keys = { organiser: organiser.identity, coordinator: coordinator.identity, witnesses: [] };
const signal = new AbortController().signal;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-export-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** One closed session and one aborted. */
async function twoSessions() {
  const world = makeWorld();
  const closed = await openSession(world);
  await upTo(closed, 'end');
  const aborted = await openSession(world, { taskId: closed.taskId });
  await world.clock.advance(JOIN_MS * 2);
  return { operator: world.coordinator.operator, closed, aborted };
}

const order = (operator: ArchiveOrder['operator'], more: Partial<ArchiveOrder> = {}): ArchiveOrder => ({
  ...{ operator, keys, signal, scope: { kind: 'all' }, out: join(folder, 'out') },
  ...more,
});

test('when something fails nothing is left: neither a part of it, nor what it was made in', async () => {
  const { operator } = await twoSessions();
  const failing = {
    exportLog: () => operator.exportLog(),
    async *exportSession(id: string) {
      for await (const item of operator.exportSession(id)) {
        yield item;
        refuse('UNREACHABLE', 'environment', 'gone');
      }
    },
  };
  await expect(writeArchive(order(failing))).rejects.toThrow('gone');
  const interrupt = new AbortController();
  const onProgress = (done: number): void =>
    done === 1 ? interrupt.abort(new Error('interrupted')) : undefined;
  const tar = order(operator, { signal: interrupt.signal, onProgress, out: join(folder, 'out.tar') });
  await expect(writeArchive(tar)).rejects.toThrow('interrupted');
  const nobody = order(operator, { scope: { kind: 'task', task: '00'.repeat(32) } });
  await expect(writeArchive(nobody)).rejects.toMatchObject({ code: 'WRONG_ROUND' });
  expect(await readdir(folder)).toEqual([]);
});

test('an empty folder is filled, nothing is written over', async () => {
  const { operator } = await twoSessions();
  await mkdir(join(folder, 'out'));
  expect(await writeArchive(order(operator))).toMatchObject({ sessions: 2 });
  await expect(writeArchive(order(operator))).rejects.toMatchObject({ code: 'USAGE' });
  await writeFile(join(folder, 'file.tar'), '');
  await expect(writeArchive(order(operator, { out: join(folder, 'file.tar') }))).rejects.toMatchObject({
    code: 'USAGE',
  });
});

test('a coordinator that denies a session of its log, or gives nothing of it', async () => {
  const { operator, closed, aborted } = await twoSessions();
  const hiding = {
    exportLog: () => operator.exportLog(),
    async *exportSession(id: string) {
      if (id === closed.id) refuse('UNKNOWN_SESSION', 'caller', 'no such session');
      if (id !== aborted.id) yield* operator.exportSession(id);
    },
  };
  const { source, sessions } = await coordinatorSource(hiding, keys);
  const policy = policySchema.parse({});
  const { findings } = await verifyTranscripts(source, { anchors: keys, policy, verify });
  expect([sessions, findings.map(({ code, place }) => `${code} ${place}`)]).toEqual([
    2,
    ['SESSION_MISSING log, entry 0', 'SESSION_MISSING log, entry 1'],
  ]);
  const empty = makeWorld().coordinator.operator;
  await expect(coordinatorSource(empty, keys)).rejects.toMatchObject({ code: 'WRONG_ROUND' });
});
