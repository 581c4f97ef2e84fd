/** Hashes (PROTOCOL §3.4), Ed25519 (§3.2), trees and their proofs (§3.5), with node:crypto. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { encode, type Value } from './cbor.js';

export const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
/** H(kind, items…) */
export const H = (kind: string, ...items: readonly Value[]): Buffer =>
  sha256(encode([`blindsum/v1/${kind}`, ...items]));
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

// -------------------------------------------------------------------------------------------------------------- Ed25519

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** y of the points of small order (§3.2). */
const SMALL_ORDER = [
  ...['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ...['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
].map((text) => littleEndian(Buffer.from(text, 'hex')));
/** Session keys of low order (§4.1). */
const LOW_ORDER = [
  ...['e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
  ...['5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'],
].map((text) => littleEndian(Buffer.from(text, 'hex')));

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
}
const withoutSign = (bytes: Uint8Array): bigint => littleEndian(bytes) & (2n ** 255n - 1n);

export const isSessionKey = (key: Buffer): boolean => {
  const u = littleEndian(key);
  return u < P && ![0n, 1n, P - 1n, ...LOW_ORDER].includes(u);
};

const keys = new Map<string, KeyObject>();
function keyObject(publicKey: Buffer): KeyObject {
  const x = publicKey.toString('base64url');
  const known = keys.get(x) ?? createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  keys.set(x, known);
  return known;
}

/** Strictly. OpenSSL computes S·B − k·A without the cofactor and compares its encoding with R. */
export function isSigned(publicKey: Buffer, message: Uint8Array, signature: Buffer): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const y = withoutSign(publicKey);
  if (y >= P || [0n, 1n, P - 1n, ...SMALL_ORDER].includes(y)) return false;
  const [r, s] = [withoutSign(signature.subarray(0, 32)), littleEndian(signature.subarray(32))];
  if (r >= P || s >= L) return false;
  try {
    return verify(null, message, keyObject(publicKey), signature);
  } catch {
    // Not on the curve.
    return false;
  }
}

// ---------------------------------------------------------------------------------------------------------------- trees

export const leafHash = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry);
const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);

/** RFC 9162 §2.1.1, of the leaf hashes. */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0] as Buffer;
  const split = 2 ** Math.floor(Math.log2(hashes.length - 1));
  return node(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}
export const treeRoot = (entries: readonly Uint8Array[]): Buffer => rootOf(entries.map(leafHash));

/** RFC 9162 §2.1.3.2. @param proof from the leaf's sibling up */
export function isIncluded(
  entry: Uint8Array,
  index: number,
  size: number,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (index >= size) return false;
  let [f, s, hash] = [index, size - 1, leafHash(entry)];
  for (const sibling of proof) {
    if (s === 0) return false;
    if (f % 2 === 1 || f === s) {
      hash = node(sibling, hash);
      while (f % 2 === 0 && f > 0) [f, s] = [Math.floor(f / 2), Math.floor(s / 2)];
    } else hash = node(hash, sibling);
    [f, s] = [Math.floor(f / 2), Math.floor(s / 2)];
  }
  return s === 0 && hash.equals(root);
}

/** RFC 9162 §2.1.4.2: whether the tree of `size` entries continues the one of `oldSize`. */
export function continues(
  oldSize: number,
  oldRoot: Buffer,
  size: number,
  root: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (oldSize === size) return proof.length === 0 && oldRoot.equals(root);
  if (oldSize === 0 || oldSize > size || proof.length === 0) return false;
  const path = Number.isInteger(Math.log2(oldSize)) ? [oldRoot, ...proof] : [...proof];
  let [f, s] = [oldSize - 1, size - 1];
  while (f % 2 === 1) [f, s] = [Math.floor(f / 2), Math.floor(s / 2)];
  let [a, b] = [path[0] as Buffer, path[0] as Buffer];
  for (const hash of path.slice(1)) {
    if (s === 0) return false;
    if (f % 2 === 1 || f === s) {
      [a, b] = [node(hash, a), node(hash, b)];
      while (f % 2 === 0 && f > 0) [f, s] = [Math.floor(f / 2), Math.floor(s / 2)];
    } else b = node(b, hash);
    [f, s] = [Math.floor(f / 2), Math.floor(s / 2)];
  }
  return s === 0 && a.equals(oldRoot) && b.equals(root);
}
