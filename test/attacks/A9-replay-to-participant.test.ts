/**
 * A9, replays: whatever a coordinator kept of an earlier session, it shows again in a later one of the same task with the
 * same participants. Nothing of it is taken: context, opening or set differ.
 */
import { expect, test } from '@jest/globals';
import { deriveShareKey } from '../../crypto/share-encryption.js';
import { agree, maskKeyPair, shareKeyPair } from '../../crypto/key-agreement.js';
import { answerComplaint } from '../../src/protocol/client/answer-complaint.js';
import { acceptAbort, acceptResult } from '../../src/protocol/client/outcome.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { planMaskedInput, type SharesMessage } from '../../src/protocol/client/r2-masked-input.js';
import { type HeadersMessage, signConsistency } from '../../src/protocol/client/r3-consistency.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { closeAborted } from '../../src/protocol/coordinator/state.js';
import { maskedInputCodec, shareKeysCodec } from '../../src/protocol/messages.js';
import type { RosterEntry } from '../../src/protocol/roster.js';
import { decodeShares, encodeShares, shareAad } from '../../src/protocol/shares.js';
import { type Signed, signedHash } from '../../src/protocol/signed.js';
import { resultCodec } from '../../src/protocol/statements.js';
import {
  altered,
  alteredSet,
  at,
  type AtR1,
  type Closed,
  closeR0,
  closeR4,
  codeOf,
  coordinator,
  coordinatorDeps,
  participants,
  type Party,
  playRounds,
  policyOf,
  replaced,
  setUp,
  sharesMessage,
  statedRoster,
  zeros,
} from '../helpers/protocol.js';

const parties = participants(4);
const ALL = [0, 1, 2, 3];

function whole(seed: string, session: number) {
  const setup = setUp(parties, { seed, opening: { session }, policy: policyOf({ rosterMaxAgeMs: 1000 }) });
  const rounds = playRounds(setup);
  return { ...rounds, closed: closeR4(rounds.r4, ALL) as Closed };
}
const old = whole('the earlier session', 1);
const now = whole('the later session', 2);

const roster = (message: AtR1['message']) =>
  codeOf(() => shareKeys(at(now.setup.members, 0).state, message, at(now.setup.members, 0).deps));
const shares = (message: SharesMessage) =>
  codeOf(() => {
    const { state, deps } = at(now.r1.members, 0);
    return planMaskedInput(state, message, at(now.setup.members, 0).input, zeros, deps);
  });
const headers = (message: HeadersMessage) =>
  codeOf(() => {
    const { state, deps } = at(now.r2.members, 0);
    return signConsistency(state, message, at(now.setup.members, 0).scope, [], deps);
  });
const signatures = (given: readonly Signed[]) =>
  codeOf(() => {
    const { state, deps } = at(now.r3.members, 0);
    return unmask(state, { signatures: given, answers: [] }, deps);
  });

test('A9 the messages of the own session are taken: what follows fails for what is replayed in it', () => {
  expect(roster(now.r1.message)).toBe(null);
  expect(shares(sharesMessage(now.r2, 0))).toBe(null);
  expect(headers(now.r3.message)).toBe(null);
  expect(signatures(now.r4.message.signatures)).toBe(null);
});

test('A9 an r0 of an earlier session in the roster is refused', () => {
  const entry: RosterEntry = at(old.r1.message.entries, 2);
  expect(roster(statedRoster(now.setup, replaced(now.r1.message.entries, 2, entry)))).toBe(
    'CONTEXT_MISMATCH',
  );
});

test('A9 an r0 that is not the one the roster root names is refused', () => {
  const { r0 } = at(now.r1.message.entries, 2);
  const r0Hash = signedHash(at(old.r1.message.entries, 2).r0 as Signed);
  const entries = replaced(now.r1.message.entries, 2, { ...at(now.r1.message.entries, 2), r0, r0Hash });
  expect(roster(statedRoster(now.setup, entries))).toBe('BAD_SET');
});

test('A9 the statement of U1 of an earlier session is refused', () => {
  expect(roster({ ...now.r1.message, statement: old.r1.statement })).toBe('CONTEXT_MISMATCH');
});

test('A9 a roster that comes later than the policy allows is refused', () => {
  expect(roster({ ...now.r1.message, nowMs: 1000 })).toBe(null);
  expect(roster({ ...now.r1.message, nowMs: 1001 })).toBe('STALE_ROSTER');
});

test('A9 the statement of U2 of an earlier session is refused', () => {
  expect(shares({ ...sharesMessage(now.r2, 0), statement: old.r2.statement })).toBe('CONTEXT_MISMATCH');
});

test('A9 the statement of one set shown as that of another is refused', () => {
  const statement = alteredSet(now.r2.statement, { set: 3 });
  expect(shares({ ...sharesMessage(now.r2, 0), statement })).toBe('BAD_SET');
  expect(headers({ ...now.r3.message, statement: now.r2.statement })).toBe('BAD_SET');
});

test('A9 packets of an earlier session are refused', () => {
  expect(shares({ ...sharesMessage(old.r2, 0), statement: now.r2.statement })).toBe('CONTEXT_MISMATCH');
});

test('A9 packets that were signed for another context or roster are refused', () => {
  const message = sharesMessage(now.r2, 0);
  const [first, ...rest] = message.deliveries;
  for (const changes of [{ rosterRoot: zeros }, { ctx: old.r1.frozen.session.ctx }]) {
    const r1 = altered(shareKeysCodec, first?.r1 as Signed, at(parties, 1), changes);
    const deliveries = [{ ...(first as (typeof message.deliveries)[number]), r1 }, ...rest];
    expect(shares({ ...message, deliveries })).toBe('CONTEXT_MISMATCH');
  }
});

test('A9 the header of a survivor out of an earlier session is refused', () => {
  const replayed = replaced(now.r3.message.headers, 2, at(old.r3.message.headers, 2));
  expect(headers({ ...now.r3.message, headers: replayed })).toBe('CONTEXT_MISMATCH');
});

test('A9 the statement of U3 of an earlier session is refused', () => {
  expect(headers({ ...now.r3.message, statement: old.r3.statement })).toBe('CONTEXT_MISMATCH');
});

test('A9 consistency signatures of an earlier session make no quorum, and prove no equivocation', () => {
  expect(signatures(old.r4.message.signatures)).toBe('NO_QUORUM');
  // A coordinator could else end any session with what it kept of another one.
  expect(signatures([...old.r4.message.signatures, ...now.r4.message.signatures])).toBe(null);
});

test('A9 the result and the abort of an earlier session are refused', () => {
  const { state, deps } = at(now.r4.members, 0);
  const accept = (result: Signed, packed: Uint8Array) =>
    codeOf(() => acceptResult(state, result, packed, deps));
  expect(accept(now.closed.result, now.closed.packed)).toBe(null);
  expect(accept(old.closed.result, old.closed.packed)).toBe('CONTEXT_MISMATCH');
  const { ctx } = old.r1.frozen.session;
  const renamed = altered(resultCodec, now.closed.result, coordinator, { ctx });
  expect(accept(renamed, now.closed.packed)).toBe('CONTEXT_MISMATCH');
  const reason = { code: 'NO_QUORUM', message: '', blamed: [] } as const;
  const abortOf = ({ setup: { header } }: typeof old): Signed =>
    closeAborted(header, 'r3', [], [], reason, coordinatorDeps).statement?.signed as Signed;
  const abort = (signed: Signed) =>
    codeOf(() => acceptAbort(now.setup.header.id, coordinator.identity, signed, deps));
  expect(abort(abortOf(now))).toBe(null);
  expect(abort(abortOf(old))).toBe('CONTEXT_MISMATCH');
});

test('A9 a complaint of an earlier session, or over another U2, is not answered', () => {
  const { state, deps } = at(now.r2.members, 0);
  const packet = state.dealt.get(1) as { ciphertextHash: Uint8Array };
  const complaints = [{ dealer: at(parties, 0).identity, ciphertext: packet.ciphertextHash }];
  const { header } = at(now.r2.members, 1).send;
  const answer = (changes: object) =>
    codeOf(() =>
      answerComplaint(
        state,
        altered(maskedInputCodec, header, at(parties, 1), { complaints, ...changes }),
        deps,
      ),
    );
  expect(answer({})).toBe(null);
  expect(answer({ ctx: old.r1.frozen.session.ctx })).toBe('CONTEXT_MISMATCH');
  expect(answer({ u2: old.r2.frozen.u2?.hash })).toBe('CONTEXT_MISMATCH');
});

// ------------------------------------------------------------------------------------------------------------ packets

test('A9 a packet is bound to session, roster, sender and recipient', () => {
  const { session } = now.r1.frozen;
  const bound = [
    shareAad(session, 1, 2),
    shareAad({ ...session, ctx: zeros }, 1, 2),
    shareAad({ ...session, rosterRoot: zeros }, 1, 2),
    shareAad(session, 0, 2),
    shareAad(session, 1, 3),
    shareAad(session, 2, 1),
  ];
  expect(new Set(bound.map((aad) => aad.join())).size).toBe(bound.length);
});

test('A9 the plaintext of a packet names its ends, too: from or for another one it is nothing', () => {
  const { session } = now.r1.frozen;
  const plaintext = encodeShares(session, 1, 2, [zeros, zeros]);
  expect(decodeShares(session, 1, 2, plaintext, 2)).toEqual([zeros, zeros]);
  expect(decodeShares(session, 0, 2, plaintext, 2)).toBe(null);
  expect(decodeShares(session, 1, 3, plaintext, 2)).toBe(null);
});

test('A9 the keys of a packet are of one session, even between the same pair of keys', () => {
  const { session } = now.r1.frozen;
  const mine = shareKeyPair(zeros);
  const theirs = maskKeyPair(zeros);
  const keyIn = (ctx: Uint8Array) =>
    deriveShareKey({
      agreed: agree(mine.privateKey, theirs.publicKey),
      ctx,
      sender: (parties[0] as Party).identity,
      recipient: (parties[1] as Party).identity,
      senderKey: mine.publicKey,
      recipientKey: theirs.publicKey,
    }).key;
  expect(keyIn(session.ctx)).not.toEqual(keyIn(old.r1.frozen.session.ctx));
});

test('A9 two sessions of the same participants differ in everything that is derived from them', () => {
  expect(now.r1.frozen.session.ctx).not.toEqual(old.r1.frozen.session.ctx);
  const same = {
    seed: 'the earlier session',
    opening: { session: 1 },
    policy: policyOf({ rosterMaxAgeMs: 1000 }),
  };
  const ctxWith = (opening: object) =>
    (closeR0(setUp(parties, { ...same, opening: { session: 1, ...opening } }), ALL) as AtR1).frozen.session
      .ctx;
  const { ctx } = old.r1.frozen.session;
  expect(ctxWith({})).toEqual(ctx);
  expect(ctxWith({ session: 2 })).not.toEqual(ctx);
  expect(ctxWith({ nonce: zeros })).not.toEqual(ctx);
});
