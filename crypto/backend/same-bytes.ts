/**
 * Equality of two arrays of one length, which takes as long wherever they differ: no byte decides a branch or how far it
 * goes. Used by both backends.
 */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}
