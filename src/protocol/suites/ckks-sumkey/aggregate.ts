/** The aggregate of `ckks/sumkey` (PROTOCOL §5.1): one IEEE 754 double, little-endian, per coordinate. */
import { errorBound } from '../../../../crypto/ckks/parameters.js';
import { type Task, WEIGHT_VECTOR } from '../../documents.js';
import { refuse } from '../../errors.js';
import { type DecodedAggregate, meansOf } from '../../quantise.js';
import { encodedVectors, ringOf } from './numbers.js';

const FLOAT_BYTES = 8;

/** The vector and the coordinate that so many honest inputs cannot add up to; null when there is none. */
export function beyondInputs(
  task: Task,
  sums: readonly Float64Array[],
  survivors: number,
): { readonly name: string; readonly coordinate: number } | null {
  const ring = ringOf(task);
  for (const [index, { name, encoding }] of encodedVectors(task).entries()) {
    const error = errorBound(ring, encoding, survivors);
    const largest = survivors * encoding.maxAbs + error;
    // No weight is below 0.
    const least = name === WEIGHT_VECTOR ? -error : -largest;
    // Not "value > largest": NaN is neither.
    const coordinate = sums[index]?.findIndex((value) => !(value >= least && value <= largest)) ?? 0;
    if (coordinate >= 0) return { name, coordinate };
  }
  return null;
}

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
  const sums = encodedVectors(task).map(({ length }, index) => {
    const part = parts[index] as Uint8Array;
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    return Float64Array.from({ length }, (_, at) => view.getFloat64(FLOAT_BYTES * at, true));
  });
  const beyond = beyondInputs(task, sums, survivors);
  if (beyond !== null) {
    refuse(
      'AGGREGATE_MISMATCH',
      'peer',
      `vector ${beyond.name}: coordinate ${beyond.coordinate} is not what so many inputs can sum to`,
    );
  } // check: A15
  const weight = task.maxWeight === null ? null : Math.round(sums.at(-1)?.[0] as number);
  return meansOf(task, sums, weight, survivors);
}
