/** Sessions played to their end, with everything a coordinator keeps of them. */
import type { AcceptedRecord } from '../../../src/protocol/coordinator/state.js';
import { signedLeaf } from '../../../src/protocol/signed.js';
import { openingHash, type Checkpoint } from '../../../src/protocol/statements.js';
import { merkleRoot } from '../../../crypto/merkle.js';
import {
  type Aborted,
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  type Closed,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  type DropRound,
  type Options,
  type Party,
  type Setup,
  setUp,
} from '../../helpers/protocol.js';

export interface Played {
  readonly setup: Setup;
  /** All leaves of the session's tree. */
  readonly leaves: readonly Uint8Array[];
  readonly outcome: Closed | Aborted;
  readonly r1?: AtR1;
  readonly r2?: AtR2;
  readonly r3?: AtR3;
  readonly r4?: AtR4;
  /** Roster positions of those whose r4 was accepted. */
  readonly answered?: readonly number[];
}

export interface PlayOptions extends Options {
  /** The round in which each party falls silent; default: never. */
  readonly drops?: readonly DropRound[];
  readonly answers?: (r2: AtR2) => readonly AcceptedRecord[];
  readonly number?: number;
  readonly previous?: readonly Played[];
}

export const endOf = ({ setup, leaves }: Played): Checkpoint => ({
  session: openingHash(setup.opening),
  size: leaves.length,
  root: merkleRoot(leaves),
});

export function playSession(parties: readonly Party[], options: PlayOptions = {}): Played {
  const { drops = parties.map((): DropRound => 5), answers, number = 1, previous = [], ...rest } = options;
  const opening = { session: number, openedMs: number, previous: previous.map(endOf), ...rest.opening };
  const setup = setUp(parties, { seed: `session ${number}`, ...rest, opening, wholeTree: true });
  const sending = (round: number) => (member: { index: number }) => (drops[member.index] as number) > round;
  const positions = (members: readonly { position: number; index: number }[], round: number): number[] =>
    members.filter(sending(round)).map(({ position }) => position);
  const everyone = [...parties.keys()].filter((index) => sending(0)({ index }));
  const rounds: { -readonly [K in 'r1' | 'r2' | 'r3' | 'r4']?: Played[K] } = {};
  const ended = (before: readonly Uint8Array[], outcome: Closed | Aborted): Played => ({
    setup,
    ...rounds,
    outcome,
    leaves: [...before, ...outcome.closing.leaves],
  });
  const r1 = closeR0(setup, everyone);
  if (r1.round === 'aborted') return ended([setup.task, setup.opening].map(signedLeaf), r1);
  rounds.r1 = r1;
  const r2 = closeR1(r1, positions(r1.members, 1));
  if (r2.round === 'aborted') return ended(r1.leaves, r2);
  rounds.r2 = r2;
  const r3 = closeR2(r2, positions(r2.members, 2), answers?.(r2));
  if (r3.round === 'aborted') return ended(r2.leaves, r3);
  rounds.r3 = r3;
  const r4 = closeR3(r3, positions(r3.members, 3));
  if (r4.round === 'aborted') return ended(r3.leaves, r4);
  rounds.r4 = r4;
  const answered = positions(r4.members, 4);
  return { ...ended(r4.leaves, closeR4(r4, answered)), answered };
}
