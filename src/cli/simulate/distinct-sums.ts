/** The sums that participants decoded: each once, because thousands hold the same one. */
import type { PlainSum } from './simulated-inputs.js';

export class DistinctSums {
  readonly sums: PlainSum[] = [];

  add(sum: PlainSum): void {
    if (!this.sums.some((known) => isSame(known, sum))) this.sums.push(sum);
  }
}

function isSame(a: PlainSum, b: PlainSum): boolean {
  const names = Object.keys(a.vectors);
  return (
    a.weight === b.weight &&
    names.length === Object.keys(b.vectors).length &&
    names.every((name) => isSameVector(a.vectors[name], b.vectors[name]))
  );
}

function isSameVector(a: Float64Array | undefined, b: Float64Array | undefined): boolean {
  if (a === undefined || a.length !== b?.length) return false;
  // What is no number is the same as nothing, and so is looked at.
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
