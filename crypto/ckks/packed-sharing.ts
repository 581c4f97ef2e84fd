/**
 * Packed Shamir sharing of secret keys over Z_q, the sum of such shares, and the key that answers give back. How the
 * key is cut up and what few shares say: sharing.ts. Which answers are wrong: correction.ts.
 *
 * Security: a share is only ever added to others of the same holder; sums of shares are shares of the sum of the keys.
 * Only that sum is ever reconstructed.
 */
import { requireBytes, wipe } from '../bytes.js';
import type { Random } from '../random.js';
import { redacted } from '../redacted.js';
import { wordTooLarge } from './codec.js';
import { useKernel } from './kernel.js';
import { elementBytes, WORD_BYTES, type Ring } from './ring.js';
import { randomWords } from './sampling.js';
import {
  answerBytes,
  basePoints,
  BLINDINGS,
  placeBasis,
  placePoints,
  pointOf,
  shareBytes,
  type Sharing,
} from './sharing.js';

/** What a dealer holds until it has made its proof. Secret: `wipe(values)` then. */
export interface DealtKey {
  /** One per holder. Secret. */
  readonly shares: readonly Uint8Array[];
  /**
   * All polynomials by their values at the base points: a matrix of `threshold` rows, one column per polynomial, the
   * blinding ones last.
   */
  readonly values: Uint8Array;
}

/**
 * Shares of a secret key (and of BLINDINGS random polynomials) for all holders.
 * @param key one element. Not retained, not wiped: it is needed for encryption, once.
 */
export function dealKey(
  ring: Ring,
  sharing: Sharing,
  { key, random }: { readonly key: Uint8Array; readonly random: Random },
): DealtKey {
  requireBytes(key, 'key', elementBytes(ring));
  const { threshold, holders, polynomials } = sharing;
  const width = polynomials + BLINDINGS;
  const values = valuesOf(ring, sharing, key, random);
  const column = WORD_BYTES * threshold;
  const areas = [column, column, column, column, values.length, WORD_BYTES * width];
  const shares = useKernel(ring, areas, (kernel, points, weights, scratch, row, rows, out) => {
    const base = placePoints(kernel, basePoints(ring, threshold), [points, weights, scratch]);
    kernel.write(rows, values);
    return Array.from({ length: holders }, (_, holder) => {
      placeBasis(kernel, row, base, pointOf(holder));
      kernel.combine(out, row, rows, threshold, width);
      return kernel.read(out, shareBytes(sharing));
    });
  });
  return redacted({ shares, values });
}

/** The matrix of `DealtKey`: secret words in the first rows, random ones below and in the blinding columns. */
function valuesOf(ring: Ring, sharing: Sharing, key: Uint8Array, random: Random): Uint8Array {
  const { threshold, packed, polynomials } = sharing;
  const width = polynomials + BLINDINGS;
  const values = randomWords(ring, threshold * width, random);
  for (let row = 0; row < packed; row += 1) {
    // Word `packed·column + row` of the key; zeros beyond its end.
    for (let column = 0; column < polynomials; column += 1) {
      const from = WORD_BYTES * (packed * column + row);
      const to = WORD_BYTES * (width * row + column);
      values.fill(0, to, to + WORD_BYTES);
      values.set(key.subarray(from, from + WORD_BYTES), to);
    }
  }
  return values;
}

/**
 * The answer of one holder: the sum of the shares that it holds of all survivors. All of them or none: the caller
 * refuses to answer when one is missing.
 * @param shares of one holder, from different dealers; each with its blinding, which is left out here
 * @throws CkksError MALFORMED for a word that is q or more
 */
export function sumShares(ring: Ring, sharing: Sharing, shares: readonly Uint8Array[]): Uint8Array {
  const byteLength = answerBytes(sharing);
  for (const share of shares) requireBytes(share, 'share', shareBytes(sharing));
  return useKernel(ring, [byteLength, byteLength], (kernel, sum, words) => {
    for (const share of shares) {
      kernel.write(words, share.subarray(0, byteLength));
      if (kernel.add(sum, words, sharing.polynomials) !== 0) throw wordTooLarge('a share');
    }
    return kernel.read(sum, byteLength);
  });
}

export interface HolderAnswer {
  /** Position of the holder, 0-based. */
  readonly holder: number;
  /** What `sumShares` gave it, or what it claims. */
  readonly answer: Uint8Array;
}

/**
 * The sum of the keys from exactly `threshold` answers, which are taken as right. One element. Secret until the sum is
 * opened with it.
 */
export function interpolateKey(ring: Ring, sharing: Sharing, answers: readonly HolderAnswer[]): Uint8Array {
  const { threshold, packed, polynomials } = sharing;
  if (answers.length !== threshold) throw new RangeError(`answers: expected exactly ${threshold}`);
  const secrets = evaluateAt(ring, sharing, answers, basePoints(ring, packed));
  const key = new Uint8Array(elementBytes(ring));
  for (let column = 0; column < polynomials; column += 1) {
    for (let row = 0; row < packed && packed * column + row < ring.degree; row += 1) {
      const from = WORD_BYTES * (polynomials * row + column);
      key.set(secrets.subarray(from, from + WORD_BYTES), WORD_BYTES * (packed * column + row));
    }
  }
  wipe(secrets);
  return key;
}

/** The values of all polynomials at the targets, a row for each, from `threshold` answers. */
export function evaluateAt(
  ring: Ring,
  sharing: Sharing,
  answers: readonly HolderAnswer[],
  targets: readonly bigint[],
): Uint8Array {
  const { threshold, polynomials } = sharing;
  const byteLength = answerBytes(sharing);
  for (const { answer } of answers) requireBytes(answer, 'answer', byteLength);
  const column = WORD_BYTES * threshold;
  const areas = [column, column, column, column, byteLength * threshold, byteLength];
  return useKernel(ring, areas, (kernel, points, weights, scratch, row, rows, out) => {
    const given = answers.map(({ holder }) => pointOf(holder));
    const area = placePoints(kernel, given, [points, weights, scratch]);
    answers.forEach(({ answer }, i) => kernel.write(rows + byteLength * i, answer));
    const values = new Uint8Array(byteLength * targets.length);
    targets.forEach((target, i) => {
      placeBasis(kernel, row, area, target);
      kernel.combine(out, row, rows, threshold, polynomials);
      kernel.readInto(out, values.subarray(byteLength * i, byteLength * (i + 1)));
    });
    return values;
  });
}
