/** Every decoder under changed bytes of valid inputs (attacks C1, C14). The corpus keeps what ever failed. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeFiles } from './decoders/client.js';
import { DECODERS, warmUp } from './decoders/index.js';
import { CODECS } from './decoders/messages.js';
import { bombard, corpusOf, decodeOnce, type Decoder } from './harness.js';

beforeAll(warmUp);
afterAll(removeFiles);

describe.each(DECODERS)('$folder', (decoder) => {
  test('the corpus is read or refused as its names say', async () => {
    for (const { name, bytes } of corpusOf(decoder)) {
      expect([name, await decodeOnce(decoder, bytes, name)]).toEqual([name, name.startsWith('valid-')]);
    }
  });

  test('changed bytes are read as what they are, or refused with a code', async () => {
    const { read, refused } = await bombard(decoder, { single: 120, mixed: 40, seed: 3 });
    expect(read + refused).toBeGreaterThan(150);
    expect(refused).toBeGreaterThan(80);
  });
});

test('every kind of payload has a seed in the corpus', () => {
  const payload = DECODERS.find(({ folder }) => folder === 'payload') as Decoder;
  const names = corpusOf(payload).map(({ name }) => name);
  const without = CODECS.map(({ label }) => label.split('/').at(-1) as string).filter(
    (kind) => !names.some((name) => name.startsWith(`valid-${kind}`)),
  );
  expect(without).toEqual([]);
  expect(CODECS.length).toBeGreaterThan(13);
});

describe('a decoder that', () => {
  const first = (check: Decoder['check']): Promise<boolean> =>
    decodeOnce({ folder: 'payload', codes: ['MALFORMED'], check }, Uint8Array.of(1, 2, 3));

  test('throws what is no refusal is caught', async () => {
    await expect(first((bytes) => (bytes[9] as unknown as string).length)).rejects.toThrow(/not a refusal/);
  });

  test('believes a length is caught', async () => {
    await expect(first(() => new Uint8Array(2 ** 28).length)).rejects.toThrow(/bytes of memory/);
  });

  test('works for too long is caught', async () => {
    const busy = (): void => {
      const started = process.cpuUsage();
      const work = (): number => {
        const { user, system } = process.cpuUsage(started);
        return user + system;
      };
      while (work() < 1_000_100);
    };
    await expect(first(busy)).rejects.toThrow(/ms of work/);
  });
});
