/** The tasks of cohorts and parent: what fits together, what is refused, and how a parent's sum reads. */
import { describe, expect, test } from '@jest/globals';
import { completeTask, parseTaskSpec, planHierarchy, readHierarchy } from '../../src/operator/index.js';
import type { Cohort, CohortSpec } from '../../src/operator/index.js';
import { isBlindsumError } from '../../src/protocol/errors.js';

const key = (...parts: number[]): Uint8Array => Uint8Array.from({ length: 32 }, (_, at) => parts[at] ?? 7);

const cohortsOf = (...sizes: number[]): Cohort[] =>
  sizes.map((size, cohort) => ({
    participants: Array.from({ length: size }, (_, index) => key(cohort, index)),
    delegate: key(cohort, 255),
  }));

function specOf(changes: Record<string, unknown> = {}): CohortSpec {
  const vectors = [{ name: 'x', length: 4, clip: 1 }];
  return parseTaskSpec({ name: 'survey', participants: 'enrolled', maxParticipants: 3, vectors, ...changes });
}

const taskOf = (spec: ReturnType<typeof planHierarchy>['parent'], count: number) =>
  completeTask(
    spec,
    Array.from({ length: count }, (_, index) => key(index)),
  ).task;

const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (isBlindsumError(error)) return error.code;
    throw error;
  }
  return 'nothing refused';
};

describe('planHierarchy', () => {
  test.each([
    [{}, 1],
    [{ maxWeight: 50 }, 50],
    [{ vectors: [{ name: 'x', length: 4, clip: [1, 2, 3, 0.3], bits: 24 }] }, 1],
    [{ vectors: [{ name: 'x', length: 4, clip: 1.7, scale: 64 }], maxWeight: 3 }, 3],
  ])('%j: one scale, and bits for everybody', (changes, weight) => {
    const { cohorts, parent } = planHierarchy(specOf(changes), cohortsOf(3, 5, 9));
    const tasks = [
      ...cohorts.map((spec, index) => taskOf(spec, [3, 5, 9][index] as number)),
      taskOf(parent, 3),
    ];
    const scale = tasks[0]?.vectors[0]?.scale as number;
    for (const { vectors } of tasks) expect(vectors[0]?.scale).toBe(scale);
    const { clip, bits } = tasks.at(-1)?.vectors[0] as { clip: number | number[]; bits: number };
    const ofInput = specOf(changes).vectors[0]?.clip as number | number[];
    [ofInput].flat().forEach((value, index) => {
      // Nine inputs, each rounded up, are within the clip of a sum; three such sums within the modulus.
      const largest = 9 * Math.ceil(value * weight * scale);
      expect(([clip].flat()[index] as number) * scale).toBe(largest);
      expect(2 ** bits).toBeGreaterThanOrEqual(2 * 3 * largest + 1);
    });
  });

  test('the parent: a delegate of each cohort, a label of its own, counts beside the vectors', () => {
    const { parent, cohorts } = planHierarchy(specOf({ maxWeight: 10 }), cohortsOf(3, 4, 5), {
      minSurvivors: 3,
    });
    expect(parent.participants).toHaveLength(3);
    expect(parent.scope).toEqual({ kind: 'static', dataset: 'cohorts:default' });
    expect(cohorts.map(({ scope }) => scope)).toEqual(Array(3).fill({ kind: 'static', dataset: 'default' }));
    expect(parent.maxWeight).toBeUndefined();
    expect(parent.minSurvivors).toBe(3);
    expect(parent.vectors.map(({ name, clip }) => [name, name === 'x' ? null : clip])).toEqual([
      ['x', null],
      ['cohort:inputs', 5],
      ['cohort:weight', 50],
    ]);
  });

  test.each([
    ['two cohorts', () => planHierarchy(specOf(), cohortsOf(3, 3)), 'TOO_FEW_PARTICIPANTS'],
    ['a cohort of two', () => planHierarchy(specOf(), cohortsOf(3, 2, 3)), 'TOO_FEW_PARTICIPANTS'],
    [
      'somebody in two cohorts',
      () => {
        const [first, second, third] = cohortsOf(3, 3, 3) as [Cohort, Cohort, Cohort];
        const twice = { ...third, participants: [...third.participants, key(0, 1)] };
        planHierarchy(specOf(), [first, second, twice]);
      },
      'BAD_CONFIG',
    ],
    [
      'a delegate of two cohorts',
      () =>
        planHierarchy(
          specOf(),
          cohortsOf(3, 3, 3).map((cohort) => ({ ...cohort, delegate: key(9) })),
        ),
      'BAD_CONFIG',
    ],
    ['floats', () => planHierarchy(specOf({ suite: 'ckks/sumkey' }), cohortsOf(3, 3, 3)), 'BAD_CONFIG'],
    [
      'a scale that rounds sums',
      () =>
        planHierarchy(
          specOf({ vectors: [{ name: 'x', length: 4, clip: 1, scale: 10 }] }),
          cohortsOf(3, 3, 3),
        ),
      'BAD_CONFIG',
    ],
    [
      'a name of the parent',
      () =>
        planHierarchy(
          specOf({ vectors: [{ name: 'cohort:inputs', length: 1, clip: 1 }] }),
          cohortsOf(3, 3, 3),
        ),
      'BAD_CONFIG',
    ],
    [
      'bits too few for all inputs',
      () =>
        planHierarchy(
          specOf({ vectors: [{ name: 'x', length: 4, clip: 1, bits: 4 }], maxWeight: 1e9 }),
          cohortsOf(3, 3, 3),
        ),
      'WOULD_WRAP',
    ],
  ])('%s', (_name, call, code) => {
    expect(codeOf(call)).toBe(code);
  });

  test('a scale whose sum over all would wrap is refused for the parent', () => {
    const vectors = [{ name: 'x', length: 4, clip: 1, scale: 2 ** 28 }];
    const { cohorts, parent } = planHierarchy(specOf({ vectors }), cohortsOf(3, 3, 3));
    expect(codeOf(() => taskOf(cohorts[0] as typeof parent, 3))).toBe('nothing refused');
    expect(codeOf(() => taskOf(parent, 3))).toBe('WOULD_WRAP');
  });
});

describe('readHierarchy', () => {
  const vector = (...sum: number[]) => ({ sum: Float64Array.from(sum), mean: Float64Array.from(sum) });
  const parent = (weight?: number) => ({
    vectors: {
      x: vector(30, -60),
      'cohort:inputs': vector(12),
      ...(weight === undefined ? {} : { 'cohort:weight': vector(weight) }),
    },
    weight: null,
    survivors: 3,
  });

  test('means over inputs, not over cohorts', () => {
    const { vectors, ...rest } = readHierarchy(specOf(), parent());
    expect([...(vectors['x']?.mean ?? [])]).toEqual([2.5, -5]);
    expect(rest).toEqual({ weight: null, survivors: 12, cohorts: 3 });
  });

  test('weighted means; no weight at all', () => {
    const spec = specOf({ maxWeight: 10 });
    expect([...(readHierarchy(spec, parent(60)).vectors['x']?.mean ?? [])]).toEqual([0.5, -1]);
    expect(codeOf(() => readHierarchy(spec, parent(0)))).toBe('NO_WEIGHT');
  });
});
