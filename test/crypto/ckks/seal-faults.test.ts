/**
 * A node-seal that is not SEAL 4.1 as it is known here: it computes in another ring, writes another form, or finds the
 * ring too weak. It is the real package with one of its answers changed.
 */
import { beforeEach, expect, jest, test } from '@jest/globals';
import nodeSeal from 'node-seal';
import { RINGS, type Ring } from '../../../crypto/ckks/ring.js';

/** Where the words of a saved plaintext begin. */
const WORDS_AT = 88;

type Library = Awaited<ReturnType<typeof nodeSeal.default>>;
const seal = await (nodeSeal as unknown as () => Promise<Library>)();
let isSecure = true;
let saved = (bytes: Uint8Array): Uint8Array => bytes;
/** Made and not deleted. */
let held = 0;

/** The object with other methods; it is SEAL's own, which takes nothing else. */
function counted<T extends { delete(): void }>(object: T, methods: Partial<T> = {}): T {
  held += 1;
  const release = object.delete.bind(object);
  return Object.assign(object, methods, {
    delete: () => {
      held -= 1;
      release();
    },
  });
}

jest.unstable_mockModule('node-seal', () => ({
  default: () =>
    Promise.resolve({
      ...seal,
      Context: (...given: Parameters<Library['Context']>) =>
        counted(seal.Context(...given), { parametersSet: () => isSecure }),
      CKKSEncoder: (...given: Parameters<Library['CKKSEncoder']>) => counted(seal.CKKSEncoder(...given)),
      PlainText: () => {
        const plaintext = seal.PlainText();
        const save = plaintext.saveArray.bind(plaintext);
        return counted(plaintext, { saveArray: (compression) => saved(save(compression)) });
      },
    }),
}));
const { loadSlotEncoder } = await import('../../../crypto/ckks/seal.js');

beforeEach(() => {
  isSecure = true;
  saved = (bytes) => bytes;
  held = 0;
});

test.each(RINGS)('N = $degree: as it is, it is taken', async (ring: Ring) => {
  const encoder = await loadSlotEncoder(ring);
  expect(held).toBe(2);
  encoder.close();
  expect(held).toBe(0);
});

test.each(RINGS)('N = $degree: a ring that it finds too weak is not used', async (ring: Ring) => {
  isSecure = false;
  await expect(loadSlotEncoder(ring)).rejects.toThrow(
    'SEAL does not accept the ring at 128 bits of security',
  );
  expect(held).toBe(0);
});

const at = (index: number) => (bytes: Uint8Array) =>
  bytes.map((byte, each) => (each === index ? byte ^ 1 : byte));

test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ['magic', at(0)],
  ['major version', at(3)],
  ['minor version', at(4)],
  ['compression', at(5)],
  ['size in the header', at(8)],
  ['count of coefficients', at(48)],
  ['count of words', at(80)],
  ['a byte less', (bytes) => bytes.slice(0, -1)],
  ['a byte more', (bytes) => Uint8Array.of(...bytes, 0)],
])('plaintexts in another form: %s', async (_, change) => {
  saved = change;
  await expect(loadSlotEncoder(RINGS[0] as Ring)).rejects.toThrow('not that of SEAL 4.1');
  expect(held).toBe(0);
});

test.each<[string, (words: BigUint64Array) => BigUint64Array]>([
  ['another order', (words) => words.map((_, index) => words[(index + 1) % words.length] as bigint)],
  // That of −ψ, of which X is −X.
  ['another root', (words) => words.map((_, index) => words[index ^ 1] as bigint)],
  ['another modulus', (words) => words.map((word) => word >> 1n)],
])('%s of the transform', async (_, change) => {
  saved = (bytes) => {
    const words = change(new BigUint64Array(bytes.slice(WORDS_AT).buffer));
    return Uint8Array.of(...bytes.subarray(0, WORDS_AT), ...new Uint8Array(words.buffer));
  };
  await expect(loadSlotEncoder(RINGS[0] as Ring)).rejects.toThrow('computes in another ring');
  expect(held).toBe(0);
});
