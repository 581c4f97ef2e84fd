/** Which secrets a step overwrites, seen from outside. */
import { jest } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';

type Fill = (this: Uint8Array, ...given: Parameters<Uint8Array['fill']>) => Uint8Array;

/**
 * In hex, what was in the bytes that `attempt` overwrote with zeros.
 * @param length only of so many bytes
 */
export function wipedBy(attempt: () => unknown, length?: number): string[] {
  const wiped: string[] = [];
  const original: Fill = Reflect.get(Uint8Array.prototype, 'fill');
  const filling = jest.spyOn(Uint8Array.prototype, 'fill').mockImplementation(function (
    this: Uint8Array,
    ...given
  ) {
    if (given[0] === 0 && (length ?? this.length) === this.length) wiped.push(toHex(this));
    return original.apply(this, given);
  });
  try {
    attempt();
  } finally {
    filling.mockRestore();
  }
  return wiped;
}
