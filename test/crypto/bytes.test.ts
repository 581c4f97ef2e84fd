import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IS_LITTLE_ENDIAN, requireInteger } from '../../crypto/bytes.js';
import { LABEL } from '../../crypto/labels.js';
import { implementations } from './implementations.js';

const anyBytes = fc.uint8Array({ maxLength: 40 });

describe.each(implementations)('bytes (%s)', (_name, c) => {
  test('hexadecimal both ways, either case', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(c.fromHex(c.toHex(bytes))).toEqual(bytes);
        expect(c.fromHex(c.toHex(bytes).toUpperCase())).toEqual(bytes);
      }),
    );
  });

  test.each(['a', 'zz', '0x00', ' 00', '00 ', '0g', '٠٠', 'ff\n0'])('fromHex refuses %j', (text) => {
    expect(() => c.fromHex(text)).toThrow(RangeError);
  });

  test('equalBytes and compareBytes agree with each other', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(c.equalBytes(a, b)).toBe(c.compareBytes(a, b) === 0);
        expect(c.equalBytes(a, a.slice())).toBe(true);
        expect(Math.sign(c.compareBytes(a, b))).toBe(Math.sign(Buffer.compare(a, b)));
      }),
    );
    expect(c.equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(false);
    expect(() => c.equalBytes('a' as never, Uint8Array.of())).toThrow(/^a: /);
  });

  test('concatBytes copies', () => {
    const part = Uint8Array.of(1, 2);
    const joined = c.concatBytes(part, Uint8Array.of(), Uint8Array.of(3));
    expect(joined).toEqual(Uint8Array.of(1, 2, 3));
    expect(c.concatBytes(part)).not.toBe(part);
  });

  test('uint32be, utf8, isBytes, wipe', () => {
    expect(c.uint32be(0x01020304)).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(c.uint32be(0xffffffff)).toEqual(Uint8Array.of(255, 255, 255, 255));
    for (const bad of [-1, 2 ** 32]) expect(() => c.uint32be(bad)).toThrow(RangeError);
    expect(() => c.uint32be(1.5)).toThrow(TypeError);
    expect(c.utf8('é')).toEqual(Uint8Array.of(0xc3, 0xa9));
    expect(c.isBytes(new Uint8Array(3), 3)).toBe(true);
    expect(c.isBytes(new Uint8Array(3), 4)).toBe(false);
    expect(c.isBytes([1, 2, 3])).toBe(false);
    const [bytes, words] = [Uint8Array.of(1, 2), Uint32Array.of(3)];
    c.wipe(bytes, words);
    expect([...bytes, ...words]).toEqual([0, 0, 0]);
  });
});

describe.each(implementations)('random (%s)', (_name, c) => {
  test('systemRandom fills arrays longer than the platform gives at once', () => {
    const bytes = c.systemRandom(200_001);
    expect(bytes.length).toBe(200_001);
    for (let at = 0; at < bytes.length; at += 20_000) {
      expect(bytes.subarray(at, at + 32).some((byte) => byte !== 0)).toBe(true);
    }
    expect(c.systemRandom(0).length).toBe(0);
    expect(() => c.systemRandom(-1)).toThrow(/^length: /);
    expect(() => c.systemRandom(0.5)).toThrow(TypeError);
  });

  test('deterministicRandom gives one stream however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(70), { maxLength: 12 }), (lengths) => {
        const pieces = c.deterministicRandom(c.utf8('seed'));
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const whole = c.deterministicRandom(c.utf8('seed'))(total);
        expect(c.concatBytes(...lengths.map((length) => pieces(length)))).toEqual(whole);
      }),
    );
    const other = c.deterministicRandom(c.utf8('seee'));
    expect(other(32)).not.toEqual(c.deterministicRandom(c.utf8('seed'))(32));
    expect(() => c.deterministicRandom(new Uint8Array(0))).toThrow(/^seed: /);
  });
});

test('both backends make the same deterministic stream', () => {
  const [a, b] = implementations.map(([, c]) => c.deterministicRandom(c.utf8('x'))(100));
  expect(a).toEqual(b);
});

test('labels are distinct and of one form', () => {
  const labels = Object.values(LABEL);
  expect(new Set(labels).size).toBe(labels.length);
  for (const label of labels) expect(label).toMatch(/^blindsum\/v1\/[a-z0-9]+(-[a-z0-9]+)*$/);
  for (const [key, label] of Object.entries(LABEL)) {
    const words = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(label).toBe(`blindsum/v1/${words}`);
  }
});

test('requireInteger names the argument', () => {
  expect(() => requireInteger(NaN, 'threshold', 1, 2)).toThrow(/^threshold: expected an integer$/);
  expect(() => requireInteger(3, 'threshold', 1, 2)).toThrow(
    /^threshold: expected an integer from 1 to 2, got 3$/,
  );
  expect(typeof IS_LITTLE_ENDIAN).toBe('boolean');
});
