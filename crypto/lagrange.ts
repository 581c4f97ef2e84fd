/**
 * Lagrange weights over GF(2^16): which multiples of the shares at some points add up to the polynomial's
 * value at another one. Points and weights are public.
 *
 * Weights for the same holders are needed once per secret of a session, so the last few sets are kept.
 */
import { invert, multiply } from './field.js';

const KEPT_SETS = 16;

interface WeightSet {
  readonly points: readonly number[];
  /** 1 / Π (x_i − x_j) over j ≠ i. */
  readonly denominators: Uint16Array;
  /** Weights already asked for, by target. */
  readonly byTarget: Map<number, Uint16Array>;
}

/** In order of last use, oldest first. */
const kept = new Map<string, WeightSet>();

/** Weights w with P(target) = Σ w_i · P(points_i) for every polynomial of degree below points.length. */
export type WeightsFor = (target: number) => Uint16Array;

/** @param points distinct field elements (the caller has checked), none of them a later target. */
export function lagrangeWeights(points: readonly number[]): WeightsFor {
  const set = weightSet(points);
  return (target) => weightsFor(set, target);
}

function weightsFor(set: WeightSet, target: number): Uint16Array {
  const { points } = set;
  const known = set.byTarget.get(target);
  if (known !== undefined) return known;

  let product = 1; // Π (target − x_j)
  for (const point of points) product = multiply(product, target ^ point);
  const weights = new Uint16Array(points.length);
  points.forEach((point, i) => {
    weights[i] = multiply(multiply(product, invert(target ^ point)), set.denominators[i] as number);
  });
  set.byTarget.set(target, weights);
  return weights;
}

function weightSet(points: readonly number[]): WeightSet {
  const key = points.join(',');
  let set = kept.get(key);
  if (set === undefined) {
    set = { points, denominators: denominators(points), byTarget: new Map() };
    const oldest = kept.keys().next();
    if (kept.size >= KEPT_SETS && oldest.done !== true) kept.delete(oldest.value);
  } else {
    kept.delete(key);
  }
  kept.set(key, set);
  return set;
}

function denominators(points: readonly number[]): Uint16Array {
  return Uint16Array.from(points, (point, i) => {
    let product = 1;
    for (let j = 0; j < points.length; j += 1) {
      if (j !== i) product = multiply(product, point ^ (points[j] as number));
    }
    return invert(product);
  });
}
