import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addCiphertext, mergeSums } from '../../../crypto/ckks/ciphertext-sum.js';
import { unpackWords } from '../../../crypto/ckks/codec.js';
import { coefficientEncoder, type Encoder } from '../../../crypto/ckks/encoding.js';
import { CkksError } from '../../../crypto/ckks/errors.js';
import { openVector } from '../../../crypto/ckks/opening.js';
import {
  chooseParameters,
  ciphertextBytes,
  ciphertextWords,
  errorBound,
  sumBytes,
  type Encoding,
  type EncodingKind,
} from '../../../crypto/ckks/parameters.js';
import { RINGS, ringOfDegree, type Ring } from '../../../crypto/ckks/ring.js';
import { publicElement, randomWords, secretKeyFromSeed } from '../../../crypto/ckks/sampling.js';
import { loadSlotEncoder, type SlotEncoder } from '../../../crypto/ckks/seal.js';
import { encryptVectors } from '../../../crypto/ckks/sum-key.js';
import { equalBytes } from '../../../crypto/bytes.js';
import { deterministicRandom, systemRandom, type Random } from '../../../crypto/random.js';
import {
  bytesOfWords,
  centred,
  mod,
  product,
  reversed,
  TOY_RINGS,
  transformedWord,
  wordsOf,
} from './oracle.js';

const ctx = new Uint8Array(32).fill(7);
const ring = ringOfDegree(2048);
const N = ring.degree;

const slotEncoders = new Map<number, SlotEncoder>();
beforeAll(async () => {
  for (const known of RINGS) slotEncoders.set(known.degree, await loadSlotEncoder(known));
});
afterAll(() => slotEncoders.forEach((encoder) => encoder.close()));

const encoderOf = (kind: EncodingKind, known: Ring): Encoder =>
  kind === 'slots' ? (slotEncoders.get(known.degree) as SlotEncoder) : coefficientEncoder;

function chosen(
  participants: number,
  maxAbs = 1,
  known = ring,
  kind: EncodingKind = 'coefficients',
): Encoding {
  const choice = chooseParameters({ participants, maxAbs, precision: 1e-3, degree: known.degree, kind });
  if (!choice.chosen) throw new Error(String(choice.precision));
  return choice.encoding;
}

const valuesOf = (length: number, who = 0): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin(1 + i * (who + 1)));

interface Session {
  readonly encoding: Encoding;
  readonly values: readonly Float64Array[];
  readonly keys: readonly Uint8Array[];
  readonly ciphertexts: readonly Uint8Array[];
}

/** Everybody's contribution of one vector 'v'. */
function contribute(
  participants: number,
  length: number,
  known = ring,
  kind: EncodingKind = 'coefficients',
): Session {
  const encoding = chosen(participants, 1, known, kind);
  const values = Array.from({ length: participants }, (_, who) => valuesOf(length, who));
  const keys = values.map(() => secretKeyFromSeed(known, ctx, systemRandom(32)));
  const ciphertexts = values.map((own, who) => {
    const key = (keys[who] as Uint8Array).slice();
    const vectors = [{ name: 'v', encoding, encoder: encoderOf(kind, known), values: own }];
    return encryptVectors(known, { ctx, key, vectors, random: systemRandom })[0] as Uint8Array;
  });
  return { encoding, values, keys, ciphertexts };
}

function sumOf(
  known: Ring,
  ciphertexts: readonly Uint8Array[],
  kind: EncodingKind,
  length: number,
): Uint8Array {
  const sum = new Uint8Array(sumBytes(known, kind, length));
  for (const ciphertext of ciphertexts) addCiphertext(known, sum, ciphertext);
  return sum;
}

const keySum = (known: Ring, keys: readonly Uint8Array[]): Uint8Array => {
  const sum = keys[0]?.slice() as Uint8Array;
  for (const key of keys.slice(1)) mergeSums(known, sum, key);
  return sum;
};

const open = (
  known: Ring,
  { encoding }: Session,
  input: {
    sum: Uint8Array;
    key: Uint8Array;
    survivors: number;
    length: number;
    name?: string;
    ctx?: Uint8Array;
  },
) => openVector(known, { ctx, name: 'v', encoding, encoder: encoderOf(encoding.kind, known), ...input });

const largestError = (opened: Float64Array, values: readonly Float64Array[]): number =>
  opened.reduce(
    (largest, value, i) =>
      Math.max(largest, Math.abs(value - values.reduce((sum, own) => sum + (own[i] as number), 0))),
    0,
  );

const codeOf = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    return error instanceof CkksError ? error.code : String(error);
  }
  return 'nothing thrown';
};

test('a ciphertext is a·s + e + m, exactly: small rings, with known randomness', () => {
  const toy = TOY_RINGS[1] as Ring;
  const encoding: Encoding = { kind: 'coefficients', scaleBits: 1, maxAbs: 8 };
  for (let seed = 0; seed < 100; seed += 1) {
    const random = deterministicRandom(Uint8Array.of(seed));
    const key = randomWords(toy, 8, random);
    const length = 1 + (seed % 20);
    const values = Float64Array.from({ length }, (_, i) => ((seed + 5 * i) % 33) / 2 - 8);
    const transformedKey = wordsOf(key);
    const noise: Uint8Array[] = [];
    const recorded: Random = (count) => {
      const bytes = random(count);
      noise.push(bytes.slice());
      return bytes;
    };
    const vectors = [{ name: 'v', encoding, encoder: coefficientEncoder, values }];
    const [packed] = encryptVectors(toy, { ctx, key, vectors, random: recorded }) as [Uint8Array];
    const words = wordsOf(unpackWords(toy, packed, ciphertextWords(toy, 'coefficients', length)));

    const s = untransformed(toy, transformedKey);
    const expected = noise.flatMap((bytes, chunk) => {
      const a = untransformed(toy, wordsOf(publicElement(toy, { ctx, vector: 'v', chunk })));
      const as = product(toy, a, s);
      return Array.from({ length: bytes.length / 11 }, (_, i) => {
        const message = BigInt(Math.round((values[8 * chunk + i] ?? 0) * 2));
        return mod((as[i] as bigint) + message + errorFrom(bytes.subarray(11 * i, 11 * i + 11)), toy.modulus);
      });
    });
    expect(words).toEqual(expected);
  }
});

/** From the definition: the set bits among the first 42, less those among the next 42. */
function errorFrom(bytes: Uint8Array): bigint {
  const bits = Array.from({ length: 84 }, (_, i) => ((bytes[i >> 3] as number) >> (i & 7)) & 1);
  const count = (list: number[]) => list.reduce((a, b) => a + b, 0);
  return BigInt(count(bits.slice(0, 42)) - count(bits.slice(42)));
}

/** The polynomial of degree below 8 whose transform this is, by trying which multiples of the columns add up to it. */
function untransformed(toy: Ring, words: readonly bigint[]): bigint[] {
  // Inverse transform from the definition: x_i = (1/N) Σ_k X_k · root^(−i(2·rev(k)+1)).
  const q = toy.modulus;
  const powerOf = (exponent: number) => {
    let value = 1n;
    for (let i = 0; i < mod16(exponent); i += 1) value = (value * toy.root) % q;
    return value;
  };
  const mod16 = (x: number) => ((x % 16) + 16) % 16;
  const eighth = BigInt([...Array(Number(q)).keys()].find((x) => (8 * x) % Number(q) === 1) as number);
  const result = words.map((_, i) =>
    mod(eighth * words.reduce((sum, word, k) => sum + word * powerOf(-i * (2 * reversed(k, 8) + 1)), 0n), q),
  );
  words.forEach((word, k) => expect(transformedWord(toy, result, k)).toBe(word));
  return result;
}

describe.each(RINGS.map((known) => [known.degree, known] as const))('N = %i', (_degree, known: Ring) => {
  test.each<EncodingKind>(['coefficients', 'slots'])('%s: a sum opens to within the bound', (kind) => {
    const size = kind === 'slots' ? known.degree / 2 : known.degree;
    for (const length of [1, 7, size - 1, size, size + 1, 2 * size + 3]) {
      const session = contribute(3, length, known, kind);
      const sum = sumOf(known, session.ciphertexts, kind, length);
      const opened = open(known, session, { sum, key: keySum(known, session.keys), survivors: 3, length });
      expect(opened).toHaveLength(length);
      expect(largestError(opened, session.values)).toBeLessThan(errorBound(known, session.encoding, 3));
    }
  });
});

test('100 participants, 20 dropped: far below 1e-9, at less than 7.7 bytes per coordinate', () => {
  const large = ringOfDegree(4096);
  const length = 20_000;
  const session = contribute(100, length, large);
  const some = { ...session, values: session.values.slice(20) };
  const sum = sumOf(large, session.ciphertexts.slice(20), 'coefficients', length);
  const key = keySum(large, session.keys.slice(20));
  const opened = open(large, session, { sum, key, survivors: 80, length });
  expect(largestError(opened, some.values)).toBeLessThan(1e-12);
  expect((session.ciphertexts[0] as Uint8Array).length / length).toBeLessThan(7.7);
});

test('1000 participants with the least and the largest inputs', () => {
  const encoding = chosen(1000, 3);
  for (const extreme of [3, -3]) {
    const values = new Float64Array(5).fill(extreme);
    const sum = new Uint8Array(sumBytes(ring, 'coefficients', 5));
    const total = new Uint8Array(8 * N);
    for (let who = 0; who < 1000; who += 1) {
      const key = secretKeyFromSeed(ring, ctx, systemRandom(32));
      mergeSums(ring, total, key);
      const vectors = [{ name: 'v', encoding, encoder: coefficientEncoder, values }];
      const [ciphertext] = encryptVectors(ring, { ctx, key, vectors, random: systemRandom });
      addCiphertext(ring, sum, ciphertext as Uint8Array);
    }
    const input = { ctx, name: 'v', encoding, encoder: coefficientEncoder, length: 5 };
    openVector(ring, { ...input, sum, key: total, survivors: 1000 }).forEach((value) =>
      expect(Math.abs(value - 1000 * extreme)).toBeLessThan(errorBound(ring, encoding, 1000)),
    );
  }
});

describe('KEY_MISMATCH, never a wrong sum', () => {
  const cases: readonly (readonly [EncodingKind, number])[] = [
    ['coefficients', 1],
    ['coefficients', 3],
    ['coefficients', 2 * N],
    ['coefficients', N + 1],
    ['slots', 1],
    ['slots', N],
  ];
  test.each(cases)('%s, %i coordinates', (kind, length) => {
    for (let round = 0; round < 8; round += 1) {
      const session = contribute(3, length, ring, kind);
      const sum = sumOf(ring, session.ciphertexts, kind, length);
      const key = keySum(ring, session.keys);
      const input = { sum, key, survivors: 3, length };
      expect(codeOf(() => open(ring, session, input))).toBe('nothing thrown');
      const bent = key.slice();
      bent[8 * (round * 7)] = (bent[8 * (round * 7)] as number) ^ 1;
      const other = ctx.slice();
      other[0] = 8;
      for (const wrong of [
        { ...input, key: bent },
        { ...input, key: keySum(ring, session.keys.slice(1)) },
        { ...input, sum: sumOf(ring, session.ciphertexts.slice(1), kind, length) },
        { ...input, name: 'w' },
        { ...input, ctx: other },
      ]) {
        expect(codeOf(() => open(ring, session, wrong))).toBe('KEY_MISMATCH');
      }
    }
  });

  test('a coefficient beyond what so many inputs can add up to', () => {
    const session = contribute(2, N);
    const sum = sumOf(ring, session.ciphertexts, 'coefficients', N);
    const key = keySum(ring, session.keys);
    // Twice the largest sum, on top of what is there.
    const bound = BigInt(2 * 2 ** session.encoding.scaleBits);
    const beyond = new Uint8Array(sum.length);
    beyond.set(bytesOfWords([2n * bound]), 8 * 100);
    mergeSums(ring, sum, beyond);
    expect(codeOf(() => open(ring, session, { sum, key, survivors: 2, length: N }))).toBe('KEY_MISMATCH');
  });

  test('a coefficient without a message beyond what so many errors can add up to', () => {
    const session = contribute(2, 5);
    const sum = sumOf(ring, session.ciphertexts, 'coefficients', 5);
    const key = keySum(ring, session.keys);
    const beyond = new Uint8Array(sum.length);
    beyond.set(bytesOfWords([200n]), 8 * 6);
    mergeSums(ring, sum, beyond);
    expect(codeOf(() => open(ring, session, { sum, key, survivors: 2, length: 5 }))).toBe('KEY_MISMATCH');
  });
});

describe('a key encrypts once', () => {
  const encoding = chosen(3);
  const vector = (name: string, values = valuesOf(3)) => ({
    name,
    encoding,
    encoder: coefficientEncoder,
    values,
  });
  const fresh = () => secretKeyFromSeed(ring, ctx, systemRandom(32));

  test('it is wiped when its vectors are encrypted, and refused then', () => {
    const key = fresh();
    encryptVectors(ring, { ctx, key, vectors: [vector('a'), vector('b')], random: systemRandom });
    expect(key).toEqual(new Uint8Array(8 * N));
    expect(() => encryptVectors(ring, { ctx, key, vectors: [vector('c')], random: systemRandom })).toThrow(
      /^key: /,
    );
  });

  test('also when something went wrong: no second try under the same key', () => {
    for (const vectors of [[vector('a'), vector('a')], [vector('a', Float64Array.of(2))], [vector('')]]) {
      const key = fresh();
      expect(() => encryptVectors(ring, { ctx, key, vectors, random: systemRandom })).toThrow();
      expect(key).toEqual(new Uint8Array(8 * N));
    }
  });

  test('two vectors never share a name, two chunks never an `a`', () => {
    const twice = [vector('a'), vector('a')];
    expect(() => encryptVectors(ring, { ctx, key: fresh(), vectors: twice, random: systemRandom })).toThrow(
      "'a' occurs twice",
    );
    // Under one `a` the difference of two chunks with the same coordinates would be small.
    const same = new Float64Array(2 * N).fill(0.25);
    const vectors = [vector('a', same), vector('b', same)];
    const packed = encryptVectors(ring, { ctx, key: fresh(), vectors, random: systemRandom });
    const chunks = packed
      .map((bytes) => wordsOf(unpackWords(ring, bytes, 2 * N)))
      .flatMap((words) => [words.slice(0, N), words.slice(N)]);
    for (let i = 0; i < 4; i += 1) {
      for (let j = 0; j < i; j += 1) {
        const difference = (chunks[i] as bigint[]).map((word, k) =>
          mod(word - ((chunks[j] as bigint[])[k] as bigint), ring.modulus),
        );
        const small = centred(bytesOfWords(difference), ring.modulus).filter((d) => d < 1000n && d > -1000n);
        expect(small.length).toBeLessThan(3);
      }
    }
  });

  test('the same key, inputs and random bytes give the same ciphertext; the values stay as they are', () => {
    const values = valuesOf(10);
    const before = values.slice();
    const key = fresh();
    const run = (seed: number) =>
      encryptVectors(ring, {
        ctx,
        key: key.slice(),
        vectors: [vector('a', values)],
        random: deterministicRandom(Uint8Array.of(seed)),
      });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(values).toEqual(before);
  });

  test('the random bytes are wiped', () => {
    const drawn: Uint8Array[] = [];
    const random: Random = (length) => {
      const bytes = systemRandom(length);
      drawn.push(bytes);
      return bytes;
    };
    encryptVectors(ring, { ctx, key: fresh(), vectors: [vector('a', valuesOf(N + 5))], random });
    expect(drawn.map(({ length }) => length)).toEqual([11 * N, 11 * N]);
    for (const bytes of drawn) expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  test('a random source that gives too little is refused', () => {
    const random: Random = () => new Uint8Array(11);
    expect(() => encryptVectors(ring, { ctx, key: fresh(), vectors: [vector('a')], random })).toThrow(
      /^random: /,
    );
  });

  test.each([1.0000001, -2, NaN, Infinity, -Infinity])(
    'a coordinate of %d is OVER_CLIP, and not shown',
    (bad) => {
      const vectors = [vector('a', Float64Array.of(0, bad))];
      const attempt = () => encryptVectors(ring, { ctx, key: fresh(), vectors, random: systemRandom });
      expect(codeOf(attempt)).toBe('OVER_CLIP');
      expect(attempt).toThrow('a coordinate is not within ±1');
    },
  );
});

describe('adding up', () => {
  const length = 20_000; // three pieces
  const session = contribute(3, length);
  const [first, second, third] = session.ciphertexts as [Uint8Array, Uint8Array, Uint8Array];
  const words = ciphertextWords(ring, 'coefficients', length);

  test('is addition modulo q, in any order, in parts or at once', () => {
    const expected = [first, second, third]
      .map((packed) => wordsOf(unpackWords(ring, packed, words)))
      .reduce((a, b) => a.map((word, i) => (word + (b[i] as bigint)) % ring.modulus));
    const all = sumOf(ring, [third, first, second], 'coefficients', length);
    expect(wordsOf(all)).toEqual(expected);
    const part = sumOf(ring, [first], 'coefficients', length);
    mergeSums(ring, part, sumOf(ring, [second, third], 'coefficients', length));
    expect(equalBytes(part, all)).toBe(true);
  });

  test('works on sums that do not start at a word of their buffer', () => {
    const shifted = new Uint8Array(8 * words + 4).subarray(4);
    addCiphertext(ring, shifted, first);
    expect([...shifted.subarray(0, 800)]).toEqual([
      ...sumOf(ring, [first], 'coefficients', length).subarray(0, 800),
    ]);
  });

  test.each([0, 8191, 8192, words - 1])(
    'word %i that is q or more: MALFORMED, and the sum is as it was',
    (at) => {
      const sum = sumOf(ring, [first, second], 'coefficients', length);
      const before = sum.slice();
      // 54 bits of ones at the place of that word
      const bad = third.slice();
      for (let bit = 54 * at; bit < 54 * (at + 1); bit += 1)
        bad[bit >> 3] = (bad[bit >> 3] as number) | (1 << (bit & 7));
      expect(codeOf(() => addCiphertext(ring, sum, bad))).toBe('MALFORMED');
      expect(equalBytes(sum, before)).toBe(true);
      addCiphertext(ring, sum, third);
      expect(equalBytes(sum, sumOf(ring, [first, second, third], 'coefficients', length))).toBe(true);
    },
  );

  test('two sums of different length, a sum that is no whole words', () => {
    expect(codeOf(() => mergeSums(ring, new Uint8Array(16), new Uint8Array(24)))).toBe('MALFORMED');
    expect(() => mergeSums(ring, new Uint8Array(12), new Uint8Array(12))).toThrow(RangeError);
    const large = bytesOfWords([ring.modulus]);
    expect(codeOf(() => mergeSums(ring, new Uint8Array(8), large))).toBe('MALFORMED');
  });

  test('sizes', () => {
    expect(first.length).toBe(ciphertextBytes(ring, 'coefficients', length));
    expect(ciphertextWords(ring, 'coefficients', 0)).toBe(0);
    expect(ciphertextWords(ring, 'coefficients', 1)).toBe(N);
    expect(ciphertextWords(ring, 'coefficients', N - 2)).toBe(N);
    expect(ciphertextWords(ring, 'coefficients', N + 1)).toBe(2 * N);
    expect(ciphertextWords(ring, 'slots', 1)).toBe(N);
    expect(ciphertextWords(ring, 'slots', N / 2 + 1)).toBe(2 * N);
    expect(ciphertextBytes(ringOfDegree(4096), 'coefficients', 4096)).toBe(4096 * 7.5);
    expect(ciphertextBytes(ring, 'coefficients', N)).toBe(N * 6.75);
  });
});
