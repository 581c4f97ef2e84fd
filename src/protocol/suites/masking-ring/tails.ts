/** What the tails allow: how many of the marked may be expected at worst, and the smallest ring in which that is few enough. */
import { type Draw, logAtLeast } from './hypergeometric.js';

/** What a ring is planned for; counts of the same set of participants. */
export interface RingLoad {
  /** n, at least 3. */
  readonly participants: number;
  /** n_C: may collude with the coordinator. */
  readonly colluders: number;
  /** May drop out, in all rounds together. */
  readonly losses: number;
}

/**
 * @param colluding share of the participants, 0 to below 1
 * @param dropping likewise
 * @throws RangeError
 */
export function ringLoad(participants: number, colluding: number, dropping: number): RingLoad {
  const count = (name: string, share: number): number => {
    if (!(share >= 0 && share < 1)) throw new RangeError(`${name}: a share from 0 to below 1 is needed`);
    // 0.07 · 100 is more than 7.
    return Math.floor((share + 1e-14) * participants);
  };
  return { participants, colluders: count('colluding', colluding), losses: count('dropping', dropping) };
}

/** η: a session with so many random dropouts fails with probability 2^−η for each of the tails. */
export const CORRECTNESS_BITS = 20;

/** Smallest x with Pr[X > x] < e^logBound, for a bound below 1/2. */
export function mostMarked(draw: Draw, logBound: number): number {
  const { population, marked, drawn } = draw;
  const isRare = (count: number): boolean => logAtLeast(draw, count + 1) < logBound;
  const mean = (marked * drawn) / population;
  // The median is within one of the mean, so nothing below it is rare.
  const least = Math.floor(mean) - 1;
  const most = Math.min(marked, drawn);
  let rare = Math.min(most, likelyMost(draw, logBound));
  let common = rare - 1;
  for (let step = 1; rare < most && !isRare(rare); step *= 2)
    [common, rare] = [rare, Math.min(most, rare + step)];
  for (let step = 1; common > least && isRare(common); step *= 2)
    [rare, common] = [common, Math.max(least, common - step)];
  while (rare - common > 1) {
    const middle = Math.floor((rare + common) / 2);
    if (isRare(middle)) rare = middle;
    else common = middle;
  }
  return rare;
}

/** Where the normal distribution has it, put right once along the slope of the tail: nearly always it, or the next. */
function likelyMost(draw: Draw, logBound: number): number {
  const { population, marked, drawn } = draw;
  const mean = (marked * drawn) / population;
  const spread = (1 - marked / population) * ((population - drawn) / Math.max(1, population - 1));
  const guess = Math.ceil(mean + Math.sqrt(-2 * logBound * mean * spread));
  if (guess >= Math.min(marked, drawn)) return guess;
  const ratio =
    ((marked - guess) * (drawn - guess)) / ((guess + 1) * (population - marked - drawn + guess + 1));
  const correction = (logBound - logAtLeast(draw, guess + 1)) / Math.log(ratio);
  return Math.max(Math.floor(mean), guess + Math.ceil(Math.min(correction, drawn)));
}

/** t1: of `drawn` participants no more collude, but with probability below 2^−(σ+1) for any of n such choices. */
export const mostColluders = (
  { participants, colluders }: RingLoad,
  drawn: number,
  securityBits: number,
): number =>
  mostMarked(
    { population: participants, marked: colluders, drawn },
    -(securityBits + 1) * Math.LN2 - Math.log(participants),
  );

/** t2: of `drawn` participants no fewer survive, but with probability below 2^−η for any of n such choices. */
export const fewestSurvivors = ({ participants, losses }: RingLoad, drawn: number): number =>
  drawn -
  mostMarked(
    { population: participants, marked: losses, drawn },
    -CORRECTNESS_BITS * Math.LN2 - Math.log(participants),
  );

/**
 * The smallest size of first, first + step, … up to `last` of which nothing is missing; null if there is none.
 * @param missing how much a size lacks. Where one more in size makes up for at most one, sizes in between need no look
 */
export function smallestSize(
  { first, step, last }: { readonly first: number; readonly step: number; readonly last: number },
  missing: (size: number) => number,
): number | null {
  for (let size = first; size <= last;) {
    const lacking = missing(size);
    if (lacking <= 0) return size;
    size += Math.ceil(lacking / step) * step;
  }
  return null;
}
