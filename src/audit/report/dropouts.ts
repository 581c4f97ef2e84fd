/** How likely it is that a session ends without a sum because too many drop out, each on its own. */

/** ln(i!), i = 0…n. */
function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let i = 2; i <= n; i += 1) logs[i] = (logs[i - 1] as number) + Math.log(i);
  return logs;
}

/**
 * Chance that fewer than `needed` of `invited` stay.
 * @param rate chance that one of them drops out, 0 < rate < 1
 */
export function abortChance(invited: number, needed: number, rate: number): number {
  const logs = logFactorials(invited);
  const at = (i: number): number => logs[i] as number;
  let chance = 0;
  for (let stay = 0; stay < needed; stay += 1) {
    const ways = at(invited) - at(stay) - at(invited - stay);
    chance += Math.exp(ways + stay * Math.log1p(-rate) + (invited - stay) * Math.log(rate));
  }
  return Math.min(1, chance);
}
