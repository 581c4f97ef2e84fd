// Real processes on a real journal: two at once, and kill -9 in every round. The processes run from dist/.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileJournal } from '../../src/client/node/file-journal.js';
import type { Party } from '../helpers/protocol.js';
import { startParticipant } from './helpers/processes.js';
import type { Method, Sent } from './helpers/transports.js';
import { makeWorld, sumOf, valuesOf, type World, type WorldOptions } from './helpers/world.js';

let folder: string;
const worlds: World[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-processes-'));
});
afterEach(async () => {
  for (const made of worlds.splice(0)) await made.stop();
  rmSync(folder, { recursive: true, force: true });
});
async function world(options: WorldOptions = {}): Promise<World> {
  const made = await makeWorld(options);
  worlds.push(made);
  return made;
}
const journal = (): string => join(folder, 'a.journal');
const others = (made: World): Promise<unknown>[] =>
  [1, 2].map((index) =>
    made
      .client(index)
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } })
      .catch(() => undefined),
  );

test('two processes: the second is told so, and gets the journal as soon as the first is killed', async () => {
  const made = await world();
  const first = startParticipant(made, 0, { journal: journal() });
  await first.opened;
  const second = await startParticipant(made, 0, { journal: journal() }).outcome;
  expect(second.code).toBe('JOURNAL_LOCKED');
  expect(second.message).toBe(
    `${journal()}: another process holds this journal; one identity runs in one process at a time`,
  );
  first.process.kill('SIGKILL');
  expect((await first.outcome).code).toBe('killed');
  const third = startParticipant(made, 0, { journal: journal() });
  await third.opened;
  third.process.kill('SIGKILL');
  await third.outcome;
});

// A lock belongs to a process: closing a second descriptor of the file, as a refused attempt could do, gives it up.
test('an attempt to open it twice in one process lets no other process in', async () => {
  const made = await world();
  const identity = (made.parties[0] as Party).identity;
  const attempt = async (): Promise<string> => {
    const { opened, outcome, process } = startParticipant(made, 0, { journal: journal() });
    const code = await Promise.race([opened.then(() => 'opened'), outcome.then((one) => one.code)]);
    process.kill('SIGKILL');
    await outcome;
    return code;
  };
  const held = openFileJournal(journal(), identity);
  expect(await attempt()).toBe('JOURNAL_LOCKED');
  expect(() => openFileJournal(journal(), identity)).toThrow('this process has this journal open already');
  expect(await attempt()).toBe('JOURNAL_LOCKED');
  await held.close();
  expect(await attempt()).toBe('opened');
});

const SENDS: readonly Method[] = [
  'advertiseKeys',
  'shareKeys',
  'beginUpload',
  'commitUpload',
  'consistency',
  'unmask',
];

describe.each(SENDS)('kill -9 at %s', (method) => {
  test.each(['before', 'after'] as const)('%s it arrived; with resume the session goes on', async (when) => {
    const made = await world();
    const sent: Sent[] = [];
    const first = startParticipant(made, 0, {
      journal: journal(),
      resume: true,
      killAt: { method, when },
      sent,
    });
    const rest = others(made);
    await first.opened;
    await made.open();
    expect((await first.outcome).code).toBe('killed');
    const again = await startParticipant(made, 0, { journal: journal(), resume: true, sent }).outcome;
    expect(again).toEqual({ code: 'closed', sum: [...sumOf([0, 1, 2])] });
    for (const name of SENDS) {
      const bytes = sent.filter((call) => call.method === name).map((call) => call.bytes);
      expect(new Set(bytes).size).toBe(1);
    }
    await Promise.all(rest);
  });

  test('without resume nothing is made a second time', async () => {
    const made = await world({ joinMs: 4000, roundMs: 4000 });
    const sent: Sent[] = [];
    const first = startParticipant(made, 0, { journal: journal(), killAt: { method, when: 'before' }, sent });
    const rest = others(made);
    await first.opened;
    const id = await made.open();
    expect((await first.outcome).code).toBe('killed');
    const again = await startParticipant(made, 0, { journal: journal(), sent }).outcome;
    expect(again.code).toBe(method === 'unmask' ? 'closed' : 'SESSION_DEAD');
    for (const name of SENDS) {
      const bytes = sent.filter((call) => call.method === name).map((call) => call.bytes);
      expect(new Set(bytes).size).toBeLessThanOrEqual(1);
    }
    if (method !== 'unmask') await made.coordinator.operator.cancelSession(id, 'end of test');
    await Promise.all(rest);
  });
});
