/** Pearson's χ² against the uniform distribution, with the critical value for a given significance. */

/** Σ (observed − expected)² / expected over bins that should be equally full; degrees of freedom: bins − 1. */
export function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/**
 * What χ² exceeds with probability 10^−6 (normal quantile 4.7534), by Wilson and Hilferty (1931): right to better than
 * one percent from 10 degrees of freedom on.
 */
export function criticalValue(degreesOfFreedom: number): number {
  const spread = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - spread + 4.7534 * Math.sqrt(spread)) ** 3;
}

export interface Verdict {
  readonly bytes: { readonly chiSquared: number; readonly critical: number };
  readonly topBits: { readonly chiSquared: number; readonly critical: number };
}

/**
 * @param samples the same coordinates in many sessions, each in [0, 2^bits)
 * bytes: all coordinates together, the packed form, 256 bins. topBits: each coordinate by itself, its four highest bits
 * in 16 bins; independent χ² add up, as do their degrees of freedom.
 */
export function judgeUniform(samples: readonly Uint32Array[], bits: 8 | 16 | 24 | 32): Verdict {
  const byteCounts = new Array<number>(256).fill(0);
  const coordinates = samples[0]?.length ?? 0;
  const topCounts = Array.from({ length: coordinates }, () => new Array<number>(16).fill(0));
  for (const sample of samples) {
    sample.forEach((value, coordinate) => {
      for (let shift = 0; shift < bits; shift += 8) count(byteCounts, (value >>> shift) & 0xff);
      count(topCounts[coordinate] as number[], value >>> (bits - 4));
    });
  }
  return {
    bytes: { chiSquared: chiSquared(byteCounts), critical: criticalValue(255) },
    topBits: {
      chiSquared: topCounts.reduce((sum, counts) => sum + chiSquared(counts), 0),
      critical: criticalValue(15 * coordinates),
    },
  };
}

function count(bins: number[], bin: number): void {
  bins[bin] = (bins[bin] as number) + 1;
}
