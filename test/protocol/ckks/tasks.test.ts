/** What `ckks/sumkey` makes of a task and of an input, before anything is encrypted. */
import { expect, test } from '@jest/globals';
import { castVote, recordInput } from '../../../src/protocol/scope.js';
import { vectorDigest } from '../../../src/protocol/client/r2-masked-input.js';
import type { Task } from '../../../src/protocol/documents.js';
import { checkTask } from '../../../src/protocol/parameters.js';
import type { PlainInput } from '../../../src/protocol/quantise.js';
import { ckksSumkey } from '../../../src/protocol/suites/ckks-sumkey/index.js';
import { encodedVectors, SLOTS_EXTENSION } from '../../../src/protocol/suites/ckks-sumkey/numbers.js';
import {
  closeR4,
  codeOf,
  emptyScope,
  fill,
  participants,
  playRounds,
  setUp,
  taskOf,
  verify,
  vectorOf,
} from '../../helpers/protocol.js';
import { aggregateOf, ckksTask, expectSum, SMALL, wholeTask } from './task.js';

const noRandomness = (): Uint8Array => {
  throw new Error('nothing of an input is random');
};
const check = (changes: Partial<Task>) => codeOf(() => ckksSumkey.checkTask({ ...wholeTask(5), ...changes }));

test('extensions: slots are known to this suite and to no other, everything else to none', () => {
  expect(check({ critical: [SLOTS_EXTENSION] })).toBe(null);
  expect(check({ critical: ['ckks:other'] })).toBe('UNSUPPORTED');
  expect(check({ critical: [SLOTS_EXTENSION, 'ckks:other'] })).toBe('UNSUPPORTED');
  expect(codeOf(() => checkTask(taskOf(participants(5), { critical: [SLOTS_EXTENSION] })))).toBe(
    'UNSUPPORTED',
  );
  const [vector] = encodedVectors({ ...wholeTask(5), critical: [SLOTS_EXTENSION] });
  expect(vector?.encoding.kind).toBe('slots');
});

test('up to a thousand participants', () => {
  const many = (maxParticipants: number) =>
    check({ maxParticipants, pinned: null, vectors: [vectorOf({ bits: 60, scale: 2 ** 20 })] });
  expect(many(1000)).toBe(null);
  expect(many(1001)).toBe('BAD_TASK');
});

test('names of vectors are different: a name twice would use one element twice', () => {
  const [vector] = wholeTask(5).vectors as [Task['vectors'][number]];
  expect(check({ vectors: [vector, { ...vector, name: 'other' }] })).toBe(null);
  expect(check({ vectors: [vector, vector] })).toBe('BAD_TASK');
  expect(check({ vectors: [{ ...vector, name: 'blindsum:weight' }] })).toBe('BAD_TASK');
});

test('what is left open of a vector is the finest scale that fits; what cannot be met is said', () => {
  const complete = (wanted: object, count = 5) =>
    ckksSumkey.completeVector(
      { ...vectorOf({ clip: 1 }), scale: undefined, bits: undefined, ...wanted },
      count,
      null,
    );
  expect(complete({})).toEqual({ scale: 2 ** 52, bits: 60 });
  expect(complete({ clip: 1000 })).toEqual({ scale: 2 ** 45, bits: 60 });
  for (const clip of [1e-3, 1, 1000, 1e6]) {
    const vector = vectorOf({ clip, ...complete({ clip }) });
    expect(check({ vectors: [vector] })).toBe(null);
    // One bit finer is too fine, for the sum or for a double.
    expect(check({ vectors: [{ ...vector, scale: 2 * vector.scale }] })).toMatch(/WOULD_WRAP|BAD_TASK/);
  }
  expect(() => complete({ precision: 1e-30 })).toThrow(/possible is a precision of/);
  expect(codeOf(() => complete({ bits: 16 }))).toBe('BAD_CONFIG');
  expect(codeOf(() => complete({}, 1001))).toBe('BAD_CONFIG');
});

// --------------------------------------------------------------------------------------------------------------- inputs

test('the same input is the same vector in every session; another one is INPUT_CHANGED', () => {
  const task = wholeTask(5, [{ length: 3 }]);
  const digest = (values: number[]) => {
    const input: PlainInput = { vectors: { counts: values }, weight: null, clipping: 'clip' };
    return vectorDigest(fill(7), ckksSumkey.prepare(task, input, noRandomness));
  };
  const electorate = task.pinned === null ? [] : participants(5).map(({ identity }) => identity);
  const record = recordInput(emptyScope(electorate), null, digest([0.1, 0.2, 0.3]));
  expect(codeOf(() => recordInput(record, null, digest([0.1, 0.2, 0.3])))).toBe(null);
  // Not by a single bit of a double.
  expect(codeOf(() => recordInput(record, null, digest([0.1, 0.2, 0.3 + 2 ** -54])))).toBe('INPUT_CHANGED');
  // What is cut to the same is the same.
  const clipped = recordInput(emptyScope(electorate), null, digest([5, 0, 0]));
  expect(codeOf(() => recordInput(clipped, null, digest([7, 0, 0])))).toBe(null);
  const vote = { members: electorate, input: null, vector: digest([0, 0, 0]) };
  const rules = { accept: false, grants: [], named: [], organiser: fill(0), verify };
  expect(codeOf(() => castVote(fill(1), record, vote, rules))).toBe('INPUT_CHANGED');
});

const W = 1000;
const weights = [3, 1000, 0, 17, 1];
const weighted = {
  task: ckksTask(
    5,
    [
      { name: 'mean', length: 3, bits: SMALL, weighted: true },
      { name: 'plain', length: 2, bits: SMALL },
    ],
    { maxWeight: W },
  ),
  input: (index: number, task: Task) => {
    const vectors = { mean: [0.5, -1, index / 10], plain: [1, -index / 5] };
    return ckksSumkey.prepare(
      task,
      { vectors, weight: weights[index] as number, clipping: 'reject' },
      noRandomness,
    );
  },
};

test('weights are hidden in a vector of their own; their sum is an integer, the mean weighted by them', () => {
  const setup = setUp(participants(5), weighted);
  const u3 = [0, 1, 2, 4];
  const { r4 } = playRounds(setup, u3);
  const closed = closeR4(r4, u3);
  const total = 3 + 1000 + 0 + 1;
  const { weight, survivors, vectors } = aggregateOf(r4, closed);
  expect({ weight, survivors }).toEqual({ weight: total, survivors: 4 });
  const { mean = new Float64Array() } = vectors.mean ?? {};
  [0.5, -1, (3 * 0 + 1000 * 0.1 + 0 + 0.4) / total].forEach((expected, at) => {
    expect(mean[at]).toBeCloseTo(expected, 8);
  });
  // What is not weighted is divided by those who took part.
  expect(vectors.plain?.mean[1]).toBeCloseTo(-(0 + 0.2 + 0.4 + 0.8) / 4, 8);
  expectSum(r4, closed, u3);
});

test('weights that sum to zero divide nothing', () => {
  const setup = setUp(participants(3), {
    task: ckksTask(3, [{ length: 2, bits: SMALL, weighted: true }], { maxWeight: W }),
    input: () => [Float64Array.of(0, 0), Float64Array.of(0)],
  });
  const { r4 } = playRounds(setup);
  const closed = closeR4(r4, [0, 1, 2]);
  expect(codeOf(() => aggregateOf(r4, closed))).toBe('NO_WEIGHT');
});
