/**
 * The digests of an upload's vectors, made while its bytes come: hashing a hundred megabytes at once would keep everybody else
 * waiting, and what has just come is still in the processor's cache.
 */
import { createSha256, type Sha256 } from '../../crypto/hash.js';

export class PartDigests {
  readonly #lengths: readonly number[];
  readonly #done: Uint8Array[] = [];
  #hash: Sha256 = createSha256();
  /** Of the part that is being hashed. */
  #missing: number;

  /** @param lengths of the parts in bytes, in their order; each at least 1 */
  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
    this.#missing = lengths[0] ?? 0;
  }

  /** The next bytes: no more than there are in all parts. */
  update(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const taken = bytes.subarray(from, from + this.#missing);
      this.#hash.update(taken);
      from += taken.length;
      this.#missing -= taken.length;
      if (this.#missing === 0) this.#next();
    }
  }

  /** Of the parts that are whole. */
  get digests(): readonly Uint8Array[] {
    return this.#done;
  }

  #next(): void {
    this.#done.push(this.#hash.digest());
    this.#hash = createSha256();
    this.#missing = this.#lengths[this.#done.length] ?? Infinity;
  }
}
