/**
 * Our own known answers, for implementations in other languages. `scripts/make-vectors.mjs` writes them, and
 * vectors.test.ts makes sure that the files say what the code does, on both backends. Byte strings are
 * lower-case hexadecimal; 32-bit integers are JSON numbers. Everything in here is public and worthless.
 */
import type * as Crypto from '../../crypto/index.js';

type CryptoModule = typeof Crypto;

export interface VectorFile {
  readonly description: string;
  readonly cases: readonly object[];
}

/** By file name. */
export function makeVectors(c: CryptoModule): Readonly<Record<string, VectorFile>> {
  return {
    'shares.json': {
      description:
        'Shamir sharing over GF(2^16), polynomial 0x1100B. A secret is 16 little-endian 16-bit symbols; ' +
        'coefficients are those of X, X^2, … in the same form; share i is the value at points[i].',
      cases: shares(c),
    },
    'packing.json': {
      description:
        'Packed vectors: coordinate i occupies bits b·i to b·i+b−1 of a little-endian bit stream; spare bits are zero.',
      cases: packing(c),
    },
    'key-derivation.json': {
      description:
        'X25519 key pairs from seeds, the agreed secret, the key of a sealed share message and the message, ' +
        'and the keys of mask streams. HKDF-SHA256 with salt ctx (empty for key pairs) and a CBOR array as info.',
      cases: keyDerivation(c),
    },
    'masks.json': {
      description:
        'AES-128-CTR with block = nonce ‖ 32-bit big-endian counter, read as little-endian 32-bit words, one per ' +
        'coordinate; and masked vectors, (base + sum of sign · stream) mod 2^bits, packed.',
      cases: masks(c),
    },
  };
}

function randomFor(c: CryptoModule, purpose: string): Crypto.Random {
  return c.deterministicRandom(c.utf8(`blindsum vectors: ${purpose}`));
}

function shares(c: CryptoModule): object[] {
  const random = randomFor(c, 'shares');
  const holders: readonly (readonly [number, readonly number[]])[] = [
    [2, [1, 2, 3]],
    [3, [1, 2, 3, 4, 5]],
    [4, [65535, 1, 256, 32768, 4660]],
    [7, Array.from({ length: 10 }, (_, i) => i + 1)],
    [67, Array.from({ length: 100 }, (_, i) => i + 1)],
  ];
  return holders.map(([threshold, points]) => {
    const secret = random(32);
    const coefficients = random(32 * (threshold - 1));
    const dealt = c.splitSecret({ secret, threshold, points, random: () => coefficients.slice() });
    return {
      threshold,
      points,
      secret: c.toHex(secret),
      coefficients: Array.from({ length: threshold - 1 }, (_, j) =>
        c.toHex(coefficients.subarray(32 * j, 32 * j + 32)),
      ),
      shares: dealt.map((share) => c.toHex(share)),
    };
  });
}

function randomWords(random: Crypto.Random, length: number, bits: number): Uint32Array {
  const view = new DataView(random(4 * length).buffer);
  return Uint32Array.from({ length }, (_, i) => view.getUint32(4 * i, true) >>> (32 - bits));
}

function packing(c: CryptoModule): object[] {
  const random = randomFor(c, 'packing');
  return [1, 2, 5, 8, 11, 16, 17, 20, 24, 29, 31, 32].map((bits) => {
    const values = randomWords(random, 13, bits);
    values[0] = 0xffffffff >>> (32 - bits);
    return { bits, values: [...values], packed: c.toHex(c.packBits(values, bits)) };
  });
}

function keyDerivation(c: CryptoModule): object[] {
  const random = randomFor(c, 'key derivation');
  const hex = (fields: Readonly<Record<string, Uint8Array | string>>) =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? value : c.toHex(value)]),
    );
  return ['weights', 'blindsum:weight', 'Größe'].map((vector) => {
    const ctx = random(32);
    const identities = [random(32), random(32)].sort((a, b) => c.compareBytes(a, b)) as [
      Uint8Array,
      Uint8Array,
    ];
    const [lowSeed, highSeed, selfSeed] = [random(32), random(32), random(32)];
    const mask = [c.maskKeyPair(lowSeed), c.maskKeyPair(highSeed)] as const;
    const share = [c.shareKeyPair(lowSeed), c.shareKeyPair(highSeed)] as const;
    const low = { identity: identities[0], publicKey: mask[0].publicKey };
    const high = { identity: identities[1], publicKey: mask[1].publicKey };
    const agreed = c.agree(mask[0].privateKey, mask[1].publicKey);
    const pairwise = c.derivePairwiseMaskKey({ agreed, ctx, vector, low, high });
    const self = c.deriveSelfMaskKey({ seed: selfSeed, ctx, vector, identity: low.identity });
    const sealing = c.deriveShareKey({
      agreed: c.agree(share[0].privateKey, share[1].publicKey),
      ctx,
      sender: low.identity,
      recipient: high.identity,
      senderKey: share[0].publicKey,
      recipientKey: share[1].publicKey,
    });
    const [aad, plaintext] = [random(20), random(50)];
    return hex({
      ctx,
      vector,
      lowIdentity: low.identity,
      highIdentity: high.identity,
      lowSeed,
      highSeed,
      lowMaskPrivateKey: mask[0].privateKey,
      lowMaskPublicKey: mask[0].publicKey,
      highMaskPublicKey: mask[1].publicKey,
      lowShareKey: share[0].publicKey,
      highShareKey: share[1].publicKey,
      agreedMaskSecret: agreed,
      pairwiseMaskKey: pairwise.key,
      pairwiseMaskNonce: pairwise.nonce,
      selfMaskSeed: selfSeed,
      lowSelfMaskKey: self.key,
      lowSelfMaskNonce: self.nonce,
      lowToHighShareKey: sealing.key,
      lowToHighShareNonce: sealing.nonce,
      aad,
      plaintext,
      sealed: c.sealShares({ ...sealing, aad, plaintext }),
    });
  });
}

function masks(c: CryptoModule): object[] {
  const random = randomFor(c, 'masks');
  const streams = [0, 1, 2, 5, 65_534, 2 ** 32 - 2, 2 ** 34 - 8].map((from) => {
    const [key, nonce, out] = [random(16), random(12), new Uint32Array(8)];
    c.fillKeystream({ key, nonce, from, out });
    return { kind: 'stream', key: c.toHex(key), nonce: c.toHex(nonce), from, words: [...out] };
  });
  const vectors = [1, 16, 20, 32].map((bits) => {
    const base = randomWords(random, 11, bits);
    const sum = base.slice();
    const used = ([1, -1, -1] as const).map((sign) => ({ key: random(16), nonce: random(12), sign }));
    const mask = new Uint32Array(base.length);
    for (const { key, nonce, sign } of used) {
      c.fillKeystream({ key, nonce, from: 0, out: mask });
      (sign === 1 ? c.addInto : c.subtractInto)(sum, mask);
    }
    c.reduceBits(sum, bits);
    return {
      kind: 'masked vector',
      bits,
      base: [...base],
      streams: used.map(({ key, nonce, sign }) => ({ key: c.toHex(key), nonce: c.toHex(nonce), sign })),
      packed: c.toHex(c.packBits(sum, bits)),
    };
  });
  return [...streams, ...vectors];
}
