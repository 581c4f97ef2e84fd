/** The session that the tests of a participant’s rounds deviate from: five participants, n_C = 1, q = 4; one drops after r1. */
import { planMaskedInput } from '../../../src/protocol/client/r2-masked-input.js';
import { advertiseKeysCodec } from '../../../src/protocol/messages.js';
import type { Signed } from '../../../src/protocol/signed.js';
import {
  at,
  type AtR1,
  type Closed,
  closeR4,
  participants,
  party,
  playRounds,
  policyOf,
  setUp,
  sharesMessage,
  unchanged,
  zeros,
} from '../../helpers/protocol.js';

export const parties = participants(5);
export const ALL = [0, 1, 2, 3, 4];
/** Position 4 drops after r1: the others reveal shares of its mask key. */
export const SURVIVORS = [0, 1, 2, 3];

export const setup = setUp(parties, { policy: policyOf({ rosterMaxAgeMs: 1000 }) });
export const { r1, r2, r3, r4 } = playRounds(setup, SURVIVORS);
export const closed = closeR4(r4, SURVIVORS) as Closed;
export const stranger = party('a stranger');

export type Keys = ReturnType<typeof advertiseKeysCodec.decode>;
export const keysAt = (index: number): Keys =>
  advertiseKeysCodec.decode((at(r1.message.entries, index).r0 as Signed).payload);

const vectorKey = zeros;
export const plan = (message: Parameters<typeof planMaskedInput>[1], index = 0, from: AtR1 = r1) => {
  const { state, deps } = at(from.members, index);
  const { input } = at(setup.members, index);
  return unchanged([state, message, input], () => planMaskedInput(state, message, input, vectorKey, deps));
};
export const honestShares = () => sharesMessage(r2, 0);
