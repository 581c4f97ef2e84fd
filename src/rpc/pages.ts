/**
 * Long replies as streams: lists in pages, blobs in chunks, so that no message nears the 4 MiB that gRPC programs take
 * by default. A page has the fields of the reply; the single ones are set in the first page, the lists continue.
 */
import { BlindsumError } from '../protocol/errors.js';
import { BLOB_CHUNK_BYTES, PAGE_BYTES } from './limits.js';

type Lists<P> = { readonly [K in keyof P]?: P[K] extends readonly unknown[] | undefined ? P[K] : never };

/**
 * @param head the single fields
 * @param lists the list fields, in the order in which they are to be sent
 * @returns at least one page
 */
export function* pages<P extends object>(head: P, lists: Lists<NoInfer<P>>): Generator<P> {
  let page = { ...head } as Record<string, unknown>;
  let size = wireSize(head);
  for (const [field, items] of Object.entries(lists) as [string, readonly unknown[]][]) {
    for (const item of items) {
      const itemSize = wireSize(item);
      if (size > 0 && size + itemSize > PAGE_BYTES) {
        yield page as P;
        page = {};
        size = 0;
      }
      ((page[field] ??= []) as unknown[]).push(item);
      size += itemSize;
    }
  }
  yield page as P;
}

/** Items that come one by one, as many at a time as make a page. */
export async function* batches(items: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let size = 0;
  for await (const item of items) {
    if (size > 0 && size + item.length > PAGE_BYTES) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(item);
    size += wireSize(item);
  }
  if (batch.length > 0) yield batch;
}

/** Sets `more` on all pages but the last, for streams that carry several paged replies. */
export function* chained<P extends { more?: boolean }>(parts: Iterable<P>): Generator<P> {
  let held: P | undefined;
  for (const part of parts) {
    if (held !== undefined) yield { ...held, more: true };
    held = part;
  }
  if (held !== undefined) yield { ...held, more: false };
}

/** The pages of one reply as one page. @throws BlindsumError MALFORMED when there is none */
export async function merged<P extends object>(stream: AsyncIterable<P>): Promise<P> {
  let whole: P | undefined;
  for await (const page of stream) whole = whole === undefined ? page : append(whole, page);
  if (whole === undefined) throw new BlindsumError('MALFORMED', 'peer', 'the reply is empty');
  return whole;
}

/**
 * The replies of a stream of several.
 * @param signal what ends the stream when the reader has had enough, wherever it is
 * @throws BlindsumError MALFORMED when the stream ends within a reply
 */
export async function* mergedEach<P extends { more: boolean }>(
  stream: AsyncIterable<P>,
  signal?: AbortSignal,
): AsyncGenerator<P> {
  let whole: P | undefined;
  for await (const page of stream) {
    whole = whole === undefined ? page : append(whole, page);
    if (page.more) continue;
    yield whole;
    whole = undefined;
  }
  if (whole !== undefined && signal?.aborted !== true) {
    throw new BlindsumError('MALFORMED', 'peer', 'the stream ends within a reply');
  }
}

function append<P extends object>(whole: P, page: P): P {
  for (const [field, items] of Object.entries(page)) {
    if (!Array.isArray(items)) continue;
    const target = (whole as Record<string, unknown>)[field] as unknown[];
    for (const item of items as unknown[]) target.push(item);
  }
  return whole;
}

/** About the bytes a value takes on the wire. */
function wireSize(value: unknown): number {
  if (value instanceof Uint8Array) return value.length + 4;
  if (typeof value === 'string') return value.length + 4;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + wireSize(item), 0);
  if (typeof value === 'object' && value !== null) return wireSize(Object.values(value)) + 4;
  return 8;
}

export interface ChunkMessage {
  totalBytes?: number;
  chunk?: Uint8Array;
}

/** At least one chunk; the first one tells the length. */
export function* blobChunks(blob: Uint8Array): Generator<ChunkMessage> {
  yield { totalBytes: blob.length, chunk: blob.subarray(0, BLOB_CHUNK_BYTES) };
  for (let offset = BLOB_CHUNK_BYTES; offset < blob.length; offset += BLOB_CHUNK_BYTES) {
    yield { chunk: blob.subarray(offset, offset + BLOB_CHUNK_BYTES) };
  }
}

/** Puts a blob together again, which never becomes longer than `maxBytes` whatever the sender says. */
export class BlobCollector {
  private blob: Uint8Array | undefined;
  private filled = 0;

  constructor(private readonly maxBytes: number) {}

  add(totalBytes: number, chunk: Uint8Array): void {
    if (this.blob === undefined) {
      if (!(totalBytes <= this.maxBytes)) {
        throw new BlindsumError(
          'TOO_LARGE',
          'peer',
          `a blob of ${totalBytes} bytes, more than ${this.maxBytes}`,
        );
      }
      this.blob = new Uint8Array(totalBytes);
    }
    if (chunk.length > this.blob.length - this.filled) {
      throw new BlindsumError('MALFORMED', 'peer', 'a blob is longer than it says');
    }
    this.blob.set(chunk, this.filled);
    this.filled += chunk.length;
  }

  finish(): Uint8Array {
    if (this.blob === undefined || this.filled !== this.blob.length) {
      throw new BlindsumError('MALFORMED', 'peer', 'a blob is shorter than it says');
    }
    return this.blob;
  }
}

export async function collectBlob(
  stream: AsyncIterable<{ totalBytes: number; chunk: Uint8Array }>,
  maxBytes: number,
): Promise<Uint8Array> {
  const collector = new BlobCollector(maxBytes);
  for await (const { totalBytes, chunk } of stream) collector.add(totalBytes, chunk);
  return collector.finish();
}
