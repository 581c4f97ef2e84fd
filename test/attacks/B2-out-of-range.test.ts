/**
 * B2, inputs out of range: what an honest participant's library cuts or refuses, and what no upload can do. A dishonest
 * participant can send any integers, which SECURITY says; it cannot send more of them, or make an honest sum wrap.
 */
import { expect, test } from '@jest/globals';
import { sha256 } from '../../crypto/hash.js';
import { packBits } from '../../crypto/masked-vector.js';
import { deterministicRandom, systemRandom } from '../../crypto/random.js';
import { acceptHeader, checkUpload } from '../../src/protocol/coordinator/r2-masked-input.js';
import type { Task, VectorSpec } from '../../src/protocol/documents.js';
import { maskedInputCodec } from '../../src/protocol/messages.js';
import { checkTask, requiredBits } from '../../src/protocol/parameters.js';
import { decodeAggregate, type PlainInput, quantiseInput } from '../../src/protocol/quantise.js';
import {
  altered,
  type AtR2,
  type Closed,
  codeOf,
  coordinatorDeps,
  participants,
  type Party,
  runSession,
  setUp,
  taskOf,
  vectorOf,
  playToUploads,
} from '../helpers/protocol.js';

const parties = participants(5);
const random = deterministicRandom(new Uint8Array(32));
const of = (spec: Partial<VectorSpec>, task: Partial<Task> = {}): Task =>
  taskOf(parties, { vectors: [vectorOf({ name: 'x', length: 1, bits: 32, ...spec })], ...task });
const give = (value: number, changes: Partial<PlainInput> = {}): PlainInput => ({
  vectors: { x: [value] },
  weight: null,
  clipping: 'clip',
  ...changes,
});
const quantised = (task: Task, input: PlainInput): number => {
  const value = quantiseInput(task, input, random)[0]?.[0] as number;
  return value >= 2 ** 31 ? value - 2 ** 32 : value;
};
const refusal = (task: Task, input: PlainInput) => codeOf(() => quantiseInput(task, input, random));

test('B2 values beyond the clip are cut to it, or refused where the caller says so', () => {
  for (const value of [100, 100.5, 1e300]) {
    expect(quantised(of({}), give(value))).toBe(100);
    expect(quantised(of({}), give(-value))).toBe(-100);
  }
  expect(refusal(of({}), give(100.5, { clipping: 'reject' }))).toBe('OVER_CLIP');
  expect(refusal(of({}), give(100, { clipping: 'reject' }))).toBe(null);
});

test('B2 the clip is applied before the weight: a large weight buys nothing beyond it', () => {
  const task = of({ weighted: true }, { maxWeight: 7 });
  expect(quantised(task, give(1e6, { weight: 7 }))).toBe(700);
});

test('B2 NaN and the infinities are refused, clipping or not', () => {
  for (const value of [Number.NaN, Infinity, -Infinity]) {
    for (const clipping of ['clip', 'reject'] as const)
      expect(refusal(of({}), give(value, { clipping }))).toBe('NOT_FINITE');
  }
});

test('B2 a weight over the maximum is an error, and so is every other that is not 0…W', () => {
  const task = of({ weighted: true }, { maxWeight: 7 });
  for (const weight of [0, 1, 7]) expect(refusal(task, give(1, { weight }))).toBe(null);
  for (const weight of [8, -1, 0.5, Number.NaN, Infinity, null])
    expect(refusal(task, give(1, { weight }))).toBe('BAD_WEIGHT');
  expect(refusal(of({}), give(1, { weight: 1 }))).toBe('BAD_WEIGHT');
});

test('B2 vectors of another length, or that the task does not have, are refused', () => {
  expect(refusal(of({}), give(1, { vectors: { x: [1, 2] } }))).toBe('WRONG_LENGTH');
  expect(refusal(of({}), give(1, { vectors: { x: [] } }))).toBe('WRONG_LENGTH');
  expect(refusal(of({}), give(1, { vectors: { x: [1], y: [1] } }))).toBe('MISSING_VECTOR');
});

// ------------------------------------------------------------------------------------------------------- no sum wraps

test('B2 a task whose sum could wrap is refused, counted over the whole electorate', () => {
  // 5 · 100 on either side of zero: 1001 values, 10 bits.
  expect(codeOf(() => checkTask(of({ bits: 32 })))).toBe(null);
  expect(codeOf(() => checkTask(of({ bits: 33 })))).toBe('BAD_TASK');
  expect(codeOf(() => checkTask(of({ bits: 10 })))).toBe(null);
  expect(codeOf(() => checkTask(of({ bits: 9 })))).toBe('WOULD_WRAP');
  expect(codeOf(() => checkTask(of({ bits: 10 }, { maxParticipants: 6 })))).toBe('WOULD_WRAP');
  expect(codeOf(() => checkTask(of({ bits: 10, clip: 103 })))).toBe('WOULD_WRAP');
});

test('B2 so is one whose weights could, or that lacks a clip for a coordinate', () => {
  const weights = (maxWeight: number) =>
    codeOf(() => checkTask(of({ weighted: true, scale: 1e-9, clip: 1 }, { maxWeight })));
  expect(weights(2 ** 29)).toBe(null);
  expect(weights(2 ** 30)).toBe('WOULD_WRAP');
  expect(codeOf(() => checkTask(of({ length: 3, clip: [1, 2, 3] })))).toBe(null);
  expect(codeOf(() => checkTask(of({ length: 3, clip: [1, 2] })))).toBe('BAD_TASK');
});

test('B2 at the limit of the bits the sum of everybody is exact, in both directions', () => {
  const bits = requiredBits({ scale: 1, clip: 100, weighted: false }, 5, null);
  for (const value of [100, -100]) {
    const task = { vectors: [vectorOf({ length: 1, bits })] };
    const input = () =>
      quantiseInput(taskOf(parties, task), give(0, { vectors: { counts: [value] } }), systemRandom);
    const { sums } = runSession(parties, [5, 5, 5, 5, 5], { task, input }).outcome as Closed;
    const { vectors } = decodeAggregate(taskOf(parties, task), sums, 5);
    expect([...(vectors.counts?.sum as Float64Array)]).toEqual([5 * value]);
  }
});

// ------------------------------------------------------------------------------------ what a dishonest upload can do

const setup = setUp(parties, { task: { vectors: [vectorOf({ bits: 10 })] } });
const r2 = playToUploads(setup);
const { header } = (r2.members[0] as AtR2['members'][number]).send;
const self = parties[0] as Party;
const upload = (bytes: Uint8Array) => {
  const signed = altered(maskedInputCodec, header, self, { digests: [sha256(bytes)] });
  return codeOf(() => checkUpload(r2.frozen, signed, bytes, coordinatorDeps));
};

test('B2 an upload has room for the coordinates of the task in their bits, and for nothing else', () => {
  // 5 coordinates of 10 bits: 7 bytes, of which the last has 6 spare bits.
  const most = packBits(new Uint32Array(5).fill(1023), 10);
  expect(upload(most)).toBe(null);
  expect(upload(Uint8Array.from([...most, 0]))).toBe('WRONG_LENGTH');
  expect(upload(most.slice(0, 6))).toBe('WRONG_LENGTH');
  expect(upload(most.map((byte, index) => (index === 6 ? byte | 0b100 : byte)))).toBe('MALFORMED');
});

test('B2 its header names as many vectors as the task has', () => {
  const accept = (digests: Uint8Array[]) => {
    const signed = altered(maskedInputCodec, header, self, { digests });
    return codeOf(() =>
      acceptHeader(r2.frozen, { sender: self.identity, signed }, r2.dealers, coordinatorDeps),
    );
  };
  const [one] = maskedInputCodec.decode(header.payload).digests as [Uint8Array];
  expect(accept([one])).toBe(null);
  expect(accept([one, one])).toBe('MALFORMED');
});
