/** Merkle trees: the reference tree of Certificate Transparency, and properties over all small sizes. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { implementations, onNode as c } from './implementations.js';

const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
/** [index, size, proof] */
const inclusion: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];
/** [old size, new size, proof] */
const consistency: readonly (readonly [number, number, readonly string[]])[] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

describe.each(implementations)('the reference tree (%s)', (_name, impl) => {
  const entries = leaves.map((leaf) => impl.fromHex(leaf));

  test('roots of 0 to 8 entries', () => {
    expect(roots.map((_, size) => impl.toHex(impl.merkleRoot(entries.slice(0, size))))).toEqual(roots);
  });

  test.each(inclusion)('inclusion of %i in %i', (index, size, proof) => {
    const tree = entries.slice(0, size);
    expect(impl.inclusionProof(tree, index).map((hash) => impl.toHex(hash))).toEqual(proof);
    const root = impl.fromHex(roots[size] as string);
    const claim = { entry: entries[index] as Uint8Array, index, size, root };
    expect(impl.verifyInclusion({ ...claim, proof: proof.map((hash) => impl.fromHex(hash)) })).toBe(true);
  });

  test.each(consistency)('consistency of %i with %i', (oldSize, newSize, proof) => {
    expect(impl.consistencyProof(entries.slice(0, newSize), oldSize).map((h) => impl.toHex(h))).toEqual(
      proof,
    );
    const [oldRoot, newRoot] = [oldSize, newSize].map((size) => impl.fromHex(roots[size] as string));
    const claim = { oldSize, newSize, oldRoot: oldRoot as Uint8Array, newRoot: newRoot as Uint8Array };
    expect(impl.verifyConsistency({ ...claim, proof: proof.map((hash) => impl.fromHex(hash)) })).toBe(true);
  });
});

const numbered = (size: number) => Array.from({ length: size }, (_, i) => c.hashTuple('entry', i));

test('every entry of every tree up to 40 is proven, at its own index and size only', () => {
  for (let size = 1; size <= 40; size += 1) {
    const entries = numbered(size);
    const root = c.merkleRoot(entries);
    const tree = c.merkleTree(entries);
    expect(tree.root).toEqual(root);
    entries.forEach((entry, index) => {
      const proof = tree.prove(index);
      expect(proof).toEqual(c.inclusionProof(entries, index));
      expect(c.verifyInclusion({ entry, index, size, proof, root })).toBe(true);
      for (const other of [0, index - 1, index + 1, size]) {
        if (other !== index)
          expect(c.verifyInclusion({ entry, index: other, size, proof, root })).toBe(false);
      }
    });
  }
});

test('every beginning of every tree up to 24 is consistent with it, and with no other', () => {
  for (let newSize = 1; newSize <= 24; newSize += 1) {
    const entries = numbered(newSize);
    const newRoot = c.merkleRoot(entries);
    for (let oldSize = 1; oldSize <= newSize; oldSize += 1) {
      const oldRoot = c.merkleRoot(entries.slice(0, oldSize));
      const proof = c.consistencyProof(entries, oldSize);
      const claim = { oldSize, oldRoot, newSize, newRoot, proof };
      expect(c.verifyConsistency(claim)).toBe(true);
      const forked = c.merkleRoot([...entries.slice(0, oldSize - 1), c.utf8('fork')]);
      expect(c.verifyConsistency({ ...claim, oldRoot: forked })).toBe(false);
      expect(c.verifyConsistency({ ...claim, newRoot: forked })).toBe(false);
      expect(c.verifyConsistency({ ...claim, proof: [...proof, newRoot] })).toBe(false);
      if (proof.length > 0) {
        expect(c.verifyConsistency({ ...claim, proof: proof.slice(1) })).toBe(false);
        expect(c.verifyConsistency({ ...claim, proof: proof.slice(0, -1) })).toBe(false);
      }
    }
  }
});

test('tampering with any part of a proof is noticed', () => {
  const tree = fc
    .integer({ min: 1, max: 70 })
    .chain((size) =>
      fc.record({ size: fc.constant(size), index: fc.nat(size - 1), at: fc.nat(), bit: fc.nat(255) }),
    );
  fc.assert(
    fc.property(tree, ({ size, index, at, bit }) => {
      const entries = numbered(size);
      const root = c.merkleRoot(entries);
      const entry = entries[index] as Uint8Array;
      const proof = c.inclusionProof(entries, index);
      const flip = (bytes: Uint8Array) => bytes.map((b, i) => (i === bit >> 3 ? b ^ (1 << (bit & 7)) : b));
      const claim = { entry, index, size, proof, root };
      expect(c.verifyInclusion(claim)).toBe(true);
      expect(c.verifyInclusion({ ...claim, entry: flip(entry) })).toBe(false);
      expect(c.verifyInclusion({ ...claim, root: flip(root) })).toBe(false);
      expect(c.verifyInclusion({ ...claim, proof: [...proof, root] })).toBe(false);
      expect(c.verifyInclusion({ ...claim, proof: [root, ...proof] })).toBe(false);
      if (proof.length > 0) {
        const changed = proof.map((hash, i) => (i === at % proof.length ? flip(hash) : hash));
        expect(c.verifyInclusion({ ...claim, proof: changed })).toBe(false);
        expect(c.verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false);
        expect(c.verifyInclusion({ ...claim, proof: proof.slice(0, -1) })).toBe(false);
      }
      if (proof.length > 1) expect(c.verifyInclusion({ ...claim, proof: [...proof].reverse() })).toBe(false);
    }),
    { numRuns: 120 },
  );
});

test('a node cannot pose as an entry', () => {
  const entries = numbered(4);
  const [a, b] = entries.slice(0, 2).map((entry) => c.sha256(Uint8Array.of(0), entry)) as [
    Uint8Array,
    Uint8Array,
  ];
  const root = c.merkleRoot(entries);
  const proof = c.inclusionProof(entries, 0).slice(1);
  expect(c.verifyInclusion({ entry: c.concatBytes(a, b), index: 0, size: 2, proof, root })).toBe(false);
  expect(
    c.verifyInclusion({ entry: c.concatBytes(Uint8Array.of(1), a, b), index: 0, size: 2, proof, root }),
  ).toBe(false);
});

test('nonsense is false, misuse throws', () => {
  const entries = numbered(3);
  const root = c.merkleRoot(entries);
  const claim = {
    entry: entries[0] as Uint8Array,
    index: 0,
    size: 3,
    proof: c.inclusionProof(entries, 0),
    root,
  };
  for (const bad of [-1, 0.5, NaN, 3, 2 ** 40])
    expect(c.verifyInclusion({ ...claim, index: bad })).toBe(false);
  for (const bad of [0, -1, 0.5, NaN, 2 ** 53])
    expect(c.verifyInclusion({ ...claim, size: bad })).toBe(false);
  expect(c.verifyInclusion({ ...claim, proof: claim.proof.map((hash) => hash.slice(1)) })).toBe(false);
  expect(c.verifyInclusion({ ...claim, root: new Uint8Array(31) })).toBe(false);
  const chain = { oldSize: 2, oldRoot: root, newSize: 3, newRoot: root, proof: [] };
  for (const bad of [0, -1, 4, 1.5]) expect(c.verifyConsistency({ ...chain, oldSize: bad })).toBe(false);
  expect(() => c.inclusionProof(entries, 3)).toThrow(/^index: /);
  expect(() => c.inclusionProof([], 0)).toThrow(/^index: /);
  expect(() => c.consistencyProof(entries, 0)).toThrow(/^oldSize: /);
  expect(() => c.consistencyProof(entries, 4)).toThrow(/^oldSize: /);
  expect(c.merkleTree([]).root).toEqual(c.merkleRoot([]));
  expect(() => c.merkleTree([]).prove(0)).toThrow(/^index: /);
  expect(() => c.merkleTree(entries).prove(3)).toThrow(/^index: /);
  expect(() => c.merkleRoot(['x' as never])).toThrow(/^entries: /);
});
