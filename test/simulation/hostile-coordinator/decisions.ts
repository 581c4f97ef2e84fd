/**
 * What an adversary decides: the coordinator together with `colluders`. Everything else follows from it: its messages fit
 * whoever receives them as far as its keys permit (`forge.ts`). Participants are numbers, by increasing identity; lists
 * with one entry per participant have entries for colluders, too, which nobody reads.
 *
 * A session goes r0, r1, then one or more passes over r2, r3, r4. A pass begins by starting again who was killed in the
 * one before, with its journal and the secrets of `resume`, and shows it what the new pass says.
 *
 * On a ring, where who is next to whom is known only with the roster, a pass counts places instead of participants.
 */

/** Who is left out of a set. */
export type Missing = readonly number[];
/** From a dealer (or complaining holder) to a holder (or dealer). */
export type Edge = readonly [number, number];
/** The last round a participant is led to in a pass; 1 leaves it waiting. */
export type LastRound = 1 | 2 | 3 | 4;

export interface Pass {
  /** Per participant: who is missing from the set that it is shown. */
  readonly u2: readonly Missing[];
  readonly u3: readonly Missing[];
  readonly upTo: readonly LastRound[];
  /** Per participant: the round as whose message leaves its process is killed; 0: none. */
  readonly killedIn: readonly (0 | 2 | 3 | 4)[];
}

export interface SessionPlay {
  /** Per participant: which of the inputs the opening names that it is shown. */
  readonly inputs: readonly number[];
  /** Per participant: who is not in the electorate that the opening names. Only where the task pins no list. */
  readonly electorates: readonly Missing[];
  /** Honest participants to whom the session is not announced. */
  readonly absent: Missing;
  /** Per participant: who is missing from the roster that it is shown. */
  readonly rosters: readonly Missing[];
  /** The rosters have the r0 of participants who were shown another opening, too. */
  readonly strangers: boolean;
  /** Packets that are not delivered. */
  readonly withheld: readonly Edge[];
  /** Packets of honest dealers that are changed on their way. */
  readonly corrupted: readonly Edge[];
  /** Colluder, holder: a packet that does not decrypt, so that an honest holder complains. */
  readonly badPackets: readonly Edge[];
  /** Colluder, dealer: says that the honest dealer's packet does not decrypt. */
  readonly complaints: readonly Edge[];
  /** Signatures of r3 that do not fit are shown with those that do. */
  readonly mixed: boolean;
  /** The opening names the play's grant. */
  readonly granted: boolean;
  readonly passes: readonly Pass[];
}

export interface Grant {
  readonly from: Missing;
  readonly to: Missing;
  /** Honest participants whose policy accepts no grants. */
  readonly refusedBy: readonly number[];
}

export interface Play {
  readonly suite: 'masking/complete' | 'ckks/sumkey' | 'test/sparse' | 'test/ring';
  readonly size: number;
  /** As many as the task assumes. */
  readonly colluders: readonly number[];
  readonly scope: 'static' | 'evolving';
  readonly pinned: boolean;
  /** The vector depends on the session's input, like the sum for a mean and the squares for a variance. */
  readonly answersInput: boolean;
  readonly grant: Grant | null;
  /** All sessions round by round, instead of one after the other. */
  readonly lockstep: boolean;
  readonly sessions: readonly SessionPlay[];
}

const forAll = <T>(size: number, value: T): T[] => Array.from({ length: size }, () => value);

/** An honest pass for `size` participants, but for what is given. */
export const passOf = (size: number, changes: Partial<Pass> = {}): Pass => ({
  u2: forAll(size, []),
  u3: forAll(size, []),
  upTo: forAll(size, 4),
  killedIn: forAll(size, 0),
  ...changes,
});

/** An honest session for `size` participants, but for what is given. */
export const sessionOf = (size: number, changes: Partial<SessionPlay> = {}): SessionPlay => ({
  inputs: forAll(size, 0),
  electorates: forAll(size, []),
  absent: [],
  rosters: forAll(size, []),
  strangers: false,
  withheld: [],
  corrupted: [],
  badPackets: [],
  complaints: [],
  mixed: false,
  granted: false,
  passes: [passOf(size)],
  ...changes,
});

/** An honest play, but for what is given: one session of `size` participants, the first of them a colluder. */
export const playOf = (changes: Partial<Play> & { readonly size: number }): Play => ({
  suite: 'masking/complete',
  colluders: [0],
  scope: 'static',
  pinned: true,
  answersInput: false,
  grant: null,
  lockstep: false,
  sessions: [sessionOf(changes.size)],
  ...changes,
});

/** The same for everyone, but for some. */
export const shown = <T>(size: number, usual: T, others: Readonly<Record<number, T>> = {}): T[] =>
  Array.from({ length: size }, (_, index) => others[index] ?? usual);
