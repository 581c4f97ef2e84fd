/**
 * A Merkle tree that grows (RFC 9162 §2.1, as in merkle.ts) and keeps the hashes of its complete subtrees: the root of, and
 * proofs in, every size that it ever had cost a few hashes, however many entries there are. 64 bytes per entry.
 */
import { equalBytes, requireBytes, requireInteger } from './bytes.js';
import { consistencyPath, inclusionPath, leafHash, merkleRoot, nodeHash, splitPoint } from './merkle.js';

const HASH_BYTES = 32;

export class GrowingTree {
  /** By height: the hashes of the subtrees of 2^height entries, from left to right. */
  readonly #levels: Hashes[] = [];

  get size(): number {
    return this.#levels[0]?.count ?? 0;
  }

  append(entry: Uint8Array): void {
    requireBytes(entry, 'entry');
    this.#push(0, leafHash(entry));
  }

  /** 32 bytes. @param size up to the present one */
  root(size = this.size): Uint8Array {
    requireInteger(size, 'size', 0, this.size);
    return size === 0 ? merkleRoot([]) : this.#subtree(0, size);
  }

  /** Whether `entry` is the one at this index. */
  isAt(index: number, entry: Uint8Array): boolean {
    return index >= 0 && index < this.size && equalBytes(this.#subtree(index, index + 1), leafHash(entry));
  }

  /** Of the first such entry; -1: there is none. */
  indexOf(entry: Uint8Array): number {
    return this.#levels[0]?.indexOf(leafHash(entry)) ?? -1;
  }

  /** As `inclusionProof` gives it for the first `size` entries. @param index 0-based */
  inclusion(index: number, size = this.size): Uint8Array[] {
    requireInteger(size, 'size', 1, this.size);
    requireInteger(index, 'index', 0, size - 1);
    return inclusionPath(index, size, this.#subtree);
  }

  /** As `consistencyProof` gives it for the first `size` entries. @param oldSize 1…size */
  consistency(oldSize: number, size = this.size): Uint8Array[] {
    requireInteger(size, 'size', 1, this.size);
    requireInteger(oldSize, 'oldSize', 1, size);
    return consistencyPath(oldSize, size, this.#subtree);
  }

  #push(height: number, hash: Uint8Array): void {
    const level = (this.#levels[height] ??= new Hashes());
    level.push(hash);
    if (level.count % 2 === 0) {
      this.#push(height + 1, nodeHash(level.at(level.count - 2), level.at(level.count - 1)));
    }
  }

  /** The splits of a tree lead only to parts that begin at a multiple of the power of two they fit into. */
  readonly #subtree = (from: number, to: number): Uint8Array => {
    const height = Math.log2(to - from);
    if (Number.isInteger(height)) return (this.#levels[height] as Hashes).at(from >>> height);
    const middle = from + splitPoint(to - from);
    return nodeHash(this.#subtree(from, middle), this.#subtree(middle, to));
  };
}

/** A list of hashes in one array that doubles. */
class Hashes {
  #bytes = new Uint8Array(8 * HASH_BYTES);
  count = 0;

  push(hash: Uint8Array): void {
    const used = this.count * HASH_BYTES;
    if (used === this.#bytes.length) {
      const grown = new Uint8Array(2 * used);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(hash, used);
    this.count += 1;
  }

  /** In an array of its own. */
  at(index: number): Uint8Array {
    return this.#bytes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  indexOf(hash: Uint8Array): number {
    for (let index = 0; index < this.count; index += 1) {
      const at = index * HASH_BYTES;
      if (this.#bytes[at] === hash[0] && equalBytes(this.#bytes.subarray(at, at + HASH_BYTES), hash))
        return index;
    }
    return -1;
  }
}
