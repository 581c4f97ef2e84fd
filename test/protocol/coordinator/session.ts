/** The session that the tests of the coordinator’s rounds deviate from: five participants, n_C = 1, q = t = 4. */
import { expect, test } from '@jest/globals';
import type { shareKeysCodec } from '../../../src/protocol/messages.js';
import type { Signed } from '../../../src/protocol/signed.js';
import {
  altered,
  at,
  broken,
  type Closed,
  closeR4,
  codeOf,
  participants,
  type Party,
  party,
  playRounds,
  setUp,
  vectorOf,
  zeros,
} from '../../helpers/protocol.js';

export const parties = participants(5);
export const ALL = [0, 1, 2, 3, 4];
export const SURVIVORS = [0, 1, 2, 3];
// 5 coordinates of 10 bits: the last byte has spare bits.
export const setup = setUp(parties, { task: { vectors: [vectorOf({ bits: 10 })] } });
export const { r1, r2, r3, r4 } = playRounds(setup, SURVIVORS);
export const closed = closeR4(r4, SURVIVORS) as Closed;
export const stranger = party('a stranger');
export const first = at(parties, 0);

/** Checks that every round shares: who speaks, signed by whom, for which context. */
export function commonRefusals(
  codec: typeof shareKeysCodec,
  good: Signed,
  accept: (signed: Signed, sender: Uint8Array) => unknown,
): void {
  const made = (changes: object, by: Party = first) => altered(codec, good, by, changes);
  const cases: [string, string | null, Signed, Uint8Array?][] = [
    ['nothing that is right', null, good],
    ['a stranger', 'UNKNOWN_PARTICIPANT', made({ sender: stranger.identity }, stranger), stranger.identity],
    ['a signature that does not verify', 'BAD_SIGNATURE', broken(good)],
    ['the message of somebody else', 'BAD_SIGNATURE', good, at(parties, 1).identity],
    ['a message that names another sender', 'BAD_SIGNATURE', made({ sender: zeros })],
    ['another context', 'CONTEXT_MISMATCH', made({ ctx: zeros })],
  ];
  test.each(cases.map(([name, code, signed, sender]) => ({ name, code, signed, sender })))(
    'refuses $name: $code',
    ({ code, signed, sender }) => {
      expect(codeOf(() => accept(signed, sender ?? first.identity))).toBe(code);
    },
  );
}
