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
  const counted = new Proxy(inner, {
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

  return { api: counted, bytes: () => ({ ...counts }), close: () => undefined };
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? ID_BYTES : value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), 0);
  if (typeof value !== 'object' || value === null || value instanceof AbortSignal) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item), 0);
}
