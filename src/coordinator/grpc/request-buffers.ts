/**
 * Where the chunks of uploads are put together. gRPC keeps the pieces of a message until it is whole and then copies them into
 * a new buffer: with each chunk two megabytes outside the heap, for which garbage is collected again and again. Here each piece
 * is copied as it comes, into a buffer that later chunks use again.
 *
 * Security: there are only so many buffers, for all callers together: requests that begin and never end take no more memory
 * than these, and who finds none is served as gRPC does. A message is handed out only when all of it was written over what the
 * buffer held before.
 */

import { requestLimits } from '../../rpc/limits.js';

/** Of these many callers the chunks come in without garbage at a time. */
const BUFFERS = 8;
const CHUNK = '/PutChunk';

/** Whether this is the path of calls that these buffers are for. */
export const isChunk = (path: string): boolean => path.endsWith(CHUNK);

/** Before each message: whether it is compressed, and its length. */
const HEAD_BYTES = 5;

/** What grpc-js puts the messages of a call together with. */
export interface Decoder {
  /** @returns the messages that have become whole, each with its head @throws Error when one is too long */
  write(piece: Buffer): Buffer[];
}

export class RequestBuffers {
  readonly #bytes: number;
  readonly #idle: Buffer[] = [];
  #unmade: number;

  /** @param count at most @param messageBytes longest message that has room in one */
  constructor(count = BUFFERS, messageBytes = requestLimits(CHUNK).bytes) {
    this.#bytes = HEAD_BYTES + messageBytes;
    this.#unmade = count;
  }

  /** Null when all are in use. */
  take(): Buffer | null {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#unmade === 0) return null;
    this.#unmade -= 1;
    return Buffer.allocUnsafeSlow(this.#bytes);
  }

  give(buffer: Buffer): void {
    this.#idle.push(buffer);
  }

  /** @param messageBytes without its head */
  hasRoom(messageBytes: number): boolean {
    return HEAD_BYTES + messageBytes <= this.#bytes;
  }
}

/** Puts the first message of one call together; there is no second one in a unary call. */
export class BufferedRequest implements Decoder {
  readonly #buffers: RequestBuffers;
  /** For what has no buffer. */
  readonly #rest: Decoder;
  #head = Buffer.alloc(0);
  #buffer: Buffer | null = null;
  #filled = 0;
  #isPassingOn = false;

  constructor(buffers: RequestBuffers, rest: Decoder) {
    this.#buffers = buffers;
    this.#rest = rest;
  }

  write(piece: Buffer): Buffer[] {
    if (this.#isPassingOn) return this.#rest.write(piece);
    return this.#buffer === null ? this.#begin(piece) : this.#fill(this.#buffer, piece);
  }

  /** Nobody reads the message any more, or ever will. Again does nothing. */
  done(): void {
    if (this.#buffer !== null) this.#buffers.give(this.#buffer);
    this.#buffer = null;
    this.#isPassingOn = true;
  }

  #begin(piece: Buffer): Buffer[] {
    const lacking = HEAD_BYTES - this.#head.length;
    this.#head = Buffer.concat([this.#head, piece.subarray(0, lacking)]);
    if (this.#head.length < HEAD_BYTES) return [];
    if (this.#buffers.hasRoom(this.#messageBytes)) this.#buffer = this.#buffers.take();
    if (this.#buffer !== null) {
      this.#filled = this.#head.copy(this.#buffer);
      return this.#fill(this.#buffer, piece.subarray(lacking));
    }
    this.#isPassingOn = true;
    return [...this.#rest.write(this.#head), ...this.#rest.write(piece.subarray(lacking))];
  }

  #fill(buffer: Buffer, piece: Buffer): Buffer[] {
    const total = HEAD_BYTES + this.#messageBytes;
    const taken = piece.copy(buffer, this.#filled, 0, total - this.#filled);
    this.#filled += taken;
    if (this.#filled < total) return [];
    this.#isPassingOn = true;
    return [buffer.subarray(0, total), ...this.#rest.write(piece.subarray(taken))];
  }

  get #messageBytes(): number {
    return this.#head.readUInt32BE(1);
  }
}
