/** A15 in `ckks/sumkey`: no double is taken for a sum that so many inputs cannot add up to, whoever signed it. */
import { expect, test } from '@jest/globals';
import { sha256 } from '../../crypto/hash.js';
import { errorBound } from '../../crypto/ckks/parameters.js';
import { acceptResult } from '../../src/protocol/client/outcome.js';
import { resultCodec } from '../../src/protocol/statements.js';
import { encodedVectors, ringOf } from '../../src/protocol/suites/ckks-sumkey/numbers.js';
import {
  altered,
  at,
  type Closed,
  closeR4,
  codeOf,
  coordinator,
  participants,
  playRounds,
  setUp,
} from '../helpers/protocol.js';
import { ckksTask, expectSum, floats, SMALL } from '../protocol/ckks/task.js';

const U3 = [0, 1, 2, 3];
const vectors = [
  { name: 'a', length: 3, clip: 2, bits: SMALL },
  { name: 'b', length: 2, clip: 0.5, bits: SMALL, weighted: true },
];
const setup = setUp(participants(5), {
  task: ckksTask(5, vectors, { maxWeight: 10 }),
  input: (index, task) =>
    floats(index, task).map((vector, at) => (at === 2 ? Float64Array.of(index + 1) : vector)),
});
const { task } = setup.header;
const { r4 } = playRounds(setup, U3);
const closed = closeR4(r4, U3) as Closed;

/** What a participant says to a result with this double, signed by the coordinator. */
function taking(vector: number, coordinate: number, value: number): string | null {
  const { digests } = resultCodec.decode(closed.result.payload);
  const from = [0, 24, 40, 48];
  const packed = closed.packed.slice();
  new DataView(packed.buffer).setFloat64((from[vector] as number) + 8 * coordinate, value, true);
  const result = altered(resultCodec, closed.result, coordinator, {
    digests: digests.map((_, index) => sha256(packed.subarray(from[index], from[index + 1]))),
  });
  const reader = at(r4.members, 0);
  return codeOf(() => acceptResult(reader.state, result, packed, reader.deps));
}

test('A15 the right sum is accepted', () => {
  expectSum(r4, closed, U3);
  expect(closed.packed).toHaveLength(48);
});

test('A15 up to |U3|·M and the error a value is taken, with the weight in M; beyond it is not', () => {
  encodedVectors(task).forEach(({ encoding }, vector) => {
    const error = errorBound(ringOf(task), encoding, 4);
    const largest = 4 * at([2, 5, 10], vector);
    // No weight is below 0.
    const smallest = vector === 2 ? 0 : -largest;
    expect(taking(vector, 0, largest)).toBe(null);
    expect(taking(vector, 0, smallest)).toBe(vector === 2 ? 'NO_WEIGHT' : null);
    expect(taking(vector, 0, largest + 2 * error + 1e-12)).toBe('AGGREGATE_MISMATCH');
    expect(taking(vector, 0, smallest - 2 * error - 1e-12)).toBe('AGGREGATE_MISMATCH');
  });
});

test('A15 NaN and the infinities are no sums', () => {
  for (const value of [Number.NaN, Infinity, -Infinity, 1e300]) {
    expect(taking(0, 2, value)).toBe('AGGREGATE_MISMATCH');
    expect(taking(2, 0, value)).toBe('AGGREGATE_MISMATCH');
  }
});
