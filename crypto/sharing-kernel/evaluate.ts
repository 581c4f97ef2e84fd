/** Values of sixteen polynomials over GF(2^16) side by side, at public points. */
import { START, withKernel, writeElements } from './kernel.js';

const VALUE_BYTES = 32;

/**
 * @param coefficients of 1, X, X², …: 16 little-endian elements each, one after the other; at least one. Secret.
 * @param points 1…65535
 * @returns 32 bytes for each point, all in one piece of memory
 */
export function evaluateAt(coefficients: readonly Uint8Array[], points: readonly number[]): Uint8Array[] {
  const bytes = coefficients.reduce((sum, part) => sum + part.length, 0);
  const pointsAt = START + bytes;
  // Elements of two bytes: what follows stays aligned to four.
  const valuesAt = pointsAt + 4 * Math.ceil(points.length / 2);
  return withKernel(valuesAt + VALUE_BYTES * points.length, (kernel, memory) => {
    let at = START;
    for (const part of coefficients) {
      memory.set(part, at);
      at += part.length;
    }
    writeElements(memory, pointsAt, points);
    kernel.evaluate(valuesAt, START, bytes / VALUE_BYTES, pointsAt, points.length);
    const values = memory.slice(valuesAt, valuesAt + VALUE_BYTES * points.length);
    return points.map((_, i) => values.subarray(VALUE_BYTES * i, VALUE_BYTES * (i + 1)));
  });
}
