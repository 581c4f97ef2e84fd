/** Every pair of neighbours of a session once, in the order in which they are wanted, and its place in a table. */
import { type Members, rankOf } from '../../../protocol/sets.js';

export interface Pairs {
  readonly count: number;
  /** Two positions for each, one after the other. */
  readonly ends: Uint32Array;
  /** Place of the pair in `ends`, in pairs. */
  indexOf(a: number, b: number): number;
}

/** @param order all positions */
export function pairsOf(order: readonly number[], neighbours: (position: number) => Members): Pairs {
  const firsts = new Map<number, Int32Array>();
  const ends: number[] = [];
  for (const position of order) {
    const peers = neighbours(position);
    const places = new Int32Array(peers.length).fill(-1);
    firsts.set(position, places);
    peers.forEach((peer, rank) => {
      // The other end had its turn before.
      if (firsts.has(peer)) return;
      places[rank] = ends.length / 2;
      ends.push(position, peer);
    });
  }
  const placeFrom = (from: number, to: number): number =>
    firsts.get(from)?.[rankOf(neighbours(from), to)] ?? -1;
  return {
    count: ends.length / 2,
    ends: Uint32Array.from(ends),
    indexOf: (a, b) => Math.max(placeFrom(a, b), placeFrom(b, a)),
  };
}
