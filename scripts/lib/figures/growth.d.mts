/** y = factor · x^exponent. @param points at least two, with both numbers above 0 */
export function fitPower(points: readonly (readonly [number, number])[]): {
  exponent: number;
  factor: number;
};
