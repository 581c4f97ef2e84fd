/** Who watches a session hears of it from its runner: however many they are, the store is read as often. */
import { setMaxListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import type { Store } from '../../src/storage/port.js';
import { settle } from './manual-clock.js';
import type { TestParticipant } from './test-participant.js';
import { makeWorld, openSession } from './world.js';

/** Reads of a session within ten seconds in which nothing happens. */
async function readsWith(watchers: number): Promise<number> {
  let reads = 0;
  const counted = (store: Store): Store => ({
    ...store,
    getSession: (id) => {
      reads += 1;
      return store.getSession(id);
    },
  });
  const session = await openSession(makeWorld({ wrap: counted }));
  const gone = new AbortController();
  setMaxListeners(0, gone.signal);
  const watches = Array.from({ length: watchers }, (_, index) => {
    const { api } = session.members[index % session.members.length] as TestParticipant;
    return api.watchSession(session.id, gone.signal)[Symbol.asyncIterator]();
  });
  for (const watch of watches) await watch.next();
  const waiting = watches.map((watch) => watch.next());
  await settle();
  reads = 0;
  await session.world.clock.advance(10_000);
  const counted10s = reads;
  gone.abort();
  await Promise.all(waiting);
  return counted10s;
}

test('thirty watchers read no more than one', async () => {
  const alone = await readsWith(1);
  expect(alone).toBeGreaterThan(0);
  expect(await readsWith(30)).toBe(alone);
});
