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
    ring: { degree: 4096, encoding: 'coefficients' },
    vectors: [{ name: 'x', length: 8192, bits: 60, scale: 2 ** 52 }],
    uploadBytes: 2 * 4096 * 7.5,
    uploadBytesPerCoordinate: 7.5,
  });
  expect(described.vectors[0]?.errorBound).toBeLessThan(1e-9);
  const text = taskText(described);
  expect(text).toContain('N = 10 participants, of whom 3 may collude');
  expect(text).toContain('ring of degree 4096, coordinates in coefficients');
  expect(text).toMatch(/60 bits of modulus, scale 2\^52, every coordinate of a sum within \d\.\de-1[34]\n/);
  expect(text).toContain('0.061 MB, 7.5 bytes per coordinate');
});

test('54 bits and slots are shown as what they cost', () => {
  const small = describeTask(created({ bits: 54 }));
  expect(small).toMatchObject({ ring: { degree: 2048 }, uploadBytesPerCoordinate: 6.75 });
  const slots = describeTask(created({}, { encoding: 'slots' }));
  expect(slots).toMatchObject({ ring: { encoding: 'slots' }, uploadBytesPerCoordinate: 15 });
  // A chunk is sent whole, however few coordinates are in it.
  expect(describeTask(created({ length: 1 })).uploadBytes).toBe(4096 * 7.5);
});

test('a masking task has steps, and no error', () => {
  const described = describeTask(created({}, masking));
  expect(described).toMatchObject({ ring: null, vectors: [{ errorBound: null }] });
  expect(taskText(described)).toMatch(/x: 8192 × 32 bits, \d+ steps per unit\nupload .* 4\.0 bytes/);
});

test('a precision that cannot be met is refused with one that can, and that one is granted', () => {
  const tooFine = () => created({ precision: 1e-20 });
  expect(codeOf(tooFine)).toBe('WOULD_WRAP');
  expect(tooFine).toThrow(/vector x: .* possible is a precision of \S+ with this maxAbs/);
  const met = /a precision of (\S+) with/.exec(messageOf(tooFine))?.[1];
  expect(codeOf(() => created({ precision: Number(met) }))).toBe(null);
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
