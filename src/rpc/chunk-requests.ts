/**
 * The requests that carry an upload, written into memory that the next one uses again: gRPC copies each into a frame of its
 * own, so that a request of a megabyte would be garbage as soon as it was made.
 */
import type { ParticipantServiceDefinition } from './generated/blindsum/v1/ParticipantService.js';

type PutChunk = ParticipantServiceDefinition['PutChunk'];
type Request = Parameters<PutChunk['requestSerialize']>[0];

/** Protobuf's field 3, of bytes: `PutChunkRequest.chunk`. */
const CHUNK_TAG = 0x1a;
/** The tag, and the length of a chunk. */
const MOST_HEAD_BYTES = 6;

export class ChunkRequests {
  readonly #method: PutChunk;
  #idle: Buffer | null = null;

  constructor(method: PutChunk) {
    this.#method = method;
  }

  /** @param call sends one request by the method that it is given; its memory is used again once the call is over */
  async send<T>(chunk: Uint8Array, call: (method: PutChunk) => Promise<T>): Promise<T> {
    let memory = this.#idle;
    this.#idle = null;
    const requestSerialize = (request: Request): Buffer => {
      const head = this.#method.requestSerialize(request);
      const most = head.length + MOST_HEAD_BYTES + chunk.length;
      if (memory === null || memory.length < most) memory = Buffer.allocUnsafeSlow(most);
      return memory.subarray(0, write(memory, head, chunk));
    };
    try {
      return await call({ ...this.#method, requestSerialize });
    } finally {
      this.#idle = memory;
    }
  }
}

/** @returns bytes of the request */
function write(memory: Buffer, head: Uint8Array, chunk: Uint8Array): number {
  memory.set(head);
  let at = head.length;
  memory[at] = CHUNK_TAG;
  at += 1;
  let length = chunk.length;
  for (; length > 127; length >>>= 7, at += 1) memory[at] = (length & 127) | 128;
  memory[at] = length;
  memory.set(chunk, at + 1);
  return at + 1 + chunk.length;
}
