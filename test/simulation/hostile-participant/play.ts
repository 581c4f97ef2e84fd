/**
 * A play: what each hostile participant does in each round, as plain numbers and words, so that fast-check can shrink it
 * and a counterexample can be kept as it was printed.
 *
 * In every round a hostile participant has one main part (the right message, silence, or one well-formed lie) and any
 * number of tricks, which are mostly refused: garbage, altered, foreign, repeated and misplaced messages.
 */
import fc from 'fast-check';

export const ROUNDS = ['r0', 'r1', 'r2', 'r3', 'r4'] as const;
export type Round = (typeof ROUNDS)[number];

/** Lies that the coordinator must take, because nobody can tell yet, or ever. */
export const LIES = {
  r0: ['other-share-key', 'other-mask-key'],
  r1: [
    'garbage-packet',
    'off-polynomial',
    'wrong-leaves',
    'other-plaintext',
    'short-share',
    'swapped-packets',
    'wrong-commitment',
    'wrong-own-leaf',
    'longest-packet',
  ],
  r2: ['random-upload', 'false-complaint', 'all-complaints', 'header-only', 'half-an-upload'],
  r3: ['right'],
  r4: ['wrong-share', 'nothing-revealed', 'one-withheld'],
} as const;

export const TRICKS = [
  'garbage',
  'altered-field',
  'altered-bytes',
  'foreign-message',
  'other-session',
  'twice-at-once',
  'attachment',
  'wrong-kind',
  'reads',
  'chunks',
  'commit-early',
  'watch',
  'certificate',
  'bad-complaint',
  'answer-unasked',
  'stolen-keys',
] as const;
export type TrickName = (typeof TRICKS)[number];

/** How a hostile dealer answers those who complain. */
export const ANSWERS = ['none', 'fits', 'does-not-fit', 'short', 'empty', 'for-another'] as const;
export type AnswerName = (typeof ANSWERS)[number];

/** `at` and `how` choose among methods, fields, victims, places; each trick takes them modulo what it needs. */
export interface Trick {
  readonly trick: TrickName;
  readonly at: number;
  readonly how: number;
}

export interface Part {
  /** 'right', 'silent', or one of LIES. */
  readonly main: string;
  /** Victims of the main part as a bit mask over roster positions. */
  readonly victims: number;
  /** Kinds of shares that a dealing lie changes, as a bit mask. */
  readonly kinds: number;
  readonly tricks: readonly Trick[];
  /** Against the honest participants: before them, at once with them, after them. */
  readonly when: 'before' | 'with' | 'after';
}

export interface HostilePlan {
  /** One part per round. */
  readonly rounds: readonly Part[];
  readonly answer: AnswerName;
}

export interface Play {
  readonly n: number;
  /** n_C of the task. */
  readonly colluders: number;
  /** By index of the participant. */
  readonly hostile: Readonly<Record<number, HostilePlan>>;
}

const trick: fc.Arbitrary<Trick> = fc.record({
  trick: fc.constantFrom(...TRICKS),
  at: fc.nat({ max: 999 }),
  how: fc.nat({ max: 999 }),
});

/** Mostly right, so that plays get as far as the last round. */
const main = (round: Round): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant('right') },
    { weight: round === 'r0' ? 1 : 4, arbitrary: fc.constantFrom<string>(...LIES[round]) },
    { weight: 1, arbitrary: fc.constant('silent') },
  );

const part = (round: Round): fc.Arbitrary<Part> =>
  fc.record({
    main: main(round),
    victims: fc.nat({ max: 255 }),
    kinds: fc.integer({ min: 1, max: 3 }),
    tricks: fc.array(trick, { maxLength: 3 }),
    when: fc.constantFrom('before', 'with', 'after'),
  });

const plan: fc.Arbitrary<HostilePlan> = fc.record({
  rounds: fc.tuple(...ROUNDS.map(part)),
  answer: fc.constantFrom(...ANSWERS),
});

/** Numbers of participants and colluders; with the first two the honest alone reach the quorum. */
const SIZES = [
  { n: 4, colluders: 1 },
  { n: 5, colluders: 1 },
  { n: 6, colluders: 1 },
  { n: 5, colluders: 2 },
  { n: 6, colluders: 2 },
] as const;

/** @param beyond more hostile participants than the task assumes; else at most as many */
export function anyPlay(beyond: boolean): fc.Arbitrary<Play> {
  return fc.constantFrom(...SIZES).chain(({ n, colluders }) => {
    const [min, max] = beyond ? [colluders + 1, n - 1] : [1, colluders];
    return fc
      .tuple(
        fc.uniqueArray(fc.nat({ max: n - 1 }), { minLength: min, maxLength: max }),
        fc.array(plan, { minLength: max, maxLength: max }),
      )
      .map(([who, plans]): Play => ({
        n,
        colluders,
        hostile: Object.fromEntries(who.map((index, at) => [index, plans[at] as HostilePlan])),
      }));
  });
}

/** For scenarios: a participant that does everything right but what is named. */
export function planOf(
  parts: Partial<Record<Round, Partial<Part>>>,
  answer: AnswerName = 'none',
): HostilePlan {
  const right: Part = { main: 'right', victims: 0, kinds: 3, tricks: [], when: 'before' };
  return { rounds: ROUNDS.map((round) => ({ ...right, ...parts[round] })), answer };
}
