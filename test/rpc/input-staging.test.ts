// Inputs that arrive in chunks: resumed, lost, wrong, too many.
import { expect, test } from '@jest/globals';
import { InputStaging } from '../../src/coordinator/grpc/input-staging.js';
import { inputHash } from '../../src/protocol/statements.js';
import { fill } from './fakes.js';

const BLOB = fill(1000, 1);
const part = (offset: number, length: number, blob = BLOB) => ({
  digest: inputHash(blob),
  totalBytes: blob.length,
  offset,
  chunk: blob.subarray(offset, offset + length),
});
const refused = (code: string) => expect.objectContaining({ code });

test('chunks in order make the input; a repeated or lost chunk tells where to go on', () => {
  const staging = new InputStaging(5000);
  expect(staging.put(part(0, 400))).toEqual({ nextOffset: 400 });
  expect(staging.put(part(0, 400))).toEqual({ nextOffset: 400 });
  expect(staging.put(part(700, 300))).toEqual({ nextOffset: 400 });
  expect(staging.put(part(400, 600))).toEqual({ blob: BLOB });
  // What is handed on is forgotten here: a second upload begins again.
  expect(staging.put(part(400, 600))).toEqual({ nextOffset: 0 });
});

test('a node without the bytes answers 0', () => {
  expect(new InputStaging(5000).put(part(400, 600))).toEqual({ nextOffset: 0 });
});

test('refusals', () => {
  const staging = new InputStaging(1000);
  const wrong = { ...part(0, 1000), digest: fill(32, 9) };
  expect(() => staging.put(wrong)).toThrow(refused('DIGEST_MISMATCH'));
  expect(() => staging.put({ ...part(0, 10), totalBytes: 1001 })).toThrow(refused('TOO_LARGE'));
  expect(() => staging.put({ ...part(0, 10), totalBytes: 5 })).toThrow(refused('MALFORMED'));
  expect(() => staging.put({ ...part(0, 10), digest: fill(31, 1) })).toThrow(refused('MALFORMED'));
});

test('all together are no longer than the longest', () => {
  const staging = new InputStaging(1500);
  staging.put(part(0, 10));
  const second = part(0, 10, fill(600, 2));
  expect(() => staging.put(second)).toThrow(refused('OVERLOADED'));
  expect(() => staging.put(part(0, 10, fill(1501, 3)))).toThrow(refused('TOO_LARGE'));
  staging.put(part(0, 10, fill(500, 4)));
  staging.put(part(10, 990));
  expect(staging.put(second)).toEqual({ nextOffset: 10 });
});

test('what is refused keeps no place', () => {
  const staging = new InputStaging(5000);
  for (let i = 0; i < 10; i += 1) {
    const tooLong = { ...part(0, 10, fill(1000, i)), totalBytes: 5 };
    expect(() => staging.put(tooLong)).toThrow(refused('MALFORMED'));
  }
  expect(staging.put(part(0, 10))).toEqual({ nextOffset: 10 });
});

test('four at a time; those left alone for ten minutes make room', () => {
  let now = 0;
  const staging = new InputStaging(5000, () => now);
  for (let i = 0; i < 4; i += 1) staging.put(part(0, 10, fill(1000, i)));
  const fifth = part(0, 10, fill(1000, 5));
  expect(() => staging.put(fifth)).toThrow(refused('OVERLOADED'));
  now += 10 * 60_000 + 1;
  expect(staging.put(fifth)).toEqual({ nextOffset: 10 });
});

test('a clock that is set forward does not make it ten minutes', () => {
  const wallNow = Date.now;
  let setMs = 0;
  Date.now = () => wallNow() + setMs;
  try {
    const staging = new InputStaging(5000);
    staging.put(part(0, 400));
    setMs = 3_600_000;
    staging.put(part(0, 10, fill(1000, 2)));
    expect(staging.put(part(400, 600))).toEqual({ blob: BLOB });
  } finally {
    Date.now = wallNow;
  }
});
