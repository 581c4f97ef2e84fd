/**
 * A11 with real clients, coordinator and journals: vote and vector are on disk with the messages that spend them, and
 * what they forbid is refused before a session is joined where that is possible.
 */
import { afterEach, expect, test } from '@jest/globals';
import { fromHex, toHex, utf8 } from '../../crypto/bytes.js';
import type { Journal } from '../../src/client/journal.js';
import { scopeKey } from '../../src/protocol/scope.js';
import { intercept } from '../client/helpers/transports.js';
import { makeWorld, sumOf, valuesOf, type World } from '../client/helpers/world.js';

const worlds: World[] = [];
afterEach(async () => {
  for (const made of worlds.splice(0)) await made.stop();
});
async function world(): Promise<World> {
  const made = await makeWorld();
  worlds.push(made);
  return made;
}

const contribute = (made: World, index: number, overrides: object = {}, more: object = {}) =>
  made
    .client(index, overrides)
    .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) }, ...more })
    .then(
      ({ sum }) => [...(sum.counts as Float64Array)],
      (error: { code: string }) => error.code,
    );
const scopeOf = (made: World): string => toHex(scopeKey(made.task, fromHex(made.taskId), null));
const total = [...sumOf([0, 1, 2])];

/** A session of all three; the journal of the first is looked at the moment `method` is called. */
async function lookedAt(method: string) {
  const made = await world();
  const journal = made.journal(0);
  let seen: Awaited<ReturnType<Journal['scope']>> = null;
  const transport = intercept(made.api(0), async (name, _args, call) => {
    if (name === method) seen = await journal.scope(scopeOf(made));
    return await call();
  });
  const all = [contribute(made, 0, { transport }), contribute(made, 1), contribute(made, 2)];
  await made.open();
  expect(await Promise.all(all)).toEqual([total, total, total]);
  return { made, seen: seen as Awaited<ReturnType<Journal['scope']>> };
}

test('A11 the electorate is in the journal before r0 leaves', async () => {
  const { made, seen } = await lookedAt('advertiseKeys');
  expect(seen).toMatchObject({ vote: null, inputs: {} });
  expect(seen?.electorate).toEqual(made.parties.map(({ identity }) => identity));
});

test('A11 the vector is in the journal before the upload leaves: the votes of others may open it', async () => {
  const { seen } = await lookedAt('beginUpload');
  expect(seen?.inputs['']).toHaveLength(32);
  expect(seen?.vote).toBe(null);
});

test('A11 the vote is in the journal before the signature leaves', async () => {
  const { made, seen } = await lookedAt('consistency');
  expect(seen?.vote).toEqual(made.parties.map(({ identity }) => identity));
});

test('A11 another vector under the same label is refused before the session is joined', async () => {
  const { made } = await lookedAt('unmask');
  const last = await made.journal(0).lastSession(made.taskId);
  const changed = contribute(made, 0, {}, { vectors: { counts: valuesOf(7) } });
  await made.open();
  expect(await changed).toBe('INPUT_CHANGED');
  expect(await made.journal(0).lastSession(made.taskId)).toBe(last);
});

test('A11 so it is when the coordinator names another input with each session', async () => {
  const { made } = await lookedAt('unmask');
  const changed = contribute(made, 0, {}, { vectors: { counts: valuesOf(7) } });
  await made.open(utf8('another question'));
  expect(await changed).toBe('INPUT_CHANGED');
});

test('A11 the same values round to the same integers, session after session', async () => {
  const made = await world();
  // 1000 fractions: rounded afresh they would differ, and average out to what they were.
  const task = await made.createTask({
    vectors: [{ name: 'counts', length: 1000, bits: 20, scale: 1, clip: 1000, weighted: false }],
  });
  const fractions = (index: number) => Array.from({ length: 1000 }, (_, at) => index + at / 1000);
  const session = async () => {
    const all = [0, 1, 2].map((index) =>
      contribute(made, index, {}, { task, vectors: { counts: fractions(index) } }),
    );
    await made.open(null, task);
    return (await Promise.all(all))[0];
  };
  const first = await session();
  expect(first).toHaveLength(1000);
  expect(await session()).toEqual(first);
});
