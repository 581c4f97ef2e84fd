/**
 * CBOR sequences (RFC 8742) of byte strings, the form of transcripts, logs and escrow (PROTOCOL §12.5, §12.6). Read as they
 * come, whatever the pieces: no more than one item is held at a time. Attacker-controlled.
 */
import { concatBytes } from '../../../crypto/bytes.js';

/** Longest item: what a coordinator can send in one message. */
const MAX_ITEM_BYTES = 64 * 2 ** 20;
const BYTE_STRING = 2;

export interface SequenceProblem {
  /** 0-based; of the item that cannot be read. Nothing after it is. */
  readonly item: number;
  readonly why: string;
}

/** The bytes of each item, without their head. */
export async function* readSequence(
  chunks: AsyncIterable<Uint8Array>,
  onProblem: (problem: SequenceProblem) => void,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  let item = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    for (;;) {
      const head = readHead(held);
      if (head === null) break;
      if ('why' in head) return onProblem({ item, why: head.why });
      const end = head.bytes + head.length;
      if (size < end) break;
      const bytes = held.length === 1 ? (held[0] as Uint8Array) : concatBytes(...held);
      yield bytes.slice(head.bytes, end);
      held = end === bytes.length ? [] : [bytes.subarray(end)];
      size -= end;
      item += 1;
    }
  }
  if (size > 0) onProblem({ item, why: 'it ends too early' });
}

/** Of the first item; null: not all of it is there yet. */
function readHead(held: readonly Uint8Array[]): { bytes: number; length: number } | { why: string } | null {
  const first = at(held, 0);
  if (first === null) return null;
  if (first >>> 5 !== BYTE_STRING) return { why: 'it is no CBOR byte string' };
  const additional = first & 31;
  if (additional < 24) return { bytes: 1, length: additional };
  if (additional > 27) return { why: 'it is a byte string without a definite length' };
  const width = 1 << (additional - 24);
  let length = 0;
  for (let index = 1; index <= width; index += 1) {
    const byte = at(held, index);
    if (byte === null) return null;
    length = length * 256 + byte;
  }
  const least = width === 1 ? 24 : 256 ** (width / 2);
  if (length < least) return { why: 'its length is not written in the shortest form' };
  if (length > MAX_ITEM_BYTES) return { why: `it has more than ${MAX_ITEM_BYTES} bytes` };
  return { bytes: 1 + width, length };
}

function at(held: readonly Uint8Array[], index: number): number | null {
  let before = 0;
  for (const chunk of held) {
    if (index < before + chunk.length) return chunk[index - before] as number;
    before += chunk.length;
  }
  return null;
}
