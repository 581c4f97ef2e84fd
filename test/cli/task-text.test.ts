/** What `task create` makes of a spec: the numbers it shows, and what it refuses. */
import { expect, test } from '@jest/globals';
import { describeTask, taskText } from '../../src/cli/task-text.js';
import { parseTaskSpec, signTask, type TaskSpecInput } from '../../src/operator/task-spec.js';
import { codeOf, participants } from '../helpers/protocol.js';

const [organiser] = participants(1);

function created(vector: Partial<TaskSpecInput['vectors'][number]>, changes: Partial<TaskSpecInput> = {}) {
  const spec = parseTaskSpec({
    name: 't',
    suite: 'ckks/sumkey',
    participants: 'enrolled',
    maxParticipants: 10,
    vectors: [{ name: 'x', length: 8192, clip: 1, ...vector }],
    ...changes,
  });
  return signTask(spec, null, (organiser as NonNullable<typeof organiser>).signer).task;
}
const masking = { suite: 'masking/complete' };

test('a task of ckks/sumkey is shown with its ring, scale, error and upload', () => {
  const described = describeTask(created({ precision: 1e-9 }));
  expect(described).toMatchObject({
    ring: { degree: 4096, modulus: '1152921504606830593', encoding: 'coefficients' },
    vectors: [{ name: 'x', length: 8192, bits: 60, scale: 2 ** 52, chunks: 2 }],
    perParticipant: { inputBytes: 2 * 4096 * 7.5 },
    uploadBytesPerCoordinate: 7.5,
  });
  expect(described.vectors[0]?.errorBound).toBeLessThan(1e-9);
  const text = taskText(described);
  expect(text).toContain('N = 10 participants, of whom 3 may collude');
  expect(text).toContain('ring of degree 4096, modulus of 60 bits, coordinates in coefficients');
  expect(text).toMatch(
    /in 2 chunks of 4096 words, scale 2\^52: every coordinate of a sum is within \d\.\de-1[34]\n/,
  );
  // Nine shares of 8·(1024 + 5) bytes, each with its leaf, identities and seal.
  expect(text).toMatch(
    /sends 1\d\d\.\d kB: 61\.4 kB its input \(7\.5 bytes per coordinate\), 7\d\.\d kB shares/,
  );
});

test('54 bits and slots are shown as what they cost', () => {
  const small = describeTask(created({ bits: 54 }));
  expect(small).toMatchObject({ ring: { degree: 2048 }, uploadBytesPerCoordinate: 6.75 });
  const slots = describeTask(created({}, { encoding: 'slots' }));
  expect(slots).toMatchObject({ ring: { encoding: 'slots' }, uploadBytesPerCoordinate: 15 });
  // A chunk is sent whole, however few coordinates are in it.
  expect(describeTask(created({ length: 1 })).perParticipant.inputBytes).toBe(4096 * 7.5);
});

test('a masking task has steps, which move a sum by less than one of each participant', () => {
  const described = describeTask(created({ scale: 1024 }, masking));
  expect(described).toMatchObject({ ring: null, vectors: [{ errorBound: 10 / 1024, chunks: null }] });
  expect(taskText(described)).toMatch(
    /x: 8192 coordinates of 15 bits, 1024 steps per unit: rounding moves .* less than 9\.8e-3\n/,
  );
});

test('a precision that cannot be met is refused with one that can, and that one is granted', () => {
  const tooFine = () => created({ precision: 1e-20 });
  expect(codeOf(tooFine)).toBe('WOULD_WRAP');
  expect(tooFine).toThrow(/vector x: .* possible is a precision of \S+ with this clip/);
  const met = /a precision of (\S+) with/.exec(messageOf(tooFine))?.[1];
  expect(codeOf(() => created({ precision: Number(met) }))).toBe(null);
});

test('what is refused speaks of clip, weights and bits, as the task does', () => {
  expect(() => created({ clip: 1000, precision: 1e-12 })).toThrow(
    /up to ±1000 \(clip\) of 10 participants .* a precision of \S+ with this clip, or a clip of \d+ with this precision$/,
  );
  expect(() => created({ clip: 10, precision: 1e-12 }, { maxWeight: 100 })).toThrow(
    /up to ±1000 \(clip × maxWeight\) .* or a clip × maxWeight of \d+ with/,
  );
  expect(() => created({ bits: 54, precision: 1e-13 })).toThrow(/, or bits: 60$/);
  expect(() => created({ bits: 54 }, { maxWeight: 0xffffffff, maxParticipants: 1000 })).toThrow(/maxWeight/);
});

test('bits of no ring, and the keys of one suite in a task of the other, are refused by name', () => {
  expect(codeOf(() => created({ bits: 32 }))).toBe('BAD_CONFIG');
  expect(() => created({ bits: 32 })).toThrow(/vector x: bits must be 60 or 54/);
  for (const [key, advice, task] of [
    ['precision', 'give scale', () => created({ precision: 1e-9 }, masking)],
    ['encoding', 'leave it out', () => created({}, { ...masking, encoding: 'slots' })],
  ] as const) {
    expect(codeOf(task)).toBe('BAD_CONFIG');
    expect(task).toThrow(new RegExp(`${key} is for suite ckks/sumkey; here ${advice}`));
  }
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

test('how many may drop out follows from q, or from minSurvivors where that is more', () => {
  const text = (changes: Partial<TaskSpecInput>) =>
    taskText(describeTask(created({}, { ...masking, ...changes })));
  expect(text({})).toContain('q = 7 must stay to the end, so 3 may drop out.');
  expect(text({ minSurvivors: 9 })).toContain(
    '9 (minSurvivors; q = 7 sign the sets) must stay to the end, so 1 may drop out.',
  );
  expect(text({ minSurvivors: 10 })).toContain('so nobody may drop out.');
});
