/** What a ring could stand that cannot stand what was asked for: fewer dropouts, or fewer colluders. */
import type { RingLoad } from '../../protocol/suites/masking-ring/tails.js';

/** A hundredth of what was asked for is near enough. */
const STEPS = 100;

/** @returns each possible by itself */
export function possibleLoads(load: RingLoad, isPossible: (load: RingLoad) => boolean): string[] {
  const { participants, colluders, losses } = load;
  const fewerLosses = largestBelow(losses, (count) => isPossible({ ...load, losses: count }));
  const fewerColluders = largestBelow(colluders, (count) => isPossible({ ...load, colluders: count }));
  return [
    ...(fewerLosses === null ? [] : [dropoutText(fewerLosses, participants)]),
    ...(fewerColluders === null ? [] : [`maxColluders ${fewerColluders}`]),
  ];
}

/** What is offered is granted: rounded down, to no more than so many. */
const dropoutText = (losses: number, participants: number): string => {
  const digits = 10 ** Math.ceil(Math.log10(participants) + 1);
  const rate = Math.floor((losses / participants) * digits) / digits;
  return rate === 0 ? 'no dropout' : `a dropout of ${rate}`;
};

/** A count from 0 to below `limit` that is possible where the next step is not; null when 0 is not. */
function largestBelow(limit: number, isPossible: (count: number) => boolean): number | null {
  const step = Math.max(1, Math.floor(limit / STEPS));
  if (limit === 0 || !isPossible(0)) return null;
  let possible = 0;
  let impossible = Math.ceil(limit / step);
  while (impossible - possible > 1) {
    const middle = Math.floor((possible + impossible) / 2);
    if (isPossible(middle * step)) possible = middle;
    else impossible = middle;
  }
  return possible * step;
}
