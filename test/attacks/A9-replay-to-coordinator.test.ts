/** A9, replays: a participant, or somebody on its way, sends again what was signed in an earlier session. */
import { expect, test } from '@jest/globals';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { acceptAnswer } from '../../src/protocol/coordinator/complaints.js';
import { acceptAdvertiseKeys } from '../../src/protocol/coordinator/r0-advertise-keys.js';
import { acceptShareKeys } from '../../src/protocol/coordinator/r1-share-keys.js';
import { acceptHeader } from '../../src/protocol/coordinator/r2-masked-input.js';
import { acceptConsistency } from '../../src/protocol/coordinator/r3-consistency.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { answerCodec, maskedInputCodec, shareKeysCodec, unmaskCodec } from '../../src/protocol/messages.js';
import type { SharePacket } from '../../src/protocol/shares.js';
import {
  altered,
  at,
  codeOf,
  coordinatorDeps,
  must,
  participants,
  playRounds,
  setUp,
  signAnswer,
} from '../helpers/protocol.js';

const parties = participants(4);
const first = at(parties, 0);
const sender = first.identity;

const whole = (seed: string, session: number) => playRounds(setUp(parties, { seed, opening: { session } }));
const old = whole('the earlier session', 1);
const now = whole('the later session', 2);

/** What each round says to the message of one session's first participant. */
const rounds: Record<string, (from: typeof old) => unknown> = {
  r0: ({ setup }) =>
    acceptAdvertiseKeys(
      now.setup.header,
      {
        sender,
        signed: at(setup.members, 0).record.signed,
        certificate: null,
        revoked: new Set(),
        nowMs: 0,
      },
      coordinatorDeps,
    ),
  r1: ({ r1: { members } }) => {
    const { r1: signed, packets } = at(members, 0).send;
    return acceptShareKeys(now.r1.frozen, { sender, signed, packets }, coordinatorDeps);
  },
  r2: ({ r2 }) => {
    const signed = at(r2.members, 0).send.header;
    return acceptHeader(now.r2.frozen, { sender, signed }, now.r2.dealers, coordinatorDeps);
  },
  r3: ({ r3 }) =>
    acceptConsistency(
      now.r3.frozen,
      { sender, signed: at(r3.members, 0).send },
      now.r3.uploads,
      coordinatorDeps,
    ),
  r4: ({ r4 }) => {
    const { r4: signed, shares } = at(r4.members, 0).send;
    return acceptUnmask(now.r4.frozen, { sender, signed, shares }, coordinatorDeps);
  },
};

test.each(Object.keys(rounds))('A9 the %s of an earlier session is refused in a later one', (round) => {
  const accept = rounds[round] as (from: typeof old) => unknown;
  expect(codeOf(() => accept(now))).toBe(null);
  expect(codeOf(() => accept(old))).toBe('CONTEXT_MISMATCH');
});

test('A9 an r1, r2 or r4 that names an earlier context is refused, whatever else in it is of this session', () => {
  const { ctx } = old.r1.frozen.session;
  const { send: dealt } = at(now.r1.members, 0);
  const r1 = altered(shareKeysCodec, dealt.r1, first, { ctx });
  expect(
    codeOf(() =>
      acceptShareKeys(now.r1.frozen, { sender, signed: r1, packets: dealt.packets }, coordinatorDeps),
    ),
  ).toBe('CONTEXT_MISMATCH');
  const r2 = altered(maskedInputCodec, at(now.r2.members, 0).send.header, first, { ctx });
  expect(
    codeOf(() => acceptHeader(now.r2.frozen, { sender, signed: r2 }, now.r2.dealers, coordinatorDeps)),
  ).toBe('CONTEXT_MISMATCH');
  const { r4, shares } = at(now.r4.members, 0).send;
  const signed = altered(unmaskCodec, r4, first, { ctx });
  expect(codeOf(() => acceptUnmask(now.r4.frozen, { sender, signed, shares }, coordinatorDeps))).toBe(
    'CONTEXT_MISMATCH',
  );
});

test('A9 an r1 for another roster is refused', () => {
  const { send } = at(now.r1.members, 0);
  const signed = altered(shareKeysCodec, send.r1, first, { rosterRoot: old.r1.frozen.session.rosterRoot });
  const request = { sender, signed, packets: send.packets };
  expect(codeOf(() => acceptShareKeys(now.r1.frozen, request, coordinatorDeps))).toBe('CONTEXT_MISMATCH');
});

/** An answer of `first` to the holder at position 1. */
function answerIn(from: typeof old) {
  const shares = at(from.r2.members, 0).state.dealt.get(1)?.shares as readonly Uint8Array[];
  const { ctx } = from.r1.frozen.session;
  return { answer: signAnswer(ctx, at(parties, 1).identity, shares, first.signer), shares };
}

test('A9 the answer to a complaint of an earlier session is refused by the coordinator', () => {
  const accept = ({ answer, shares }: ReturnType<typeof answerIn>) =>
    codeOf(() => acceptAnswer(now.r2.frozen, { sender, signed: answer, shares }, coordinatorDeps));
  expect(accept(answerIn(now))).toBe(null);
  expect(accept(answerIn(old))).toBe('CONTEXT_MISMATCH');
});

test('A9 and so it is by the holder, even with the right shares', () => {
  const { state, deps } = at(now.r3.members, 1);
  // The holder had complained about this packet, and so kept what the dealer signed of it.
  const { r1, packets } = at(now.r1.members, 0).send;
  const dealing = { ...shareKeysCodec.decode(r1.payload), leaves: (packets[1] as SharePacket).leaves };
  const held = { ...state.held, shares: new Map(state.held.shares).set(0, null) };
  const without = { ...state, held, dealings: new Map([[0, dealing]]) };
  const { signatures } = now.r4.message;
  const revealed = (given: ReturnType<typeof answerIn>) => {
    const { send } = must(unmask(without, { signatures, answers: [given] }, deps));
    return unmaskCodec.decode(send.r4.payload).kinds[0];
  };
  const good = answerIn(now);
  expect(revealed(good)).toBe(1);
  const replayed = altered(answerCodec, good.answer, first, { ctx: old.r1.frozen.session.ctx });
  expect(revealed({ ...good, answer: replayed })).toBe(3);
});
