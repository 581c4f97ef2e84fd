/**
 * How a secret key is cut up for packed Shamir sharing over Z_q (Franklin and Yung 1992): `packed` words of it per
 * polynomial of degree below `threshold`. A polynomial is given by its values at the base points −1, −2, …, −threshold:
 * the secret words, then threshold − packed random ones. The share of holder i is the value at i + 1 (known only here).
 *
 * Security: threshold − packed shares say nothing about the key; more than that begin to (a ramp), `threshold` give
 * all. That is why a share leaves its holder only inside a sum, and only under a quorum of signatures.
 */
import { requireInteger } from '../bytes.js';
import { type Workspace } from './kernel.js';
import { MAX_PARTICIPANTS } from './parameters.js';
import { bytesOfWords, WORD_BYTES, type Ring } from './ring.js';

/** Blinding polynomials per dealer, for the low-degree proof. */
export const BLINDINGS = 5;

export interface Sharing {
  /** t: shares that open; degrees are below it. */
  readonly threshold: number;
  /** ℓ = t − n_C: secret words per polynomial. */
  readonly packed: number;
  /** n: holders have the positions 0…n − 1. */
  readonly holders: number;
  /** B: polynomials that carry the key, the last one padded with zeros. */
  readonly polynomials: number;
}

/**
 * @param threshold 2…holders
 * @param colluders n_C, 1…threshold − 1: so many shares must say nothing
 * @param holders at most 1000
 */
export function sharingOf(
  ring: Ring,
  { threshold, colluders, holders }: { threshold: number; colluders: number; holders: number },
): Sharing {
  requireInteger(holders, 'holders', 2, MAX_PARTICIPANTS);
  requireInteger(threshold, 'threshold', 2, holders);
  requireInteger(colluders, 'colluders', 1, threshold - 1);
  const packed = threshold - colluders;
  return { threshold, packed, holders, polynomials: Math.ceil(ring.degree / packed) };
}

/** Bytes of a share: the key's polynomials, then the blinding ones. */
export const shareBytes = (sharing: Sharing): number => WORD_BYTES * (sharing.polynomials + BLINDINGS);

/** Bytes of an answer: a sum of shares without their blinding. */
export const answerBytes = (sharing: Sharing): number => WORD_BYTES * sharing.polynomials;

/** −1, −2, …, −count modulo q: no holder's point, as holders are far fewer than q. */
export const basePoints = (ring: Ring, count: number): bigint[] =>
  Array.from({ length: count }, (_, i) => ring.modulus - 1n - BigInt(i));

/** Where the shares of a holder lie. */
export const pointOf = (holder: number): bigint => BigInt(holder + 1);

/** Points in the kernel with their barycentric weights: `basis` then gives Lagrange's basis at any other point. */
export interface PointArea {
  readonly points: number;
  readonly weights: number;
  readonly scratch: number;
  readonly count: number;
}

/** Three areas of 8 bytes for each point. */
export function placePoints(
  kernel: Workspace,
  points: readonly bigint[],
  [at, weights, scratch]: readonly [number, number, number],
): PointArea {
  kernel.write(at, bytesOfWords(points));
  kernel.weigh(weights, at, points.length, scratch);
  return { points: at, weights, scratch, count: points.length };
}

/** Which multiples of the values at the points give the value at `target`; at `row`, in the kernel's own form. */
export function placeBasis(kernel: Workspace, row: number, area: PointArea, target: bigint): void {
  kernel.basis(row, area.points, area.weights, area.count, target, area.scratch);
}
