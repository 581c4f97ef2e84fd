/**
 * Finds pieces of many secrets in a long recording: every 16-byte window of every pattern, at every position of the
 * recording, in one pass. A rolling hash and a bitmap reject nearly all positions; what is left is compared byte by
 * byte, so a hit is a hit.
 */
export interface Hit {
  readonly label: string;
  /** Where in the recording, and where in the pattern. */
  readonly at: number;
  readonly patternAt: number;
}

const FACTOR = 0x01000193;
const FILTER_BITS = 24;

export class WindowIndex {
  readonly #windows = new Map<number, { readonly label: string; readonly bytes: Uint8Array; at: number }[]>();
  readonly #filter = new Uint8Array(2 ** (FILTER_BITS - 3));
  readonly #leaving: number;
  #size = 0;

  constructor(readonly windowBytes = 16) {
    let power = 1;
    for (let i = 0; i < windowBytes; i += 1) power = Math.imul(power, FACTOR);
    this.#leaving = power;
  }

  /** Windows indexed so far. */
  get size(): number {
    return this.#size;
  }

  /** All windows of `bytes`; a window whose bytes are all alike says nothing and is left out. */
  add(label: string, bytes: Uint8Array): this {
    const hashes = this.#hashes(bytes);
    for (let at = 0; at < hashes.length; at += 1) {
      const hash = hashes[at] as number;
      if (isConstant(bytes, at, this.windowBytes)) continue;
      this.#size += 1;
      const bit = hash >>> (32 - FILTER_BITS);
      this.#filter[bit >>> 3] = (this.#filter[bit >>> 3] as number) | (1 << (bit & 7));
      const same = this.#windows.get(hash);
      if (same === undefined) this.#windows.set(hash, [{ label, bytes, at }]);
      else same.push({ label, bytes, at });
    }
    return this;
  }

  /** The first window of each label that occurs in `recording`. */
  find(recording: Uint8Array): Hit[] {
    const hits = new Map<string, Hit>();
    const hashes = this.#hashes(recording);
    for (let at = 0; at < hashes.length; at += 1) {
      const hash = hashes[at] as number;
      const bit = hash >>> (32 - FILTER_BITS);
      if (((this.#filter[bit >>> 3] as number) & (1 << (bit & 7))) === 0) continue;
      for (const window of this.#windows.get(hash) ?? []) {
        if (hits.has(window.label) || !sameWindow(recording, at, window, this.windowBytes)) continue;
        hits.set(window.label, { label: window.label, at, patternAt: window.at });
      }
    }
    return [...hits.values()];
  }

  /** The hash of the window at each position. */
  #hashes(bytes: Uint8Array): Uint32Array {
    const { windowBytes } = this;
    const hashes = new Uint32Array(Math.max(0, bytes.length - windowBytes + 1));
    let sum = 0;
    for (let end = 0; end < bytes.length; end += 1) {
      sum = (Math.imul(sum, FACTOR) + (bytes[end] as number) + 1) | 0;
      if (end >= windowBytes)
        sum = (sum - Math.imul((bytes[end - windowBytes] as number) + 1, this.#leaving)) | 0;
      // Mixed, because the filter looks at the highest bits.
      if (end >= windowBytes - 1) hashes[end - windowBytes + 1] = mix(sum);
    }
    return hashes;
  }
}

const mix = (sum: number): number => Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d) >>> 0;

function isConstant(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = 1; i < length; i += 1) if (bytes[at + i] !== bytes[at]) return false;
  return true;
}

function sameWindow(
  recording: Uint8Array,
  at: number,
  window: { readonly bytes: Uint8Array; readonly at: number },
  length: number,
): boolean {
  for (let i = 0; i < length; i += 1) {
    if (recording[at + i] !== window.bytes[window.at + i]) return false;
  }
  return true;
}
