// Chunks of uploads are put together in buffers that are used again, and nobody sees in them what was somebody else's.
import { afterEach, describe, expect, test } from '@jest/globals';
import { StreamDecoder } from '@grpc/grpc-js/build/src/stream-decoder.js';
import { BufferedRequest, RequestBuffers } from '../../src/coordinator/grpc/request-buffers.js';
import { MAX_CHUNK_BYTES } from '../../src/rpc/participant-api.js';
import { fill, startWorld, type World } from './fakes.js';
import { framed, slowClient } from './helpers/slow-client.js';

const SESSION = 'ab'.repeat(32);
const LIMIT = 1000;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
/** Longer than any chunk. */
const isPooled = (memory: ArrayBufferLike | undefined): boolean =>
  (memory?.byteLength ?? 0) > MAX_CHUNK_BYTES;

const decoder = (): StreamDecoder => new StreamDecoder(10 * LIMIT);

/** What comes of `bytes` in pieces of these lengths, the last one again and again. */
function decoded(request: { write(piece: Buffer): Buffer[] }, bytes: Buffer, lengths: number[]): Buffer[] {
  const messages: Buffer[] = [];
  for (let from = 0, piece = 0; from < bytes.length; piece += 1) {
    const length = lengths[Math.min(piece, lengths.length - 1)] as number;
    messages.push(...request.write(bytes.subarray(from, from + length)));
    from += length;
  }
  return messages;
}

describe('a request that is put together in a buffer', () => {
  test.each([
    ['at once', [5000]],
    ['its head byte by byte', [1, 1, 1, 1, 1, 300]],
    ['its head with the first bytes', [7, 100]],
    ['byte by byte', [1]],
  ])('is what gRPC makes of it: %s', (_, lengths) => {
    for (const length of [0, 1, LIMIT - 1, LIMIT, LIMIT + 1, 3 * LIMIT]) {
      const bytes = Buffer.concat([framed(fill(length, 3)), framed(fill(10, 4))]);
      const request = new BufferedRequest(new RequestBuffers(1, LIMIT), decoder());
      const messages = decoded(request, bytes, lengths);
      expect(messages).toEqual(decoded(decoder(), bytes, lengths));
      expect(messages).toHaveLength(2);
    }
  });

  test('has the buffer of one that is done, and never one that is in use', () => {
    const buffers = new RequestBuffers(1, LIMIT);
    const first = new BufferedRequest(buffers, decoder());
    const [message] = first.write(framed(fill(LIMIT, 1)));
    const second = new BufferedRequest(buffers, decoder());
    const [meanwhile] = second.write(framed(fill(LIMIT, 2)));
    expect(meanwhile?.buffer).not.toBe(message?.buffer);
    expect(message).toEqual(framed(fill(LIMIT, 1)));
    second.done();
    first.done();
    first.done();
    const third = new BufferedRequest(buffers, decoder());
    const [after] = third.write(framed(fill(LIMIT, 3)));
    expect(after?.buffer).toBe(message?.buffer);
    expect(after).toEqual(framed(fill(LIMIT, 3)));
    const [fourth] = new BufferedRequest(buffers, decoder()).write(framed(fill(LIMIT, 4)));
    expect(fourth?.buffer).not.toBe(message?.buffer);
  });

  test('is handed out when all of it is there, so that nothing of an earlier one is in it', () => {
    const buffers = new RequestBuffers(1, LIMIT);
    const first = new BufferedRequest(buffers, decoder());
    first.write(framed(fill(LIMIT, 1)));
    first.done();
    const second = new BufferedRequest(buffers, decoder());
    const bytes = framed(fill(LIMIT, 2));
    expect(second.write(bytes.subarray(0, -1))).toEqual([]);
    expect(second.write(bytes.subarray(-1))).toEqual([bytes]);
  });
});

describe('over gRPC', () => {
  let world: World | undefined;
  afterEach(async () => {
    await world?.close();
    world = undefined;
  });

  test('chunk after chunk comes in the same memory, other requests in their own', async () => {
    const memory: ArrayBufferLike[] = [];
    world = await startWorld({
      putChunk: async (_id, offset, chunk) => {
        memory.push(chunk.buffer);
        return { nextOffset: offset + chunk.length };
      },
      beginUpload: async (_id, { payload }) => {
        memory.push(payload.buffer);
        return { nextOffset: 0 };
      },
    });
    const client = world.participant();
    await client.putChunk(SESSION, 0, fill(MAX_CHUNK_BYTES, 1));
    await client.putChunk(SESSION, 0, fill(100, 2));
    await client.beginUpload(SESSION, { payload: fill(100, 3), signature: fill(64, 3) });
    expect(memory[1] === memory[0]).toBe(true);
    expect(memory[2] === memory[0]).toBe(false);
    expect(isPooled(memory[0])).toBe(true);
  });

  test('what is being handled keeps its memory, whoever gives up and calls meanwhile', async () => {
    const seen: Uint8Array[] = [];
    let first: Uint8Array | null = null;
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    world = await startWorld({
      putChunk: async (_id, offset, chunk) => {
        seen.push(chunk);
        if (offset === 0) await held.then(() => (first = chunk.slice()));
        return { nextOffset: offset + chunk.length };
      },
    });
    const client = world.participant();
    const giveUp = new AbortController();
    const given = client.putChunk(SESSION, 0, fill(MAX_CHUNK_BYTES, 1), giveUp.signal);
    const refusal = given.catch((error: unknown) => error);
    while (seen.length === 0) await pause();
    giveUp.abort();
    expect(await refusal).toMatchObject({ code: 'CANCELLED' });
    for (let turn = 1; turn <= 10; turn += 1)
      await client.putChunk(SESSION, turn, fill(MAX_CHUNK_BYTES, turn + 1));
    expect(new Set(seen.map(({ buffer }) => buffer)).size).toBe(2);
    goOn();
    while (first === null) await pause();
    expect(Buffer.compare(first, fill(MAX_CHUNK_BYTES, 1))).toBe(0);
  });

  test('requests that never end take the buffers that there are, and give them back', async () => {
    let memory: ArrayBufferLike | undefined;
    world = await startWorld({
      putChunk: async (_id, offset, chunk) => {
        memory = chunk.buffer;
        return { nextOffset: offset + chunk.length };
      },
    });
    const client = world.participant();
    const send = async (): Promise<ArrayBufferLike | undefined> => {
      await client.putChunk(SESSION, 0, fill(100, 1));
      return memory;
    };
    const shared = await send();
    const slow = await slowClient(world);
    const calls = Array.from({ length: 8 }, () => slow.call('PutChunk'));
    for (const call of calls) call.send(framed(fill(MAX_CHUNK_BYTES, 2)).subarray(0, 100));
    while (isPooled(await send())) await pause();
    const [tooLong, ...cancelled] = calls;
    tooLong?.send(fill(MAX_CHUNK_BYTES + 8192, 3));
    expect(await tooLong?.ended).toBe('TOO_LARGE');
    while (!isPooled(await send())) await pause();
    for (const call of cancelled) call.cancel();
    await Promise.all(calls.map(({ closed }) => closed));
    while (!isPooled(await send())) await pause();
    expect(isPooled(shared)).toBe(true);
    slow.close();
  });
});
