/**
 * Counts what would travel: the byte strings in every argument and reply of a participant's calls. Without protobuf's
 * framing, which adds a few bytes to each; ids are counted as their 32 bytes.
 */
import type { ParticipantApi } from '../../rpc/participant-api.js';

const ID_BYTES = 32;

export interface Connection {
  readonly api: ParticipantApi;
  /** Sent and received by this participant. */
  bytes(): { readonly up: number; readonly down: number };
  close(): void;
}

export function countedBytes(inner: ParticipantApi): Connection {
  const counts = { up: 0, down: 0 };
  const api = new Proxy(inner, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        counts.up += sizeOf(args);
        const reply: unknown = Reflect.apply(method, target, args);
        return isIterable(reply) ? countedStream(reply) : countedReply(reply as Promise<unknown>);
      };
    },
  });

  async function countedReply(reply: Promise<unknown>): Promise<unknown> {
    const value = await reply;
    counts.down += sizeOf(value);
    return value;
  }

  async function* countedStream(stream: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const value of stream) {
      counts.down += sizeOf(value);
      yield value;
    }
  }

  return { api, bytes: () => ({ ...counts }), close: () => undefined };
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** A list this long is a roster or an electorate, the same entries for everybody: each is counted once. */
const LONG = 500;
const counted = new WeakMap<object, number>();
const HEX = /^[0-9a-f]*$/;

function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === 'string') return value.length === 64 && HEX.test(value) ? ID_BYTES : value.length;
  if (Array.isArray(value)) return sumOf(value, value.length < LONG ? sizeOf : sizeOnce);
  if (typeof value !== 'object' || value === null || value instanceof AbortSignal) return 0;
  let sum = 0;
  for (const name in value) sum += sizeOf(value[name as keyof typeof value]);
  return sum;
}

function sizeOnce(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return sizeOf(value);
  const known = counted.get(value);
  if (known !== undefined) return known;
  const size = sizeOf(value);
  counted.set(value, size);
  return size;
}

function sumOf(values: readonly unknown[], size: (value: unknown) => number): number {
  let sum = 0;
  for (const value of values) sum += size(value);
  return sum;
}
