/** SEAL as a second opinion on the kernel, and as the encoder into slots. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeSeal from 'node-seal';
import { unpackWords } from '../../../crypto/ckks/codec.js';
import { CkksError } from '../../../crypto/ckks/errors.js';
import { useKernel } from '../../../crypto/ckks/kernel.js';
import { chooseParameters, type Encoding } from '../../../crypto/ckks/parameters.js';
import { elementBytes, RINGS, type Ring } from '../../../crypto/ckks/ring.js';
import { publicElement, secretKeyFromSeed } from '../../../crypto/ckks/sampling.js';
import { loadSlotEncoder, type SlotEncoder } from '../../../crypto/ckks/seal.js';
import { encryptVectors } from '../../../crypto/ckks/sum-key.js';
import { deterministicRandom } from '../../../crypto/random.js';
import { withoutPackages } from '../../helpers/without-packages.js';
import { bytesOfWords, centred, mod, power, wordsOf } from './oracle.js';

const seal = await (nodeSeal as unknown as () => ReturnType<typeof nodeSeal.default>)();

const vectorOf = (length: number, f: (i: number) => number) => Float64Array.from({ length }, (_, i) => f(i));

describe.each(RINGS.map((ring) => [ring.degree, ring] as const))('N = %i', (degree, ring: Ring) => {
  const parameters = seal.EncryptionParameters(seal.SchemeType.ckks);
  const modulus = seal.CoeffModulus.Create(degree, Int32Array.of(ring.modulusBits));
  parameters.setPolyModulusDegree(degree);
  parameters.setCoeffModulus(modulus);
  const context = seal.Context(parameters, true, seal.SecurityLevel.tc128);
  const sealEncoder = seal.CKKSEncoder(context);

  let encoder: SlotEncoder;
  beforeAll(async () => {
    encoder = await loadSlotEncoder(ring);
  });
  afterAll(() => encoder.close());

  /** SEAL's own words of a plaintext, transformed. */
  function sealWords(values: Float64Array, scale: number): Uint8Array {
    const plaintext = seal.PlainText();
    sealEncoder.encode(values, scale, plaintext);
    const saved = plaintext.saveArray(seal.ComprModeType.none);
    plaintext.delete();
    return saved.subarray(88);
  }

  test('the modulus is the one that SEAL creates, and SEAL finds the ring secure at 128 bits', () => {
    expect([...modulus.toArray()]).toEqual([ring.modulus]);
    expect(ring.modulus % BigInt(2 * degree)).toBe(1n);
    expect(ring.modulus.toString(2)).toHaveLength(ring.modulusBits);
    expect(context.parametersSet()).toBe(true);
  });

  test('the root is the smallest primitive 2N-th root of one', () => {
    expect(power(ring.root, BigInt(degree), ring.modulus)).toBe(ring.modulus - 1n);
    const square = (ring.root * ring.root) % ring.modulus;
    let other = ring.root;
    for (let i = 0; i < degree; i += 1) {
      expect(other >= ring.root).toBe(true);
      other = (other * square) % ring.modulus;
    }
  });

  test("the transform is SEAL's, word for word", () => {
    // SEAL's CKKS encoding of a slot vector, transformed by SEAL; back and forth through the kernel it must not change.
    const words = sealWords(
      vectorOf(degree / 2, (i) => Math.sin(i * i)),
      2 ** 40,
    );
    const [coefficients, again] = useKernel(ring, [words.length], (kernel, at) => {
      kernel.write(at, words);
      kernel.fromTransformed(at);
      const inside = kernel.read(at, words.length);
      kernel.toTransformed(at);
      return [inside, kernel.read(at, words.length)];
    });
    expect(wordsOf(again)).toEqual(wordsOf(words));
    // Only with SEAL's root and order are the coefficients those of the canonical embedding: small, and these.
    centred(coefficients, ring.modulus).forEach((coefficient, k) => {
      if (k % 97 !== 0) return;
      const expected = canonicalCoefficient(degree, k, (i) => Math.sin(i * i)) * 2 ** 40;
      expect(Math.abs(Number(coefficient) - expected)).toBeLessThan(1);
    });
  });

  test('SEAL decrypts our ciphertext with our key to the message and the errors', () => {
    const random = deterministicRandom(Uint8Array.of(degree >> 8));
    const ctx = random(32);
    const encoding: Encoding = { kind: 'slots', scaleBits: 40, maxAbs: 1 };
    const values = vectorOf(degree / 2, (i) => Math.sin(i));
    const key = secretKeyFromSeed(ring, ctx, random(32));
    const own = key.slice();
    const vectors = [{ name: 'v', encoding, encoder, values }];
    const [ciphertext] = encryptVectors(ring, { ctx, key, vectors, random }) as [Uint8Array];
    const a = publicElement(ring, { ctx, vector: 'v', chunk: 0 });
    const minusA = bytesOfWords(wordsOf(a).map((word) => mod(-word, ring.modulus)));

    // Bytes of SEAL's own, with our words in place of its.
    const keys = seal.KeyGenerator(context);
    const savedKey = keys.secretKey().saveArray(seal.ComprModeType.none);
    savedKey.set(own, 88);
    const secret = seal.SecretKey();
    secret.loadArray(context, savedKey);
    const plaintext = seal.PlainText();
    sealEncoder.encode(values, 2 ** 40, plaintext);
    const sealed = seal.CipherText();
    seal.Encryptor(context, keys.createPublicKey(), keys.secretKey()).encryptSymmetric(plaintext, sealed);
    const saved = sealed.saveArray(seal.ComprModeType.none);
    expect(saved).toHaveLength(113 + 2 * elementBytes(ring));
    saved.set(transformed(ring, unpackWords(ring, ciphertext, degree)), 113);
    saved.set(minusA, 113 + elementBytes(ring));
    sealed.loadArray(context, saved);
    const opened = seal.PlainText();
    seal.Decryptor(context, secret).decrypt(sealed, opened);

    expect(openedErrors(opened.saveArray(seal.ComprModeType.none).subarray(88), plaintext)).toBeLessThan(43);
    sealEncoder
      .decode(opened)
      .forEach((value, i) => expect(Math.abs(value - (values[i] as number))).toBeLessThan(1e-8));

    function openedErrors(words: Uint8Array, message: typeof plaintext): number {
      const plain = message.saveArray(seal.ComprModeType.none).subarray(88);
      const difference = wordsOf(plain);
      const errors = bytesOfWords(
        wordsOf(words).map((word, i) => mod(word - (difference[i] as bigint), ring.modulus)),
      );
      const coefficients = useKernel(ring, [errors.length], (kernel, at) => {
        kernel.write(at, errors);
        kernel.fromTransformed(at);
        return kernel.read(at, errors.length);
      });
      const sizes = centred(coefficients, ring.modulus).map((error) => Math.abs(Number(error)));
      expect(new Set(sizes).size).toBeGreaterThan(10);
      return Math.max(...sizes);
    }
  });

  test('encoding gives the coefficients of what SEAL encodes, and decoding what SEAL decodes', () => {
    const choice = chooseParameters({ participants: 10, maxAbs: 2, precision: 1e-4, kind: 'slots', degree });
    if (!choice.chosen) throw new Error(String(choice.precision));
    const { encoding } = choice;
    for (const length of [1, 2, 1000, degree / 2]) {
      const values = vectorOf(length, (i) => 2 * Math.cos(i));
      const words = encoder.encode(ring, encoding, values);
      expect(wordsOf(transformed(ring, words))).toEqual(wordsOf(sealWords(values, 2 ** encoding.scaleBits)));
      const decoded = encoder.decode(ring, encoding, words, length);
      expect(decoded).toHaveLength(length);
      decoded.forEach((value, i) =>
        expect(Math.abs(value - (values[i] as number))).toBeLessThan(choice.errorBound),
      );
    }
  });

  test('coordinates beyond maxAbs, NaN and wrong lengths are refused', () => {
    const encoding: Encoding = { kind: 'slots', scaleBits: 30, maxAbs: 1 };
    for (const bad of [1.0000001, -2, NaN, Infinity]) {
      expect(() => encoder.encode(ring, encoding, Float64Array.of(0, bad))).toThrow(CkksError);
    }
    expect(() => encoder.encode(ring, encoding, new Float64Array(0))).toThrow(/^values: /);
    expect(() => encoder.encode(ring, encoding, new Float64Array(degree / 2 + 1))).toThrow(/^values: /);
    const other = RINGS.find((known) => known !== ring) as Ring;
    expect(() => encoder.encode(other, encoding, Float64Array.of(0))).toThrow(/^ring: /);
    expect(() => encoder.decode(other, encoding, new Uint8Array(elementBytes(other)), 1)).toThrow(/^ring: /);
  });
});

function transformed(ring: Ring, words: Uint8Array): Uint8Array {
  return useKernel(ring, [words.length], (kernel, at) => {
    kernel.write(at, words);
    kernel.toTransformed(at);
    return kernel.read(at, words.length);
  });
}

/** Coefficient k of the polynomial whose value at ζ^(3^i) is f(i), from the definition: (2/N)·Σ_i f(i)·cos(π·3^i·k/N). */
function canonicalCoefficient(degree: number, k: number, f: (i: number) => number): number {
  let exponent = 1;
  let sum = 0;
  for (let i = 0; i < degree / 2; i += 1) {
    sum += f(i) * Math.cos((Math.PI * ((exponent * k) % (2 * degree))) / degree);
    exponent = (exponent * 3) % (2 * degree);
  }
  return (2 * sum) / degree;
}

test('without node-seal: MISSING_PACKAGE, and what to install', () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-seal-'));
  try {
    const module = new URL('../../../dist/crypto/ckks/', import.meta.url);
    const program = `
      const { loadSlotEncoder } = await import('${new URL('seal.js', module).href}');
      const { ringOfDegree } = await import('${new URL('ring.js', module).href}');
      await loadSlotEncoder(ringOfDegree(4096)).catch(({ code, message }) => console.log(code + ': ' + message));`;
    const env = { ...process.env, ...withoutPackages('node-seal', folder) };
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      env,
      encoding: 'utf8',
    });
    expect(output.trim()).toBe(
      'MISSING_PACKAGE: node-seal is not installed, and the task encodes into slots; run: ' +
        'npm install node-seal@6.0.3   (on Node 22 or newer also node-seal@7.0.0)',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
