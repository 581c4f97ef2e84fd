/** Whole sessions over random tasks, inputs and dropouts, from real numbers to real numbers. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { utf8 } from '../../crypto/bytes.js';
import { deterministicRandom } from '../../crypto/random.js';
import { acceptResult } from '../../src/protocol/client/outcome.js';
import type { Task, VectorSpec } from '../../src/protocol/documents.js';
import { layoutOf, neededSurvivors, quorum, requiredBits } from '../../src/protocol/parameters.js';
import { quantiseInput } from '../../src/protocol/quantise.js';
import {
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  expectedSums,
  must,
  type Options,
  participants,
  setUp,
} from '../helpers/protocol.js';

const vectors = (participantCount: number, maxWeight: number | null) =>
  fc
    .array(
      fc.record({
        length: fc.integer({ min: 1, max: 40 }),
        clip: fc.double({ min: 0.01, max: 100, noNaN: true }),
        perCoordinate: fc.boolean(),
        weighted: fc.boolean(),
        /** How many bits of room beyond the fewest, and how fine the steps. */
        slack: fc.nat({ max: 31 }),
        scale: fc.double({ min: 0.01, max: 1000, noNaN: true }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((all) =>
      all.map(({ length, clip, perCoordinate, weighted, slack, scale }, index): VectorSpec => {
        const spec = {
          scale,
          clip: perCoordinate ? Array.from({ length }, (_, at) => clip / (at + 1)) : clip,
          // At least one vector is weighted when the task is.
          weighted: maxWeight !== null && (weighted || index === 0),
        };
        const needed = requiredBits(spec, participantCount, maxWeight);
        if (needed > 32) spec.scale *= 2 ** (32 - needed) / 4;
        const bits = Math.min(32, requiredBits(spec, participantCount, maxWeight) + slack);
        return { name: `vector ${index}`, length, bits, ...spec };
      }),
    );

/** Where along the rounds somebody falls silent; most stay. */
const staying = fc.oneof(
  { weight: 12, arbitrary: fc.constant(5) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 4 }) },
);

export interface Session {
  readonly n: number;
  readonly maxColluders: number;
  readonly maxWeight: number | null;
  readonly suite: string;
  readonly minSurvivors: number;
  readonly vectors: readonly VectorSpec[];
  /** Round per participant, or: just as many as that round needs, or `beyond` fewer. */
  readonly silent: readonly number[] | { readonly round: number; readonly beyond: number };
  readonly seed: string;
}

export const sessions = (least: number, most: number): fc.Arbitrary<Session> =>
  fc
    .record({
      n: fc.integer({ min: least, max: most }),
      colluders: fc.nat({ max: 2 }),
      share: fc.double({ min: 0, max: 0.4, noNaN: true }),
      maxWeight: fc.option(fc.integer({ min: 1, max: 1000 })),
      suite: fc.constantFrom('masking/complete', 'masking/complete', 'test/plain'),
    })
    .chain(({ n, colluders, share, maxWeight, suite }) =>
      fc.record({
        n: fc.constant(n),
        maxColluders: fc.constant(Math.min(n - 3, colluders + Math.floor(share * n))),
        maxWeight: fc.constant(maxWeight),
        suite: fc.constant(suite),
        minSurvivors: fc.integer({ min: 2, max: n }),
        vectors: vectors(n, maxWeight),
        // Exactly at a threshold in a round, or whatever comes.
        silent: fc.oneof(
          fc.array(staying, { minLength: n, maxLength: n }),
          fc.record({ round: fc.nat({ max: 4 }), beyond: fc.nat({ max: 1 }) }),
        ),
        seed: fc.string({ minLength: 1, maxLength: 8 }),
      }),
    );

/** Runs it; expects the exact sum or the right abort. @returns how it ended */
export function runAndCheck(session: Session): string {
  const { n, maxColluders, minSurvivors, suite, seed } = session;
  const task: Partial<Task> = {
    maxColluders,
    minSurvivors,
    suite,
    vectors: [...session.vectors],
    maxWeight: session.maxWeight,
  };
  const random = deterministicRandom(utf8(`inputs ${seed}`));
  const uniform = (): number => new DataView(random(4).buffer).getUint32(0) / 2 ** 32;
  const options: Options = {
    seed: `property ${seed} ${n} ${suite}`,
    task,
    input: (index, full) =>
      quantiseInput(
        full,
        {
          vectors: Object.fromEntries(
            full.vectors.map(({ name, length, clip }) => [
              name,
              // Every third participant is at or beyond the limit everywhere.
              Float64Array.from({ length }, (_, at) => {
                const limit = typeof clip === 'number' ? clip : (clip[at] as number);
                return index % 3 === 0 ? limit * 2 * (index % 2 === 0 ? 1 : -1) : limit * (2 * uniform() - 1);
              }),
            ]),
          ),
          weight: session.maxWeight === null ? null : Math.floor(uniform() * (session.maxWeight + 1)),
          clipping: 'clip',
        },
        random,
      ),
  };
  const setup = setUp(participants(n), options);
  const q = quorum(n, maxColluders);
  const needed = neededSurvivors(setup.header.task, n);
  const t = suite === 'test/plain' ? 0 : q;
  const { silent } = session;
  const least = [needed, needed, needed, q, t];
  const silentFrom =
    'round' in silent ? atThreshold(n, silent.round, least[silent.round] as number, silent.beyond) : silent;
  const staysIn = (round: number) => (index: number) => (silentFrom[index] as number) > round;
  const counts = [0, 1, 2, 3, 4].map((round) => [...Array(n).keys()].filter(staysIn(round)).length) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const at = (members: readonly { position: number; index: number }[], round: number): number[] =>
    members.filter(({ index }) => staysIn(round)(index)).map(({ position }) => position);

  const r1 = closeR0(setup, [...Array(n).keys()].filter(staysIn(0)));
  if (r1.round === 'aborted') return ended(counts[0] < needed, r1.abort.code, 'TOO_FEW_PARTICIPANTS');
  expect(counts[0]).toBeGreaterThanOrEqual(needed);
  const r2 = closeR1(r1, at(r1.members, 1));
  if (r2.round === 'aborted') return ended(counts[1] < needed, r2.abort.code, 'TOO_FEW_SURVIVORS');
  expect(counts[1]).toBeGreaterThanOrEqual(needed);
  const r3 = closeR2(r2, at(r2.members, 2));
  if (r3.round === 'aborted') return ended(counts[2] < needed, r3.abort.code, 'TOO_FEW_SURVIVORS');
  expect(counts[2]).toBeGreaterThanOrEqual(needed);
  const r4 = closeR3(r3, at(r3.members, 3));
  if (r4.round === 'aborted') return ended(counts[3] < q, r4.abort.code, 'NO_QUORUM');
  expect(counts[3]).toBeGreaterThanOrEqual(q);
  const end = closeR4(r4, at(r4.members, 4));
  if (end.round === 'aborted') return ended(counts[4] < t, end.abort.code, 'TOO_FEW_SHARES');
  expect(counts[4]).toBeGreaterThanOrEqual(t);

  const survivors = r3.members.map(({ index }) => index);
  const sums = expectedSums(setup, survivors);
  expect(end.sums).toEqual(sums);
  const [reader] = r4.members;
  if (reader === undefined) return 'sum';
  const layout = layoutOf(setup.header.task);
  const weight = session.maxWeight === null ? null : (sums[layout.length - 1]?.[0] as number);
  const accepted = acceptResult(reader.state, end.result, end.packed, reader.deps);
  if (weight === 0) {
    expect(accepted).toMatchObject({ kind: 'refusal', error: { code: 'NO_WEIGHT' } });
    return 'no weight';
  }
  const { aggregate } = must(accepted);
  session.vectors.forEach(({ name, scale, length }, vector) => {
    // No wrap: the centred residue is the true integer sum.
    for (let coordinate = 0; coordinate < length; coordinate += 1) {
      const total = survivors.reduce(
        (sum, index) =>
          sum +
          centred(
            setup.members[index]?.input[vector]?.[coordinate] as number,
            layout[vector]?.bits as number,
          ),
        0,
      );
      expect(aggregate.vectors[name]?.sum[coordinate]).toBe(total / scale + 0);
    }
  });
  return 'sum';
}

const centred = (value: number, bits: number): number =>
  value >= 2 ** (bits - 1) ? value - 2 ** bits : value;

function ended(expected: boolean, code: string, wanted: string): string {
  expect({ expected, code }).toEqual({ expected: true, code: wanted });
  return code;
}

/** `threshold` stay beyond `round`, or one fewer. */
function atThreshold(n: number, round: number, threshold: number, fewer: number): number[] {
  const staying = Math.max(0, threshold - fewer);
  return Array.from({ length: n }, (_, index) => ((index * 7) % n < staying ? 5 : round));
}
