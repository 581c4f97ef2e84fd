/** Ids on the command line: as much of the beginning as names one thing. */
import { usage } from './errors.js';

/** @throws BlindsumError USAGE when none begins with `prefix`, or several do */
export function pick<T>(things: readonly T[], idOf: (thing: T) => string, prefix: string, noun: string): T {
  const found = things.filter((thing) => idOf(thing).startsWith(prefix.toLowerCase()));
  if (found.length > 1) usage(`${found.length} ${noun}s begin with ${prefix}: give more of the id`);
  return found[0] ?? usage(`no ${noun} begins with ${prefix}`);
}
