/** The aggregate of `ckks/sumkey` (PROTOCOL §5.1): one IEEE 754 double, little-endian, per coordinate. */
import { errorBound } from '../../../../crypto/ckks/parameters.js';
import { type Task, WEIGHT_VECTOR } from '../../documents.js';
import { refuse } from '../../errors.js';
import { type DecodedAggregate, meansOf } from '../../quantise.js';
import { encodedVectors, ringOf } from './numbers.js';

const FLOAT_BYTES = 8;

export const aggregateLengths = (task: Task): number[] =>
  encodedVectors(task).map(({ length }) => FLOAT_BYTES * length);

export function encodeSums(sums: readonly Float64Array[]): Uint8Array[] {
  return sums.map((values) => {
    const bytes = new Uint8Array(FLOAT_BYTES * values.length);
    const view = new DataView(bytes.buffer);
    values.forEach((value, index) => {
      view.setFloat64(FLOAT_BYTES * index, value, true);
    });
    return bytes;
  });
}

/**
 * @param parts of the lengths that the task gives
 * @throws BlindsumError AGGREGATE_MISMATCH for a value that so many honest inputs cannot add up to, NO_WEIGHT (fault peer)
 */
export function decodeAggregate(
  task: Task,
  parts: readonly Uint8Array[],
  survivors: number,
): DecodedAggregate {
  const ring = ringOf(task);
  const sums = encodedVectors(task).map(({ name, length, encoding }, index) => {
    const part = parts[index] as Uint8Array;
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    const error = errorBound(ring, encoding, survivors);
    const largest = survivors * encoding.maxAbs + error;
    // No weight is below 0.
    const smallest = name === WEIGHT_VECTOR ? -error : -largest;
    return Float64Array.from({ length }, (_, at) => {
      const value = view.getFloat64(FLOAT_BYTES * at, true);
      // Not "value < smallest || value > largest": NaN is neither.
      if (!(value >= smallest && value <= largest)) {
        refuse(
          'AGGREGATE_MISMATCH',
          'peer',
          `vector ${name}: coordinate ${at} is not what so many inputs can sum to`,
        );
      } // check: A15
      return value;
    });
  });
  const weight = task.maxWeight === null ? null : Math.round(sums.at(-1)?.[0] as number);
  return meansOf(task, sums, weight, survivors);
}
