/** Both backends answer every question alike: on published vectors and on random input. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backend as node } from '../../crypto/backend/node.js';
import { backend as portable } from '../../crypto/backend/portable.js';
import { fromHex, toHex, utf8 } from '../../crypto/bytes.js';
import { onNode, onPortable } from './implementations.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test('the two copies under test really use different backends', () => {
  expect(onNode.sha256).not.toBe(onPortable.sha256);
  expect([node.name, portable.name]).toEqual(['node', 'portable']);
});

describe.each([
  ['node', node],
  ['portable', portable],
] as const)('%s: published vectors', (_name, backend) => {
  test('SHA-256, FIPS 180-4 examples, at once and in pieces', () => {
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(toHex(backend.sha256([utf8('abc')]))).toBe(expected);
    expect(toHex(backend.sha256([utf8('a'), utf8(''), utf8('bc')]))).toBe(expected);
    const hash = backend.createSha256();
    hash.update(utf8('ab'));
    hash.update(utf8('c'));
    expect(toHex(hash.digest())).toBe(expected);
    expect(toHex(backend.sha256([]))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test('HMAC-SHA256, RFC 4231 cases 1, 2 and 6', () => {
    expect(toHex(backend.hmacSha256(new Uint8Array(20).fill(0x0b), [utf8('Hi There')]))).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
    expect(toHex(backend.hmacSha256(utf8('Jefe'), [utf8('what do ya want '), utf8('for nothing?')]))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    const longKey = new Uint8Array(131).fill(0xaa);
    const message = utf8('Test Using Larger Than Block-Size Key - Hash Key First');
    expect(toHex(backend.hmacSha256(longKey, [message]))).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    );
  });

  test('AES-128-CTR, SP 800-38A F.5.1', () => {
    const key = fromHex('2b7e151628aed2a6abf7158809cf4f3c');
    const counter = fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
    const plaintext = fromHex(
      '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
        '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
    );
    const ciphertext = fromHex(
      '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff' +
        '5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee',
    );
    const stream = backend.aes128CtrKeystream(key, counter, 64);
    expect(toHex(plaintext.map((byte, i) => byte ^ (stream[i] ?? 0)))).toBe(toHex(ciphertext));
  });

  // The GCM specification's AES-256 test cases, the ones SP 800-38D implementations are checked with.
  const key16 = 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308';
  const long =
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255';
  const longSealed =
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad';
  test.each([
    ['13', '00'.repeat(32), '00'.repeat(12), '', '', '530f8afbc74536b9a963b4f1c4cb738b'],
    [
      '14',
      '00'.repeat(32),
      '00'.repeat(12),
      '',
      '00'.repeat(16),
      'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
    ],
    ['15', key16, 'cafebabefacedbaddecaf888', '', long, `${longSealed}b094dac5d93471bdec1a502270e3cc6c`],
    [
      '16',
      key16,
      'cafebabefacedbaddecaf888',
      'feedfacedeadbeeffeedfacedeadbeefabaddad2',
      long.slice(0, 120),
      `${longSealed.slice(0, 120)}76fc6ece0f4e1768cddf8853bb2d551b`,
    ],
  ])('AES-256-GCM, test case %s', (_case, key, nonce, aad, plaintext, sealed) => {
    const [k, n, a] = [fromHex(key), fromHex(nonce), fromHex(aad)];
    expect(toHex(backend.aes256GcmSeal(k, n, a, fromHex(plaintext)))).toBe(sealed);
    expect(toHex(backend.aes256GcmOpen(k, n, a, fromHex(sealed)) ?? new Uint8Array(1))).toBe(plaintext);
    const broken = fromHex(sealed);
    broken[broken.length - 1] = (broken[broken.length - 1] as number) ^ 1;
    expect(backend.aes256GcmOpen(k, n, a, broken)).toBeNull();
  });

  test('results are plain Uint8Arrays that own their memory', () => {
    const seed = new Uint8Array(32).fill(7);
    const publicKey = backend.x25519PublicKey(seed);
    const results = [
      backend.sha256([seed]),
      backend.createSha256().digest(),
      backend.hmacSha256(seed, [seed]),
      backend.aes128CtrKeystream(seed.slice(16), seed.slice(16), 40),
      backend.aes256GcmSeal(seed, seed.slice(20), seed, seed),
      publicKey,
      backend.x25519(seed)(publicKey),
      backend.ed25519PublicKey(seed),
      backend.ed25519Sign(seed, seed),
      backend.randomBytes(70_000),
    ];
    for (const result of results) {
      expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype);
      expect(result?.buffer.byteLength).toBe(result?.length);
    }
  });
});

describe('the same answers to random questions', () => {
  test('hashes and HMAC of any length, one after the other', () => {
    const ofLength = (length: number) => Uint8Array.from({ length }, (_, i) => i * 7);
    // The longest first: nothing of it may get into the next one.
    for (const length of [9000, 4097, 4096, 4095, 4033, 4032, 4031, 129, 128, 65, 64, 63, 55, 1, 0]) {
      const [whole, half] = [ofLength(length), ofLength(length >> 1)];
      for (const parts of [[whole], [half, whole.subarray(half.length)], [half, new Uint8Array(0), half]]) {
        expect(node.sha256(parts)).toEqual(portable.sha256(parts));
        for (const key of [whole.subarray(0, 200), ofLength(65), ofLength(64), ofLength(32)])
          expect(node.hmacSha256(key, parts)).toEqual(portable.hmacSha256(key, parts));
      }
    }
  });

  test('hashes, HMAC, key streams, sealing', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        bytes(32),
        fc.uint8Array({ maxLength: 90 }),
        (a, key, b) => {
          expect(node.sha256([a, b])).toEqual(portable.sha256([a, b]));
          expect(node.hmacSha256(b, [a, key])).toEqual(portable.hmacSha256(b, [a, key]));
          const [short, nonce] = [key.slice(16), key.slice(4, 16)];
          const counter = new Uint8Array(16);
          counter.set(nonce);
          expect(node.aes128CtrKeystream(short, counter, a.length)).toEqual(
            portable.aes128CtrKeystream(short, counter, a.length),
          );
          const sealed = node.aes256GcmSeal(key, nonce, b, a);
          expect(portable.aes256GcmSeal(key, nonce, b, a)).toEqual(sealed);
          expect(node.aes256GcmOpen(key, nonce, b, sealed)).toEqual(a);
          expect(portable.aes256GcmOpen(key, nonce, b, sealed)).toEqual(a);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('X25519 and Ed25519', () => {
    fc.assert(
      fc.property(bytes(32), bytes(32), fc.uint8Array({ maxLength: 80 }), (seed, other, message) => {
        expect(node.x25519PublicKey(seed)).toEqual(portable.x25519PublicKey(seed));
        // any 32 bytes are a u-coordinate, bit 255 and values from p on included
        expect(node.x25519(seed)(other)).toEqual(portable.x25519(seed)(other));
        const publicKey = node.ed25519PublicKey(seed);
        expect(portable.ed25519PublicKey(seed)).toEqual(publicKey);
        const signature = node.ed25519Sign(seed, message);
        expect(portable.ed25519Sign(seed, message)).toEqual(signature);
        expect(portable.ed25519Verify(publicKey, message, signature)).toBe(true);
        expect(node.ed25519Verify(other, message, signature)).toBe(
          portable.ed25519Verify(other, message, signature),
        );
      }),
      { numRuns: 25 },
    );
  });
});
