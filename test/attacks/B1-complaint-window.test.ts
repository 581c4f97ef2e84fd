/** Where every share is needed, complaints come first: whoever is accused and does not answer is left out of the sum. */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import type { Task } from '../../src/protocol/documents.js';
import type { Suite } from '../../src/protocol/suite.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import { vectorOf } from '../helpers/protocol.js';
import { settle } from '../coordinator/manual-clock.js';
import {
  all,
  expectCode,
  makeWorld,
  openSession,
  ROUND_MS,
  type Session,
  upTo,
} from '../coordinator/world.js';
import type { Misconduct, TestParticipant } from '../coordinator/test-participant.js';

const TASK: Partial<Task> = {
  suite: 'ckks/sumkey',
  vectors: [vectorOf({ length: 3, clip: 1, bits: 60, scale: 2 ** 52 })],
};
const DEALER = 1;
const HOLDER = 3;
const OTHERS = [0, 2, 3, 4];
const CHUNK = 2 ** 16;
const at = (session: Session, index: number) => session.members[index] as TestParticipant;

/** Headers of everybody are made; none is sent. */
async function masked(misconduct: Readonly<Record<number, Misconduct>> = {}): Promise<Session> {
  const session = await openSession(makeWorld(), { task: TASK, misconduct });
  await upTo(session, 'mask');
  for (const member of session.members) await member.prepareInput();
  return session;
}

const begin = (session: Session, index: number) =>
  at(session, index).api.beginUpload(session.id, at(session, index).r2.header);

/** Sends the headers of these; whoever is first is told to wait. */
async function sendHeaders(session: Session, who: readonly number[]): Promise<void> {
  for (const index of who) await begin(session, index);
}

async function finish(session: Session, who: readonly number[]): Promise<void> {
  await all(session, 'sign', who);
  await all(session, 'reveal', who);
  expect(await session.phase()).toBe('closed');
  const { vectors, survivors } = await at(session, who[0] as number).aggregate();
  expect(survivors).toBe(who.length);
  vectors.counts?.sum.forEach((value, coordinate) => {
    const expected = who.reduce((sum, index) => sum + (at(session, index).input[0]?.[coordinate] ?? NaN), 0);
    expect(value).toBeCloseTo(expected, 10);
  });
}

test('B1 uploads wait until the headers of all are there, and go on at once then', async () => {
  const session = await masked();
  expect(await begin(session, 0)).toEqual({ retryAfterMs: 500 });
  await sendHeaders(session, [1, 2, 3]);
  expect(await begin(session, 0)).toEqual({ retryAfterMs: 500 });
  expect(await begin(session, 4)).toEqual({ nextOffset: 0 });
  for (const member of session.members) await member.sendInput(CHUNK);
  await settle();
  await finish(session, [0, 1, 2, 3, 4]);
});

test('B1 a masking suite does not wait: it can do without a share', async () => {
  const session = await openSession(makeWorld());
  await upTo(session, 'mask');
  await at(session, 0).mask();
});

test('B1 a dealer that somebody complains about and that does not answer is left out; the sum of the others is right', async () => {
  const session = await masked({ [HOLDER]: { complainsAbout: DEALER } });
  await sendHeaders(session, [0, 1, 2, 3, 4]);
  expect(await begin(session, DEALER)).toEqual({ retryAfterMs: 500 });
  for (const index of OTHERS) await at(session, index).sendInput(CHUNK);
  await session.world.clock.advance(ROUND_MS);
  await finish(session, OTHERS);
  // Silence proves nothing.
  expect((await session.world.store.getSession(session.id))?.blamed).toEqual([]);
});

test('B1 a dealer that somebody complains about may upload once it has answered, and its share is used', async () => {
  const session = await masked({ [HOLDER]: { complainsAbout: DEALER } });
  await sendHeaders(session, [0, 1, 2, 3, 4]);
  await at(session, DEALER).answer();
  for (const member of session.members) await member.sendInput(CHUNK);
  await settle();
  await finish(session, [0, 1, 2, 3, 4]);
});

test('B1 a dealer that somebody complains about and whose answer does not fit is refused, left out and named', async () => {
  const session = await masked({ [HOLDER]: { complainsAbout: DEALER } });
  await sendHeaders(session, [0, 1, 2, 3, 4]);
  await at(session, DEALER).answer((shares) => shares.map((share) => share.map((byte) => byte ^ 1)));
  await expectCode(begin(session, DEALER), 'BAD_DEALER');
  for (const index of OTHERS) await at(session, index).sendInput(CHUNK);
  await session.world.clock.advance(ROUND_MS);
  await finish(session, OTHERS);
  expect((await session.world.store.getSession(session.id))?.blamed).toEqual([
    toHex(at(session, DEALER).party.identity),
  ]);
});

test('B1 a dealer that somebody complains about that dealt a share off its polynomials cannot answer: its answer is what it dealt', async () => {
  const session = await openSession(makeWorld(), { task: TASK });
  const dealer = at(session, DEALER);
  const suite: Suite = {
    ...ckksSumkey,
    deal(...args) {
      const dealt = ckksSumkey.deal(...args);
      const [share] = dealt.perNeighbour[HOLDER - 1] as readonly [Uint8Array];
      share[0] = (share[0] as number) ^ 1;
      return dealt;
    },
  };
  Object.assign(dealer, { deps: { ...dealer.deps, suite: () => suite } });
  await upTo(session, 'mask');
  for (const member of session.members) await member.prepareInput();
  expect(at(session, HOLDER).inputMasked.complaints).toHaveLength(1);
  await sendHeaders(session, [0, 1, 2, 3, 4]);
  await dealer.answer();
  await expectCode(begin(session, DEALER), 'BAD_DEALER');
  for (const index of OTHERS) await at(session, index).sendInput(CHUNK);
  await session.world.clock.advance(ROUND_MS);
  await finish(session, OTHERS);
});

test('B1 somebody whose header does not come is waited for until half of the round is over', async () => {
  const session = await masked();
  await sendHeaders(session, [0, 1, 2, 3]);
  await session.world.clock.advance(ROUND_MS / 2 - 1);
  expect(await begin(session, 0)).toEqual({ retryAfterMs: 500 });
  await session.world.clock.advance(1);
  for (const index of [0, 1, 2, 3]) await at(session, index).sendInput(CHUNK);
  await session.world.clock.advance(ROUND_MS / 2);
  await finish(session, [0, 1, 2, 3]);
});

test('B1 somebody whose header does not come may still come after that, but not with a complaint: others have uploaded', async () => {
  const session = await masked({ [HOLDER]: { complainsAbout: DEALER } });
  await sendHeaders(session, [0, 1, 2]);
  await session.world.clock.advance(ROUND_MS / 2);
  for (const index of [0, 1, 2]) await at(session, index).sendInput(CHUNK);
  await expectCode(begin(session, HOLDER), 'LATE');
  await at(session, 4).sendInput(CHUNK);
  await session.world.clock.advance(ROUND_MS / 2);
  await finish(session, [0, 1, 2, 4]);
});

test('B1 a complaint that was on its way when an upload began keeps it out until it is answered', async () => {
  const session = await masked({ [HOLDER]: { complainsAbout: DEALER } });
  await sendHeaders(session, [0, 1, 2, 4]);
  await session.world.clock.advance(ROUND_MS / 2);
  const { api, r2 } = at(session, DEALER);
  expect(await begin(session, DEALER)).toEqual({ nextOffset: 0 });
  await api.putChunk(session.id, 0, r2.upload.bytes);
  // Checked before half of the round was over, stored after that.
  const { party, r2: late } = at(session, HOLDER);
  const sender = toHex(party.identity);
  const record = { kind: 'r2', sender, subject: '', signed: late.header, attachment: null } as const;
  expect(await session.world.store.putRecord(session.id, 'r2', record)).toBe('stored');
  await expectCode(api.commitUpload(session.id), 'OUT_OF_ORDER');
  for (const index of [0, 2, 3, 4]) await at(session, index).sendInput(CHUNK);
  await at(session, DEALER).answer();
  await at(session, DEALER).sendInput(CHUNK);
  await settle();
  await finish(session, [0, 1, 2, 3, 4]);
});
