/** Who takes part with what: the same in the client processes and where the sums are computed again. */
import { createHash } from 'node:crypto';
import { deterministicRandom, identityFromSeed, utf8 } from '../../../dist/crypto/index.js';

/** Largest absolute value of a coordinate; all are whole numbers, so sums are exact. */
export const CLIP = 1000;

/** @returns `(below) => number`, whole numbers that are the same in every run */
export function drawing(seed) {
  const random = deterministicRandom(utf8(seed));
  return (below) => new DataView(random(4).buffer).getUint32(0) % below;
}

/** Participant `index` of session `number`. */
export const identityOf = (seed, number, index) =>
  identityFromSeed(deterministicRandom(utf8(`${seed}/identity/${number}/${index}`))(32));

export function inputOf(seed, number, index, length) {
  const draw = drawing(`${seed}/input/${number}/${index}`);
  return Float64Array.from({ length }, () => draw(2 * CLIP + 1) - CLIP);
}

/** Names a sum. 0 and -0 are the same number. */
export function sumName(sum) {
  const bytes = Float64Array.from(sum, (value) => value + 0);
  return createHash('sha256').update(new Uint8Array(bytes.buffer)).digest('hex');
}
