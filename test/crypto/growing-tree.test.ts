/** The tree that keeps its hashes gives what the plain functions give, for every size it ever had. */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { GrowingTree } from '../../crypto/growing-tree.js';
import { consistencyProof, inclusionProof, merkleRoot } from '../../crypto/merkle.js';

const hex = (hashes: readonly Uint8Array[]): string => hashes.map(toHex).join(' ');
const entries = Array.from({ length: 37 }, (_, index) => Uint8Array.of(index, index >> 3));

test('root, inclusion and consistency are those of RFC 9162, for each size up to 37', () => {
  const tree = new GrowingTree();
  expect(tree.root()).toEqual(merkleRoot([]));
  for (const entry of entries) tree.append(entry);
  expect(tree.size).toBe(entries.length);
  for (let size = 1; size <= entries.length; size += 1) {
    const part = entries.slice(0, size);
    expect(tree.root(size)).toEqual(merkleRoot(part));
    const proofs = part.map((_, index) => [
      hex(tree.inclusion(index, size)),
      hex(tree.consistency(index + 1, size)),
    ]);
    expect(proofs).toEqual(
      part.map((_, index) => [hex(inclusionProof(part, index)), hex(consistencyProof(part, index + 1))]),
    );
  }
});

test('tells where an entry is, and what is where', () => {
  const tree = new GrowingTree();
  expect(tree.indexOf(Uint8Array.of(1))).toBe(-1);
  expect(tree.isAt(0, Uint8Array.of(1))).toBe(false);
  for (const entry of entries) tree.append(entry);
  entries.forEach((entry, index) => {
    expect(tree.indexOf(entry)).toBe(index);
    expect(tree.isAt(index, entry)).toBe(true);
    expect(tree.isAt((index + 1) % entries.length, entry)).toBe(false);
  });
  expect(tree.indexOf(Uint8Array.of(1, 2, 3))).toBe(-1);
  expect(tree.isAt(entries.length, Uint8Array.of(1))).toBe(false);
});

test('refuses sizes it never had, and what is no entry', () => {
  const tree = new GrowingTree();
  tree.append(Uint8Array.of(1));
  expect(() => tree.root(2)).toThrow(RangeError);
  expect(() => tree.root(-1)).toThrow(RangeError);
  expect(() => tree.inclusion(1)).toThrow(RangeError);
  expect(() => tree.inclusion(0, 2)).toThrow(RangeError);
  expect(() => tree.consistency(0)).toThrow(RangeError);
  expect(() => tree.consistency(2, 1)).toThrow(RangeError);
  expect(() => tree.append('entry' as unknown as Uint8Array)).toThrow(TypeError);
  expect(tree.size).toBe(1);
});
