/** The detector itself: finds what is there, wherever it is, and nothing else. */
import { describe, expect, test } from '@jest/globals';
import { concatBytes, utf8 } from '../../crypto/bytes.js';
import { packBits } from '../../crypto/masked-vector.js';
import { deterministicRandom } from '../../crypto/random.js';
import { numberForms, textForms, vectorForms } from './representations.js';
import { WindowIndex } from './window-index.js';

const random = deterministicRandom(utf8('window index'));
const words = (length: number, bits: number): Uint32Array => {
  const view = new DataView(random(length * 4).buffer);
  return Uint32Array.from({ length }, (_, index) => view.getUint32(4 * index, true) >>> (32 - bits));
};

const indexOf = (forms: readonly { form: string; bytes: Uint8Array }[]): WindowIndex => {
  const index = new WindowIndex();
  for (const { form, bytes } of forms) index.add(form, bytes);
  return index;
};

describe('WindowIndex', () => {
  test('finds one window of a long pattern anywhere in noise, and says where', () => {
    const pattern = random(5000);
    const index = new WindowIndex().add('secret', pattern);
    for (const [from, before] of [
      [0, 0],
      [1234, 1],
      [4984, 7777],
    ] as const) {
      const recording = concatBytes(random(before), pattern.subarray(from, from + 16), random(500));
      expect(index.find(recording)).toEqual([{ label: 'secret', at: before, patternAt: from }]);
    }
  });

  test('15 bytes of a pattern are not enough; noise has no hits', () => {
    const pattern = random(5000);
    const index = new WindowIndex().add('secret', pattern);
    const recording = concatBytes(random(100), pattern.subarray(40, 55), random(200_000));
    // One byte that goes on as the pattern does would make it 16.
    recording[115] = (pattern[55] as number) ^ 1;
    recording[99] = (pattern[39] as number) ^ 1;
    expect(index.find(recording)).toEqual([]);
  });

  test('a window of equal bytes is no evidence', () => {
    expect(new WindowIndex().add('zeros', new Uint8Array(64)).find(new Uint8Array(1000))).toEqual([]);
  });
});

describe('forms of a vector', () => {
  test.each([5, 13, 20, 24, 32])('%d bits: found after any number of coordinates before it', (bits) => {
    const values = words(200, bits);
    const index = indexOf(vectorForms(values, bits));
    for (let before = 0; before < 8; before += 1) {
      const all = new Uint32Array(before + values.length + 3);
      all.set(words(before, bits));
      all.set(values, before);
      expect(index.find(packBits(all, bits))).not.toEqual([]);
      // Also the rest of the vector from any coordinate on.
      expect(index.find(packBits(values.subarray(before), bits))).not.toEqual([]);
    }
    expect(index.find(new Uint8Array(values.buffer)).map(({ label }) => label)).toContain(
      'u32 little-endian',
    );
  });

  test('plain values as floats', () => {
    const values = Array.from(words(20, 24), (value) => value / 1024);
    const index = indexOf(numberForms(values));
    expect(index.find(new Uint8Array(Float64Array.from(values).buffer))).toHaveLength(1);
    expect(index.find(new Uint8Array(Float32Array.from(values).buffer))).toHaveLength(1);
  });
});

test('a key in a log line is found in any spelling', () => {
  const key = random(32);
  const index = indexOf(textForms(key));
  const buffer = Buffer.from(key);
  const lines = [
    JSON.stringify({ msg: 'x', key: buffer.toString('hex') }),
    JSON.stringify({ key: buffer.toString('base64') }),
    JSON.stringify({ packet: Buffer.concat([random(4), buffer, random(3)]).toString('base64') }),
    JSON.stringify({ packet: Buffer.concat([random(5), buffer, random(3)]).toString('base64url') }),
    JSON.stringify({ key: [...key] }),
    JSON.stringify(buffer),
  ];
  for (const line of lines) expect(index.find(new Uint8Array(Buffer.from(line)))).not.toEqual([]);
});
