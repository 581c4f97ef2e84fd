/**
 * Lagrange weights over GF(2^16): which multiples of the shares at some points add up to the polynomial's
 * value at another one. Points and weights are public, so products of them are sums of logarithms from a table.
 *
 * In a complete session the same holders have shares of every secret, so the last few sets of weights are kept; on a ring
 * each secret has others.
 */
import { multiply } from './field.js';

const KEPT_SETS = 16;

interface WeightSet {
  readonly points: readonly number[];
  /** log Π (x_i − x_j) over j ≠ i. */
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

  const { exponentials, logarithms } = (tables ??= makeTables());
  let numerator = 0; // log Π (target − x_j)
  for (const point of points) numerator += logarithms[target ^ point] as number;
  const weights = new Uint16Array(points.length);
  points.forEach((point, i) => {
    const weight = numerator - (logarithms[target ^ point] as number) - (set.denominators[i] as number);
    weights[i] = exponentials[modulo(weight)] as number;
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
  const { logarithms } = (tables ??= makeTables());
  return Uint16Array.from(points, (point) => {
    let sum = 0;
    for (const other of points) sum += logarithms[point ^ other] as number; // of 0: its own, 0
    return modulo(sum);
  });
}

/** How many elements are not 0; all are powers of X. */
const ORDER = 65535;

/** @param sum of logarithms, some of them subtracted */
const modulo = (sum: number): number => ((sum % ORDER) + ORDER) % ORDER;

interface Tables {
  /** X^i. */
  readonly exponentials: Uint16Array;
  /** The i with X^i = element; 0 for 0, which has none. */
  readonly logarithms: Uint16Array;
}

let tables: Tables | null = null;

function makeTables(): Tables {
  const exponentials = new Uint16Array(ORDER);
  const logarithms = new Uint16Array(ORDER + 1);
  for (let i = 0, element = 1; i < ORDER; i += 1, element = multiply(element, 2)) {
    exponentials[i] = element;
    logarithms[element] = i;
  }
  return { exponentials, logarithms };
}
