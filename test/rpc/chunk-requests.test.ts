// What carries a chunk is what protobuf makes of it, written into memory that is used again when the call is over.
import { expect, test } from '@jest/globals';
import { ChunkRequests } from '../../src/rpc/chunk-requests.js';
import { MAX_CHUNK_BYTES } from '../../src/rpc/participant-api.js';
import { loadProtos } from '../../src/rpc/protos.js';
import { fill } from './fakes.js';

const { PutChunk } = loadProtos().participant;
const sessionId = fill(32, 9);

test.each([0, 1, 127, 128, 16_383, 16_384, MAX_CHUNK_BYTES])('a chunk of %i bytes', async (length) => {
  const requests = new ChunkRequests(PutChunk);
  for (const offset of [0, 4_000_000, 2 ** 40]) {
    const chunk = fill(length, offset % 7);
    const bytes = await requests.send(chunk, async (method) =>
      Buffer.from(method.requestSerialize({ sessionId, offset })),
    );
    expect(bytes.equals(PutChunk.requestSerialize({ sessionId, offset, chunk }))).toBe(true);
  }
});

test('calls after each other share memory, calls at once do not, and a call that fails gives it back', async () => {
  const requests = new ChunkRequests(PutChunk);
  const send = (seed: number, meanwhile: () => Promise<unknown>): Promise<ArrayBufferLike> =>
    requests.send(fill(1000, seed), async (method) => {
      const bytes = method.requestSerialize({ sessionId, offset: 0 });
      const before = Buffer.from(bytes);
      await meanwhile();
      expect(bytes.equals(before)).toBe(true);
      return bytes.buffer;
    });
  const nothing = async (): Promise<void> => undefined;
  const first = await send(1, nothing);
  expect((await send(2, nothing)) === first).toBe(true);
  let other: ArrayBufferLike | undefined;
  await send(3, async () => (other = await send(4, nothing)));
  expect(other === first).toBe(false);
  const failed = send(5, () => Promise.reject(new Error('lost')));
  await expect(failed).rejects.toThrow('lost');
  expect((await send(6, nothing)) === first).toBe(true);
});
