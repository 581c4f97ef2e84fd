/** r2 and r3 of the coordinator: what it accepts and everything it refuses. */
import { describe, expect, test } from '@jest/globals';
import { concatBytes } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import {
  acceptHeader,
  checkUpload,
  closeMaskedInput,
} from '../../../src/protocol/coordinator/r2-masked-input.js';
import { acceptConsistency, closeConsistency } from '../../../src/protocol/coordinator/r3-consistency.js';
import { consistencyCodec, maskedInputCodec } from '../../../src/protocol/messages.js';
import type { Signed } from '../../../src/protocol/signed.js';
import { setCodec } from '../../../src/protocol/statements.js';
import {
  altered,
  at,
  type AtR2,
  closeR1,
  codeOf,
  coordinatorDeps,
  packetOf,
  zeros,
} from '../../helpers/protocol.js';
import { commonRefusals, first, parties, r1, r2, r3, stranger, SURVIVORS } from './session.js';

describe('r2', () => {
  const { send } = at(r2.members, 0);
  const accept = (signed: Signed, sender = first.identity, from: AtR2 = r2) =>
    acceptHeader(from.frozen, { sender, signed }, from.dealers, coordinatorDeps);
  const made = (changes: object) => altered(maskedInputCodec, send.header, first, changes);
  commonRefusals(maskedInputCodec as never, send.header, accept);

  const delivered = (dealer: number) => ({
    dealer: at(parties, dealer).identity,
    ciphertext: sha256(packetOf(at(r2.dealers, dealer), 0).ciphertext),
  });
  const refusals: [string, string | null, () => unknown][] = [
    ['another U1', 'CONTEXT_MISMATCH', () => accept(made({ u1: zeros }))],
    ['another U2', 'CONTEXT_MISMATCH', () => accept(made({ u2: zeros }))],
    ['a digest more', 'MALFORMED', () => accept(made({ digests: [zeros, zeros] }))],
    ['nothing about a delivered packet', null, () => accept(made({ complaints: [delivered(2)] }))],
    [
      'a complaint about another ciphertext',
      'MALFORMED',
      () => accept(made({ complaints: [{ ...delivered(2), ciphertext: zeros }] })),
    ],
    [
      'a complaint about a stranger',
      'MALFORMED',
      () => accept(made({ complaints: [{ ...delivered(2), dealer: stranger.identity }] })),
    ],
    [
      'two complaints about one',
      'MALFORMED',
      () => accept(made({ complaints: [delivered(2), delivered(2)] })),
    ],
    [
      'a complaint about somebody whose packets were not delivered',
      'MALFORMED',
      () => {
        const smaller = closeR1(r1, SURVIVORS) as AtR2;
        const own = altered(maskedInputCodec, at(smaller.members, 0).send.header, first, {
          complaints: [delivered(4)],
        });
        return accept(own, first.identity, smaller);
      },
    ],
    [
      'somebody who is not in U2',
      'UNKNOWN_PARTICIPANT',
      () => {
        const smaller = closeR1(r1, [1, 2, 3, 4]) as AtR2;
        return accept(send.header, first.identity, smaller);
      },
    ],
  ];
  test.each(refusals)('refuses %s: %s', (_, code, attempt) => {
    expect(codeOf(attempt)).toBe(code);
  });

  test('an upload has the length and digests of its header, and no spare bits', () => {
    const { bytes } = send.upload;
    const check = (upload: Uint8Array, header = send.header) =>
      codeOf(() => checkUpload(r2.frozen, header, upload, coordinatorDeps));
    expect(check(bytes)).toBe(null);
    expect(check(bytes.slice(1))).toBe('WRONG_LENGTH');
    expect(check(concatBytes(bytes, Uint8Array.of(0)))).toBe('WRONG_LENGTH');
    expect(check(bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)))).toBe('DIGEST_MISMATCH');
    const spare = bytes.map((byte, index) => (index === bytes.length - 1 ? byte | 0x80 : byte));
    expect(check(spare, made({ digests: [sha256(spare)] }))).toBe('MALFORMED');
  });

  test('order of arrival changes nothing', () => {
    const headers = r2.members.map(({ record }) => record);
    const complete = headers.slice(0, 4).map(({ sender }) => sender);
    const close = (given: typeof headers) =>
      closeMaskedInput(
        r2.frozen,
        r2.leaves,
        { headers: given, answers: [], complete, dealers: r2.dealers },
        coordinatorDeps,
      );
    expect(close([...headers].reverse())).toEqual(close(headers));
    expect(setCodec.decode((close(headers).statement?.signed as Signed).payload).members).toEqual(
      Uint8Array.of(0b1111),
    );
  });
});

describe('r3', () => {
  const good = at(r3.members, 0).send;
  const accept = (signed: Signed, sender = first.identity) =>
    acceptConsistency(r3.frozen, { sender, signed }, r3.uploads, coordinatorDeps);
  commonRefusals(consistencyCodec as never, good, accept);
  test.each(['u1', 'u2', 'u3', 'uploads'] as const)('refuses another %s: CONTEXT_MISMATCH', (field) => {
    const other = altered(consistencyCodec, good, first, { [field]: zeros });
    expect(codeOf(() => accept(other))).toBe('CONTEXT_MISMATCH');
  });
  test('refuses somebody who is not in U3', () => {
    const fifth = at(parties, 4);
    const own = altered(consistencyCodec, good, fifth, { sender: fifth.identity });
    expect(codeOf(() => accept(own, fifth.identity))).toBe('UNKNOWN_PARTICIPANT');
  });
  test('order of arrival changes nothing', () => {
    const records = r3.members.map(({ record }) => record);
    expect(closeConsistency(r3.frozen, r3.leaves, [...records].reverse(), coordinatorDeps)).toEqual(
      closeConsistency(r3.frozen, r3.leaves, records, coordinatorDeps),
    );
  });
});
