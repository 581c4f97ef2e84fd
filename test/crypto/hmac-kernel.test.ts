/** HMAC-SHA256 of the kernel, as node:crypto computes it, at every length where a block ends. */
import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromHex, toHex, utf8 } from '../../crypto/bytes.js';
import { MAX_KEY_BYTES, MAX_MESSAGE_BYTES, shortHmac } from '../../crypto/hmac-kernel/hmac.js';
import { wipedBy } from '../helpers/wiped.js';

const expected = (key: Uint8Array, message: Uint8Array): string =>
  createHmac('sha256', key).update(message).digest('hex');

test.each([
  ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    toHex(utf8('Jefe')),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
])('RFC 4231: key %s', (key, message, mac) => {
  expect(toHex(shortHmac(fromHex(key), [utf8(message)]))).toBe(mac);
});

test('every length of a key, and every length of a message around the ends of blocks', () => {
  const bytes = Uint8Array.from({ length: MAX_MESSAGE_BYTES }, (_, at) => (at * 7 + 3) & 255);
  for (let length = 0; length <= MAX_KEY_BYTES; length += 1) {
    const key = bytes.subarray(0, length);
    expect(toHex(shortHmac(key, [bytes.subarray(0, 40)]))).toBe(expected(key, bytes.subarray(0, 40)));
  }
  const key = bytes.subarray(0, 32);
  const lengths = [...Array(200).keys(), 4030, 4031, 4032, 4033, MAX_MESSAGE_BYTES - 1, MAX_MESSAGE_BYTES];
  for (const length of lengths) {
    const message = bytes.subarray(0, length);
    expect(toHex(shortHmac(key, [message]))).toBe(expected(key, message));
  }
});

test('parts are one message, whatever came before', () => {
  const part = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: MAX_KEY_BYTES }),
      fc.array(part, { maxLength: 5 }),
      (key, parts) => {
        expect(toHex(shortHmac(key, parts))).toBe(expected(key, Buffer.concat(parts)));
      },
    ),
  );
});

test('refuses a longer key or message, and keeps nothing of what it was given', () => {
  const key = new Uint8Array(MAX_KEY_BYTES + 1).fill(7);
  expect(() => shortHmac(key, [])).toThrow(RangeError);
  const parts = [new Uint8Array(MAX_MESSAGE_BYTES).fill(9), Uint8Array.of(1)];
  const wiped = wipedBy(() => expect(() => shortHmac(key.subarray(0, 32), parts)).toThrow(RangeError));
  expect(
    wiped.filter((bytes) => bytes.includes('07'.repeat(32)) && bytes.includes('09'.repeat(4096))),
  ).toHaveLength(1);
  expect(toHex(shortHmac(key.subarray(0, 32), []))).toBe(expected(key.subarray(0, 32), new Uint8Array()));
});
