/**
 * A4, two logs, as real clients and a real witness meet them: what was accepted is remembered, what contradicts it is kept
 * as evidence, and with this coordinator nothing is begun any more.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { createMemoryJournal } from '../../src/client/memory-journal.js';
import { createWitness } from '../../src/client/witness.js';
import type { WitnessApi } from '../../src/rpc/log-api.js';
import { intercept, lying } from '../client/helpers/transports.js';
import { makeWorld, valuesOf, type World } from '../client/helpers/world.js';
import { checkpointReply, otherEntries, witnesses } from '../helpers/logged.js';
import { at, coordinator, fill } from '../helpers/protocol.js';

let made: World;
beforeEach(async () => {
  made = await makeWorld();
});
afterEach(() => made.stop());

const key = toHex(coordinator.identity);
const forked = () =>
  lying(made.api(0), 'getCheckpoint', () => checkpointReply(otherEntries(4), { oldSize: 1 }));
const contribute = (index: number, transport = made.api(index)) => {
  const result = made
    .client(index, { transport })
    .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } });
  result.catch(() => undefined);
  return result;
};

test('A4 a participant that saw one log is not shown another one, now or later', async () => {
  const first = [0, 1, 2].map((index) => contribute(index));
  await made.open();
  await Promise.all(first);
  const seen = await made.journal(0).checkpoint(key);
  expect(seen).toContain('\n1\n');
  const victim = contribute(0, forked());
  await made.open();
  await expect(victim).rejects.toMatchObject({ code: 'LOG_FORKED' });
  expect(await made.journal(0).fork(key)).toMatchObject({
    seen,
    shown: checkpointReply(otherEntries(4)).checkpoint,
  });
  await expect(contribute(0)).rejects.toMatchObject({ code: 'LOG_FORKED' });
});

test('A4 evidence that came while a session was prepared keeps its participant out of it', async () => {
  const sent: string[] = [];
  const transport = intercept(made.api(0), async (method, _args, call) => {
    sent.push(method);
    return call();
  });
  const result = made.client(0, { transport }).contribute({
    task: made.taskId,
    vectors: async () => {
      // Another session of this journal, of another task, is shown it.
      const entry = { kind: 'fork', coordinator: key, session: '', seen: 'a', shown: 'b' } as const;
      await made.journal(0).append([entry]);
      return { counts: valuesOf(0) };
    },
  });
  result.catch(() => undefined);
  await made.open();
  await expect(result).rejects.toMatchObject({ code: 'LOG_FORKED' });
  expect(sent).not.toContain('advertiseKeys');
});

test('A4 a witness that saw one log cosigns no other one, now or later', async () => {
  const hospital = at(witnesses, 0);
  const lines: string[] = [];
  let shown = checkpointReply(otherEntries(3));
  const api: WitnessApi = {
    getCheckpoint: () => Promise.resolve(shown),
    putCosignature: async (_size, line) => void lines.push(line),
  };
  const witness = createWitness({
    api,
    journal: createMemoryJournal(),
    coordinator: coordinator.identity,
    ...hospital,
  });
  expect(await witness.look()).toMatchObject({ type: 'cosigned', size: 3 });
  shown = checkpointReply([fill(1), ...otherEntries(3)], { oldSize: 3 });
  await expect(witness.look()).rejects.toMatchObject({ code: 'LOG_FORKED' });
  shown = checkpointReply(otherEntries(4), { oldSize: 3 });
  await expect(witness.look()).rejects.toMatchObject({ code: 'LOG_FORKED' });
  expect(lines).toHaveLength(1);
});
