/** Whole sessions, and what comes out of them. */
import { layoutOf } from '../../../src/protocol/parameters.js';
import type { Party } from '../parties.js';
import { closeR0, closeR1, closeR2, closeR3, closeR4 } from './close.js';
import type { Aborted, AtR1, AtR2, AtR3, AtR4, Closed, Options, Setup } from './rounds.js';
import { setUp } from './set-up.js';

/** Integer sums of the inputs of the given indexes, modulo each vector's 2^bits. */
export function expectedSums(setup: Setup, indexes: readonly number[]): Uint32Array[] {
  return layoutOf(setup.header.task).map(({ bits, length }, vector) =>
    Uint32Array.from({ length }, (_, at) => {
      const total = indexes.reduce(
        (sum, index) => sum + (setup.members[index]?.input[vector]?.[at] as number),
        0,
      );
      return total % 2 ** bits;
    }),
  );
}

/** A session that gets to r4. */
export interface Rounds {
  readonly setup: Setup;
  readonly r1: AtR1;
  readonly r2: AtR2;
  readonly r3: AtR3;
  readonly r4: AtR4;
}

/** All of them in r0 and r1. */
export function playToUploads(setup: Setup): AtR2 {
  const everyone = [...setup.members.keys()];
  return going(closeR1(going(closeR0(setup, everyone)), everyone));
}

/** r2 and r3 of these, who are U3. */
export const playToAnswers = (r2: AtR2, u3: readonly number[]): AtR4 =>
  going(closeR3(going(closeR2(r2, u3)), u3));

/** Everybody answers until r1, and those in `u3` (roster positions) from r2 on. */
export function playRounds(setup: Setup, u3: readonly number[] = [...setup.members.keys()]): Rounds {
  const everyone = [...setup.members.keys()];
  const r1 = going(closeR0(setup, everyone));
  const r2 = going(closeR1(r1, everyone));
  const r3 = going(closeR2(r2, u3));
  return { setup, r1, r2, r3, r4: going(closeR3(r3, u3)) };
}

function going<T extends { readonly round: string }>(round: T | Aborted): T {
  if (round.round === 'aborted') throw new Error(`aborted: ${(round as Aborted).abort.message}`);
  return round as T;
}

/** The round in which a participant falls silent: 0…4, or 5 for never. */
export type DropRound = 0 | 1 | 2 | 3 | 4 | 5;

export interface Run {
  readonly outcome: Closed | Aborted;
  /** Indexes of U3; empty when it never closed. */
  readonly survivors: readonly number[];
  readonly reached: 'r0' | 'r1' | 'r2' | 'r3' | 'r4';
}

/** One whole session. @param drops one per party */
export function runSession(
  parties: readonly Party[],
  drops: readonly DropRound[],
  options: Options = {},
): Run {
  const setup = setUp(parties, options);
  const sending = (round: number) => (member: { index: number }) => (drops[member.index] as number) > round;
  const positions = (members: readonly { position: number; index: number }[], round: number): number[] =>
    members.filter(sending(round)).map(({ position }) => position);
  const r1 = closeR0(
    setup,
    [...parties.keys()].filter((index) => sending(0)({ index })),
  );
  if (r1.round === 'aborted') return { outcome: r1, survivors: [], reached: 'r0' };
  const r2 = closeR1(r1, positions(r1.members, 1));
  if (r2.round === 'aborted') return { outcome: r2, survivors: [], reached: 'r1' };
  const r3 = closeR2(r2, positions(r2.members, 2));
  if (r3.round === 'aborted') return { outcome: r3, survivors: [], reached: 'r2' };
  const survivors = r3.members.map(({ index }) => index);
  const r4 = closeR3(r3, positions(r3.members, 3));
  if (r4.round === 'aborted') return { outcome: r4, survivors, reached: 'r3' };
  return { outcome: closeR4(r4, positions(r4.members, 4)), survivors, reached: 'r4' };
}
