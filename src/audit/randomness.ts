/**
 * V15: whether the bytes of uploads look random. A heuristic that finds an upload without masks, or masks that repeat, and
 * nothing finer: it proves no masking (attack C6). By chance it speaks up for less than one upload in a hundred million.
 */

/** Fewer say nothing. */
const LEAST_BYTES = 256 * 16;
/** Standard deviations. */
const LIMIT = 6;

interface Counts {
  readonly bytes: Float64Array;
  /** For the correlation of each byte with the one before it. */
  products: number;
  total: number;
}

export class Randomness {
  readonly #counts = new Map<string, Counts>();
  /** @param bytes of one vector of `sender`'s upload */
  add(sender: string, bytes: Uint8Array): void {
    const counts = this.#counts.get(sender) ?? {
      bytes: new Float64Array(256),
      products: 0,
      total: 0,
    };
    this.#counts.set(sender, counts);
    let before = -1;
    for (const byte of bytes) {
      counts.bytes[byte] = (counts.bytes[byte] as number) + 1;
      const centred = byte - 127.5;
      if (before >= 0) counts.products += (before - 127.5) * centred;
      before = byte;
    }
    counts.total += bytes.length;
  }

  /** Uploads of those that do not look random. */
  suspects(): string[] {
    return this.#large()
      .filter(([, counts]) => !looksRandom(counts))
      .map(([sender]) => sender);
  }

  /** How many were large enough to say something. */
  get judged(): number {
    return this.#large().length;
  }

  #large(): [string, Counts][] {
    return [...this.#counts].filter(([, { total }]) => total >= LEAST_BYTES);
  }
}

function looksRandom({ bytes, total, products }: Counts): boolean {
  const expected = total / 256;
  const chiSquare = bytes.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // Wilson and Hilferty: the cube root of χ²/k is nearly normal.
  const spread = 2 / (9 * 255);
  const uniform = (Math.cbrt(chiSquare / 255) - (1 - spread)) / Math.sqrt(spread);
  // Variance of a uniform byte: (256² − 1)/12.
  const serial = products / (((256 ** 2 - 1) / 12) * Math.sqrt(total));
  return Math.abs(uniform) < LIMIT && Math.abs(serial) < LIMIT;
}
