/** Participants that deal, answer or reveal wrongly: found out, named only when proven, and never in a wrong sum. */
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { signBody } from '../../src/protocol/signed.js';
import { answerCodec } from '../../src/protocol/messages.js';
import type { PhaseEvent } from '../../src/rpc/participant-api.js';
import { settle } from './manual-clock.js';
import type { TestParticipant } from './test-participant.js';
import { all, expectCode, expectSum, makeWorld, openSession, ROUND_MS, type Session, upTo } from './world.js';

const EVERYONE = [0, 1, 2, 3, 4];
const DEALER = 1;
const HOLDER = 3;
const at = (session: Session, index: number) => session.members[index] as TestParticipant;
const idOf = (session: Session, index: number) => toHex(at(session, index).party.identity);

async function withGarbage(more: { task?: object; holders?: number } = {}): Promise<Session> {
  const session = await openSession(makeWorld(), {
    ...more,
    misconduct: { [DEALER]: { garbageFor: HOLDER } },
  });
  await upTo(session, 'mask');
  return session;
}

describe('a dealer that seals garbage for one holder', () => {
  test('is told of the complaint; its answer lets the session go on at once', async () => {
    const session = await withGarbage();
    const events: PhaseEvent[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const event of at(session, DEALER).api.watchSession(session.id, stop.signal))
        events.push(event);
    })();
    await all(session, 'mask');
    expect(await session.phase()).toBe('r2');
    expect(events.map(({ phase, complaints }) => [phase, complaints])).toEqual([
      ['r2', 0],
      ['r2', 1],
    ]);
    expect(await at(session, HOLDER).api.getComplaints(session.id)).toEqual([]);
    await at(session, DEALER).answer();
    await settle();
    expect(await session.phase()).toBe('r3');
    await all(session, 'sign');
    const { answers } = await at(session, HOLDER).api.getSignatures(session.id);
    expect(answers).toHaveLength(1);
    expect((await at(session, 0).api.getSignatures(session.id)).answers).toEqual([]);
    await all(session, 'reveal');
    await expectSum(session, EVERYONE);
    expect((await session.world.store.getSession(session.id))?.blamed).toEqual([]);
    // The holder used the answer: it withheld nothing.
    expect(at(session, HOLDER).r4.shares).toHaveLength(5);
    await watching;
    expect(events.map(({ phase }) => phase)).toEqual(['r2', 'r2', 'r3', 'r4', 'closed']);
  });

  test('and does not answer: at the deadline the others go on without that share', async () => {
    const session = await withGarbage();
    await all(session, 'mask');
    await session.world.clock.advance(ROUND_MS - 1);
    expect(await session.phase()).toBe('r2');
    await session.world.clock.advance(1);
    await all(session, 'sign');
    await all(session, 'reveal');
    await expectSum(session, EVERYONE);
    expect(at(session, HOLDER).r4.shares).toHaveLength(4);
    // One complaint proves nothing: it may be false.
    expect((await session.world.store.getSession(session.id))?.blamed).toEqual([]);
  });

  test('and too few hold its shares: the session aborts before anything is revealed', async () => {
    const session = await withGarbage();
    await all(session, 'mask', [0, 1, 2, 3]);
    await session.world.clock.advance(ROUND_MS);
    const { abort, u3 } = await session.summary();
    expect(abort?.code).toBe('BAD_DEALER');
    expect(abort?.blamed).toEqual([]);
    expect(u3).toBeNull();
  });

  test('and answers with other shares than it signed is proven bad, and left out of the next session', async () => {
    const session = await withGarbage();
    await all(session, 'mask');
    await at(session, DEALER).answer((shares) => shares.map((share) => share.map((byte) => byte ^ 1)));
    await settle();
    await all(session, 'sign');
    // An answer that does not fit is not handed on.
    expect((await at(session, HOLDER).api.getSignatures(session.id)).answers).toEqual([]);
    await all(session, 'reveal');
    await expectSum(session, EVERYONE);
    expect((await session.world.store.getSession(session.id))?.blamed).toEqual([idOf(session, DEALER)]);

    const next = await openSession(session.world, { taskId: session.taskId });
    await expectCode(at(next, DEALER).join(), 'BAD_DEALER');
    await all(next, 'join', [0, 2, 3, 4]);
    // Nobody waits for somebody who is not let in.
    expect(await next.phase()).toBe('r1');
  });

  test('and may not answer, because the task assumes no colluders: nobody waits for it', async () => {
    const session = await withGarbage({ task: { maxColluders: 0 } });
    await all(session, 'mask');
    expect(await session.phase()).toBe('r3');
    await all(session, 'sign');
    await all(session, 'reveal');
    await expectSum(session, EVERYONE);
    // More complaints than colluders: proven.
    expect((await session.world.store.getSession(session.id))?.blamed).toEqual([idOf(session, DEALER)]);
  });

  test('an answer nobody asked for is refused', async () => {
    const session = await withGarbage();
    await all(session, 'mask', [0, 1, 2, 4]);
    const dealer = at(session, DEALER);
    const shares = dealer.inputMasked.dealt.get(HOLDER)?.shares ?? [];
    const body = {
      sender: dealer.party.identity,
      ctx: dealer.inputMasked.session.ctx,
      holder: at(session, HOLDER).party.identity,
      shares: new Uint8Array(32),
    };
    const answer = signBody(answerCodec, body, dealer.deps.signer);
    await expectCode(dealer.api.answerComplaint(session.id, answer, shares), 'UNKNOWN_PARTICIPANT');
    await all(session, 'mask', [HOLDER]);
    await expectCode(dealer.api.answerComplaint(session.id, answer, []), 'MALFORMED');
    await expectCode(dealer.api.answerComplaint(session.id, answer, shares), 'DIGEST_MISMATCH');
    await dealer.answer();
    await settle();
    expect(await session.phase()).toBe('r3');
    await expectCode(dealer.api.getComplaints(session.id), 'LATE');
  });
});

describe('a dealer whose shares do not give what it committed to', () => {
  test('is named in the abort, and left out of the next session', async () => {
    const world = makeWorld();
    const session = await openSession(world, { misconduct: { [DEALER]: { wrongCommitment: true } } });
    await upTo(session, 'end');
    const { phase, abort } = await session.summary();
    expect(phase).toBe('aborted');
    expect(abort?.code).toBe('BAD_DEALER');
    expect(abort?.blamed.map(toHex)).toEqual([idOf(session, DEALER)]);
    const next = await openSession(world, { taskId: session.taskId });
    const error = await expectCode(at(next, DEALER).join(), 'BAD_DEALER');
    expect(toHex(error.participant as Uint8Array)).toBe(idOf(session, DEALER));
    await upTo(next, 'end', [0, 2, 3, 4]);
    await expectSum(next, [0, 2, 3, 4]);
  });
});

describe('a helper whose shares in r4 are wrong', () => {
  test('is ignored', async () => {
    const session = await openSession(makeWorld(), { misconduct: { 2: { wrongShare: true } } });
    await upTo(session, 'end');
    await expectSum(session, EVERYONE);
  });

  test('is ignored, and if then too few are left the session aborts without blaming anybody', async () => {
    const session = await openSession(makeWorld(), { misconduct: { 2: { wrongShare: true } } });
    await upTo(session, 'reveal');
    await all(session, 'reveal', [0, 1, 2, 3]);
    expect(await session.phase()).toBe('r4');
    await session.world.clock.advance(ROUND_MS);
    expect((await session.summary()).abort).toMatchObject({ code: 'TOO_FEW_SHARES', blamed: [] });
  });
});

test('r4 waits for somebody who did not sign r3 when its share is needed', async () => {
  const session = await openSession(makeWorld(), { misconduct: { 2: { wrongShare: true } } });
  await upTo(session, 'sign');
  await at(session, 4).prepareConsistency();
  await all(session, 'sign', [0, 1, 2, 3]);
  await session.world.clock.advance(ROUND_MS);
  await all(session, 'reveal', [0, 1, 2, 3]);
  // All signers answered, but one of them wrongly.
  expect(await session.phase()).toBe('r4');
  await all(session, 'reveal', [4]);
  await expectSum(session, EVERYONE);
});
