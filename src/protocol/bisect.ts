/** Looking something up in an increasing list: rosters and sets of thousands are asked about thousands of times. */
import { compareBytes } from '../../crypto/bytes.js';

/**
 * @param compare of what is looked for with the entry at an index: negative, 0 where it is found, or positive
 * @returns -1 when it is not in the list
 */
export function bisect(length: number, compare: (index: number) => number): number {
  let from = 0;
  let to = length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const order = compare(middle);
    if (order === 0) return middle;
    if (order < 0) to = middle;
    else from = middle + 1;
  }
  return -1;
}

/** @param identities increasing */
export const isListed = (identities: readonly Uint8Array[], identity: Uint8Array): boolean =>
  bisect(identities.length, (index) => compareBytes(identity, identities[index] as Uint8Array)) >= 0;
