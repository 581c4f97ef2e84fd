/**
 * Shamir's secret sharing over GF(2^16) (PROTOCOL §4 "Sharing"; Shamir 1979). A 32-byte secret is 16
 * little-endian symbols; each is the constant term of its own random polynomial of degree threshold − 1.
 *
 * Security: fewer than `threshold` shares say nothing at all about the secret, provided `random` is uniform.
 * Nothing here proves that a share is genuine: bind shares to a commitment, and check what comes out.
 * Points are public; shares, secret and coefficients neither index a table nor decide a branch.
 */
import { equalBytes, requireBytes, requireInteger, wipe } from './bytes.js';
import { lagrangeWeights } from './lagrange.js';
import type { Random } from './random.js';
import { withShares } from './sharing-kernel/combine.js';
import { evaluateAt } from './sharing-kernel/evaluate.js';

/** Bytes of a secret and of each of its shares. */
export const SHARE_BYTES = 32;

/** Points are the non-zero elements; the value at 0 is the secret itself. */
const MAX_POINT = 65535;

export interface Share {
  /** Where the polynomials were evaluated, 1…65535. */
  readonly point: number;
  /** 32 bytes. Secret. */
  readonly share: Uint8Array;
}

/** Thrown by `reconstructSecret` when shares beyond the threshold contradict the first ones. */
export class ShareMismatchError extends Error {
  /** The points, in the order given, whose shares do not lie on the polynomial through the first ones. */
  readonly points: readonly number[];
  constructor(points: readonly number[]) {
    super(`shares do not lie on one polynomial; points: ${points.join(', ')}`);
    this.name = 'ShareMismatchError';
    this.points = points;
  }
}

function requirePoints(points: readonly number[], name: string): void {
  const seen = new Set<number>();
  for (const point of points) {
    requireInteger(point, name, 1, MAX_POINT); // check: B4
    if (seen.has(point)) throw new RangeError(`${name}: point ${point} occurs twice`); // check: B4
    seen.add(point);
  }
}

export interface SplitInput {
  /** 32 bytes. Not retained. */
  readonly secret: Uint8Array;
  /** How many shares bring the secret back: 2…points.length. (With 1 every holder would have the secret.) */
  readonly threshold: number;
  /** One per holder, distinct, 1…65535. Public. */
  readonly points: readonly number[];
  /** Asked once, for 32 · (threshold − 1) bytes: the coefficients of X, X², … as 16 symbols each. */
  readonly random: Random;
}

/** One share of 32 bytes per point, in the order of the points. */
export function splitSecret({ secret, threshold, points, random }: SplitInput): Uint8Array[] {
  requireBytes(secret, 'secret', SHARE_BYTES); // check: B4
  requirePoints(points, 'points'); // check: B4
  requireInteger(threshold, 'threshold', 2, Math.max(2, points.length));
  if (points.length < threshold) throw new RangeError('points: fewer than the threshold');

  const coefficients = random((threshold - 1) * SHARE_BYTES);
  requireBytes(coefficients, 'random', (threshold - 1) * SHARE_BYTES);
  try {
    return evaluateAt([secret, coefficients], points);
  } finally {
    wipe(coefficients); // check: C13
  }
}

export interface ReconstructInput {
  /** At least `threshold`, at distinct points. */
  readonly shares: readonly Share[];
  readonly threshold: number;
}

/**
 * The secret, 32 bytes, from the first `threshold` shares. Shares after those must lie on the same polynomials.
 * Without such spare shares a wrong one goes unnoticed: compare the result with a commitment.
 * @throws RangeError for too few shares, a point that is 0, too large or there twice, or a share of another length.
 * @throws ShareMismatchError naming the spare points that do not fit. (Who is wrong, they or the first ones,
 *   only the commitments can tell.)
 */
export function reconstructSecret({ shares, threshold }: ReconstructInput): Uint8Array {
  requireInteger(threshold, 'threshold', 2, MAX_POINT);
  requirePoints(
    shares.map(({ point }) => point),
    'shares',
  );
  for (const { share } of shares) requireBytes(share, 'share', SHARE_BYTES); // check: B4
  if (shares.length < threshold) {
    throw new RangeError(`shares: expected at least ${threshold}, got ${shares.length}`);
  }

  const points = shares.slice(0, threshold).map(({ point }) => point);
  const first = shares.slice(0, threshold).map(({ share }) => share);
  const weightsFor = lagrangeWeights(points);
  return withShares(first, (combine) => {
    const strangers = shares
      .slice(threshold)
      .filter(({ point, share }) => !equalBytes(share, combine(weightsFor(point))))
      .map(({ point }) => point);
    if (strangers.length > 0) throw new ShareMismatchError(strangers); // check: B3
    return combine(weightsFor(0));
  });
}
