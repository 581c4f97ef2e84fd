/** r4 of a participant and what comes after: what it reveals, to which signatures, and which results it takes. */
import { describe, expect, test } from '@jest/globals';
import { concatBytes } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { acceptAbort, acceptResult } from '../../../src/protocol/client/outcome.js';
import { unmask } from '../../../src/protocol/client/r4-unmask.js';
import { consistencyCodec, unmaskCodec } from '../../../src/protocol/messages.js';
import { type Signed, signBody } from '../../../src/protocol/signed.js';
import { abortCodec, resultCodec } from '../../../src/protocol/statements.js';
import {
  altered,
  at,
  type AtR2,
  type AtR3,
  type AtR4,
  broken,
  closeR1,
  closeR2,
  closeR3,
  codeOf,
  coordinator,
  expectedSums,
  must,
  organiser,
  type Party,
  replaced,
  unchanged,
  zeros,
} from '../../helpers/protocol.js';
import { closed, parties, r1, r3, r4, setup, stranger, SURVIVORS } from './session.js';

const reveal = (signatures: readonly Signed[], index = 0) => {
  const { state, deps } = at(r3.members, index);
  const message = { signatures, answers: [] };
  return unchanged([state, message], () => unmask(state, message, deps));
};
const { signatures } = r4.message;
const signatureOf = (
  index: number,
  changes: Partial<ReturnType<typeof consistencyCodec.decode>>,
  by?: Party,
) => altered(consistencyCodec, at(signatures, index), by ?? at(parties, index), changes);

describe('r4', () => {
  test('reveals b of the survivors, oneself included, and mask keys of those who dropped', () => {
    const { send, wipe } = must(reveal(signatures));
    const body = unmaskCodec.decode(send.r4.payload);
    expect([...body.kinds]).toEqual([1, 1, 1, 1, 2]);
    const { held } = at(r3.members, 0).state;
    expect(send.shares).toEqual([
      held.ownShares[1],
      ...[1, 2, 3].map((position) => held.shares.get(position)?.[1]),
      held.shares.get(4)?.[0],
    ]);
    expect(body.shares).toEqual(sha256(concatBytes(...send.shares)));
    // What is sent is a copy: wiping the state does not reach it.
    for (const secret of wipe) expect(send.shares.some((shareSent) => shareSent === secret)).toBe(false);
    expect(wipe).toHaveLength(9);
  });

  test('reveals nothing for who is in U1 but not in U2', () => {
    const smaller = closeR1(r1, SURVIVORS) as AtR2;
    const signed = closeR2(smaller, SURVIVORS) as AtR3;
    const { members } = closeR3(signed, SURVIVORS) as AtR4;
    expect([...unmaskCodec.decode(at(members, 0).send.r4.payload).kinds]).toEqual([1, 1, 1, 1]);
  });

  test('counts the own signature, whether or not it comes along', () => {
    expect(codeOf(() => reveal(signatures.slice(1)))).toBe(null);
  });

  test('reveals the same whatever signatures came along', () => {
    const all = must(reveal(signatures)).send;
    const fewer = must(reveal(signatures.slice(1))).send;
    expect(fewer).toEqual(all);
  });

  const dropped = at(parties, 4);
  const refusals: [string, string, () => readonly Signed[]][] = [
    ['no signatures', 'NO_QUORUM', () => []],
    ['too few signatures', 'NO_QUORUM', () => signatures.slice(0, 3)],
    ['one signature twice', 'NO_QUORUM', () => [...signatures.slice(0, 3), at(signatures, 2)]],
    [
      'a signature of somebody who is not in U3',
      'NO_QUORUM',
      () => [...signatures.slice(0, 3), signatureOf(3, { sender: dropped.identity }, dropped)],
    ],
    [
      'a signature of a stranger',
      'NO_QUORUM',
      () => [...signatures.slice(0, 3), signatureOf(3, { sender: stranger.identity }, stranger)],
    ],
    [
      'a signature of another session',
      'NO_QUORUM',
      () => [...signatures.slice(0, 3), signatureOf(3, { ctx: zeros })],
    ],
    [
      'a signature that does not verify',
      'BAD_SIGNATURE',
      () => replaced(signatures, 2, broken(at(signatures, 2))),
    ],
    [
      "a survivor's signature made by another",
      'BAD_SIGNATURE',
      () => replaced(signatures, 2, signatureOf(2, {}, stranger)),
    ],
    ...(['u1', 'u2', 'u3', 'uploads'] as const).map((field): [string, string, () => readonly Signed[]] => [
      `a signature over another ${field}`,
      'EQUIVOCATION',
      () => replaced(signatures, 2, signatureOf(2, { [field]: zeros })),
    ]),
  ];
  test.each(refusals)('refuses %s: %s', (_, code, given) => {
    expect(codeOf(() => reveal(given()))).toBe(code);
  });
});

describe('the outcome', () => {
  const accept = (result: Signed, packed: Uint8Array = closed.packed) => {
    const { state, deps } = at(r4.members, 0);
    return unchanged([state, result, packed], () => acceptResult(state, result, packed, deps));
  };
  const changed = (changes: Partial<ReturnType<typeof resultCodec.decode>>, by: Party = coordinator) =>
    altered(resultCodec, closed.result, by, changes);

  test('is the sum, as numbers', () => {
    const { aggregate } = must(accept(closed.result));
    expect(aggregate.survivors).toBe(4);
    const half = 2 ** 15;
    const signed = [...(expectedSums(setup, SURVIVORS)[0] as Uint32Array)].map((value) =>
      value >= half ? value - 2 * half : value,
    );
    expect([...(aggregate.vectors.counts?.sum as Float64Array)]).toEqual(signed);
  });

  const { digests } = resultCodec.decode(closed.result.payload);
  const other = closed.packed.map((byte) => byte ^ 1);
  const good = closed.packed;
  const refusals: [string, string, () => Signed, Uint8Array][] = [
    ['a result of another coordinator', 'WRONG_COORDINATOR', () => changed({}, organiser), good],
    ['a result of another session', 'CONTEXT_MISMATCH', () => changed({ ctx: zeros }), good],
    ['a result of another U3', 'CONTEXT_MISMATCH', () => changed({ u3: zeros }), good],
    ['another number of survivors', 'CONTEXT_MISMATCH', () => changed({ survivors: 5 }), good],
    ['too many digests', 'AGGREGATE_MISMATCH', () => changed({ digests: [...digests, ...digests] }), good],
    ['an aggregate with another digest', 'AGGREGATE_MISMATCH', () => closed.result, other],
    ['a short aggregate', 'AGGREGATE_MISMATCH', () => closed.result, closed.packed.slice(1)],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, result, packed) => {
    expect(codeOf(() => accept(result(), packed))).toBe(code);
  });

  test('is an abort only if the coordinator signed one for this session', () => {
    const abort = {
      opening: setup.header.id,
      code: 'NO_QUORUM',
      message: '',
      round: 'r3',
      blamed: [],
      size: 0,
      root: zeros,
    };
    const { deps } = at(r4.members, 0);
    const read = (body: typeof abort, by: Party = coordinator) =>
      acceptAbort(setup.header.id, coordinator.identity, signBody(abortCodec, body, by.signer), deps);
    expect(must(read(abort)).abort.code).toBe('NO_QUORUM');
    expect(codeOf(() => read(abort, organiser))).toBe('WRONG_COORDINATOR');
    expect(codeOf(() => read({ ...abort, opening: zeros }))).toBe('CONTEXT_MISMATCH');
  });
});
