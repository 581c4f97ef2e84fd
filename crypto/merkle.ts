/**
 * Merkle trees and proofs, RFC 9162 §2.1: leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right), a
 * tree of n > 1 entries splits at the largest power of two below n, the empty tree is SHA-256 of nothing.
 *
 * Security: with a trusted root AND a trusted size a proof shows that an entry is at that index and nowhere
 * else is needed. Proofs are attacker-controlled; entries that are hashed as tuples first cannot pose as nodes.
 */
import { backend } from '#crypto-backend';
import { equalBytes, isBytes, requireBytes, requireInteger } from './bytes.js';

const HASH_BYTES = 32;
const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);
const MAX_SIZE = 2 ** 32;

export const leafHash = (entry: Uint8Array): Uint8Array => backend.sha256([LEAF_PREFIX, entry]);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  backend.sha256([NODE_PREFIX, left, right]);

function leafHashes(entries: readonly Uint8Array[]): Uint8Array[] {
  for (const entry of entries) requireBytes(entry, 'entries');
  return entries.map(leafHash);
}

/** The largest power of two below size. @param size at least 2. */
export function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Root over leaves[from…to), at least one. */
function subtreeRoot(leaves: readonly Uint8Array[], from: number, to: number): Uint8Array {
  if (to - from === 1) return leaves[from] as Uint8Array;
  const middle = from + splitPoint(to - from);
  return nodeHash(subtreeRoot(leaves, from, middle), subtreeRoot(leaves, middle, to));
}

/** The root over the entries, 32 bytes. */
export function merkleRoot(entries: readonly Uint8Array[]): Uint8Array {
  return entries.length === 0 ? backend.sha256([]) : subtreeRoot(leafHashes(entries), 0, entries.length);
}

/** The root over a part of a tree that its splits lead to, at least one entry: from…to, without `to`. */
export type Subtree = (from: number, to: number) => Uint8Array;

/** The hashes from the entry's sibling up to the root's child. @param index 0-based, below entries.length. */
export function inclusionProof(entries: readonly Uint8Array[], index: number): Uint8Array[] {
  requireInteger(index, 'index', 0, entries.length - 1);
  const leaves = leafHashes(entries);
  return inclusionPath(index, leaves.length, (from, to) => subtreeRoot(leaves, from, to));
}

/** @param index 0-based, below size */
export function inclusionPath(index: number, size: number, subtree: Subtree): Uint8Array[] {
  const proof: Uint8Array[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      proof.push(subtree(middle, to));
      to = middle;
    } else {
      proof.push(subtree(from, middle));
      from = middle;
    }
  }
  return proof.reverse();
}

/** A tree of which many entries are proven: every node is hashed once, and nothing but the hashes is kept. */
export interface MerkleTree {
  readonly root: Uint8Array;
  /** The inclusion proof of an entry. @param index 0-based, below the number of entries */
  prove(index: number): Uint8Array[];
}

export function merkleTree(entries: readonly Uint8Array[]): MerkleTree {
  const size = entries.length;
  // A leaf is at its index; a node with more below it at the first index of its right half, which is its alone.
  const hashes = new Uint8Array(2 * size * HASH_BYTES);
  const subtree: Subtree = (from, to) => {
    const at = to - from === 1 ? from : size + from + splitPoint(to - from);
    return hashes.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES);
  };
  leafHashes(entries).forEach((leaf, index) => {
    hashes.set(leaf, index * HASH_BYTES);
  });
  const fill = (from: number, to: number): Uint8Array => {
    if (to - from === 1) return subtree(from, to);
    const middle = from + splitPoint(to - from);
    const node = nodeHash(fill(from, middle), fill(middle, to));
    hashes.set(node, (size + middle) * HASH_BYTES);
    return node;
  };
  return {
    root: size === 0 ? merkleRoot([]) : fill(0, size),
    prove(index) {
      requireInteger(index, 'index', 0, size - 1);
      return inclusionPath(index, size, subtree);
    },
  };
}

export interface InclusionClaim {
  readonly entry: Uint8Array;
  /** 0-based. */
  readonly index: number;
  /** Number of entries in the tree. */
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

function isIndex(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < limit;
}

/** True if and only if the tree of `size` entries with this root has `entry` at `index`. Never throws on bad proofs. */
export function verifyInclusion({ entry, index, size, proof, root }: InclusionClaim): boolean {
  if (!isIndex(size, MAX_SIZE) || !isIndex(index, size)) return false;
  if (!isBytes(entry) || !isBytes(root, HASH_BYTES)) return false;
  if (!proof.every((hash) => isBytes(hash, HASH_BYTES))) return false;
  const computed = rootFromPath(leafHash(entry), index, size, [...proof]);
  return computed !== null && equalBytes(computed, root);
}

/** Consumes the path from its end (the root's child) downwards; null when it has not the one right length. */
function rootFromPath(leaf: Uint8Array, index: number, size: number, path: Uint8Array[]): Uint8Array | null {
  if (size === 1) return path.length === 0 ? leaf : null;
  const sibling = path.pop();
  if (sibling === undefined) return null;
  const split = splitPoint(size);
  if (index < split) {
    const left = rootFromPath(leaf, index, split, path);
    return left && nodeHash(left, sibling);
  }
  const right = rootFromPath(leaf, index - split, size - split, path);
  return right && nodeHash(sibling, right);
}

/** Proof that the tree over the first `oldSize` entries is a beginning of the tree over all of them.
 * @param oldSize 1…entries.length. */
export function consistencyProof(entries: readonly Uint8Array[], oldSize: number): Uint8Array[] {
  requireInteger(oldSize, 'oldSize', 1, entries.length);
  const leaves = leafHashes(entries);
  return consistencyPath(oldSize, leaves.length, (from, to) => subtreeRoot(leaves, from, to));
}

/** @param oldSize 1…size */
export function consistencyPath(oldSize: number, size: number, subtree: Subtree): Uint8Array[] {
  const proof: Uint8Array[] = [];
  let from = 0;
  let to = size;
  // Down to the subtree that ends exactly where the old tree ended.
  while (to !== oldSize) {
    const middle = from + splitPoint(to - from);
    if (oldSize <= middle) {
      proof.push(subtree(middle, to));
      to = middle;
    } else {
      proof.push(subtree(from, middle));
      from = middle;
    }
  }
  // When that subtree is the whole old tree the verifier has its hash already.
  if (from !== 0) proof.push(subtree(from, to));
  return proof.reverse();
}

export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly newSize: number;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** True if and only if the old tree (1 ≤ oldSize ≤ newSize) is a beginning of the new one. Never throws on bad proofs. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim;
  if (!isIndex(newSize, MAX_SIZE) || !isIndex(oldSize, newSize + 1) || oldSize === 0) return false;
  if (!isBytes(oldRoot, HASH_BYTES) || !isBytes(newRoot, HASH_BYTES)) return false;
  if (!proof.every((hash) => isBytes(hash, HASH_BYTES))) return false;
  const roots = rootsFromProof(oldSize, newSize, true, oldRoot, [...proof]);
  return roots !== null && equalBytes(roots.old, oldRoot) && equalBytes(roots.new, newRoot);
}

interface Roots {
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

/** Roots of the old part and of the whole of a subtree with `size` entries, `oldSize` of them old.
 * @param leftmost whether the subtree begins at entry 0. */
function rootsFromProof(
  oldSize: number,
  size: number,
  leftmost: boolean,
  oldRoot: Uint8Array,
  path: Uint8Array[],
): Roots | null {
  if (oldSize === size) {
    const whole = leftmost ? oldRoot : path.pop();
    return whole === undefined || path.length > 0 ? null : { old: whole, new: whole };
  }
  const sibling = path.pop();
  if (sibling === undefined) return null;
  const split = splitPoint(size);
  if (oldSize <= split) {
    const left = rootsFromProof(oldSize, split, leftmost, oldRoot, path);
    return left && { old: left.old, new: nodeHash(left.new, sibling) };
  }
  const right = rootsFromProof(oldSize - split, size - split, false, oldRoot, path);
  return right && { old: nodeHash(sibling, right.old), new: nodeHash(sibling, right.new) };
}
