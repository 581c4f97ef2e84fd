/** B1 over the sessions of a task: who was proven bad is left out of the next one, and nobody else is. */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { settle } from '../coordinator/manual-clock.js';
import type { TestParticipant } from '../coordinator/test-participant.js';
import {
  all,
  expectCode,
  expectSum,
  makeWorld,
  openSession,
  ROUND_MS,
  upTo,
  type Session,
} from '../coordinator/world.js';

const DEALER = 1;
const HOLDER = 3;
const at = (session: Session, index: number) => session.members[index] as TestParticipant;

test('B1 a dealer that was proven bad in r4 is not let into the next session, which then gives the sum', async () => {
  const world = makeWorld();
  const session = await openSession(world, { misconduct: { [DEALER]: { wrongCommitment: true } } });
  await upTo(session, 'end');
  const { abort } = await session.summary();
  expect(abort).toMatchObject({ code: 'BAD_DEALER' });
  expect(abort?.blamed.map(toHex)).toEqual([toHex(at(session, DEALER).party.identity)]);

  const next = await openSession(world, { taskId: session.taskId });
  const error = await expectCode(at(next, DEALER).join(), 'BAD_DEALER');
  expect(error.participant).toEqual(at(session, DEALER).party.identity);
  await upTo(next, 'end', [0, 2, 3, 4]);
  await expectSum(next, [0, 2, 3, 4]);
});

test('B1 one that is only complained about, truly or falsely, takes part in the next session', async () => {
  const world = makeWorld();
  const session = await openSession(world, { misconduct: { [DEALER]: { garbageFor: HOLDER } } });
  await upTo(session, 'mask');
  await all(session, 'mask');
  await world.clock.advance(ROUND_MS);
  await settle();
  expect((await world.store.getSession(session.id))?.blamed).toEqual([]);
  await all(session, 'sign');
  await all(session, 'reveal');
  await expectSum(session, [0, 1, 2, 3, 4]);
  const next = await openSession(world, { taskId: session.taskId });
  await upTo(next, 'end');
  await expectSum(next, [0, 1, 2, 3, 4]);
});
