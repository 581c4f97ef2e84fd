/**
 * How ciphertexts travel: the words of a vector without gaps, `modulusBits` each, lowest bit first (60 bits: 7.5 bytes
 * a word; 54: 6.75), the last byte filled with zeros. One sequence of words has one packed form.
 *
 * Security: input is attacker-controlled. Its length is compared with the only one possible before anything else, and
 * every word with q; nothing is allocated by what it says, and none of it reaches SEAL.
 */
import { requireBytes } from '../bytes.js';
import { CkksError } from './errors.js';
import { useKernel } from './kernel.js';
import { packedBytes, WORD_BYTES, type Ring } from './ring.js';

/** Words at a time: 64 KiB, and whole bytes when packed. */
export const PIECE_WORDS = 8192;
const PIECE_BYTES = WORD_BYTES * PIECE_WORDS;

/** @param words each below q, 8 bytes little-endian */
export function packWords(ring: Ring, words: Uint8Array): Uint8Array {
  if (!isReduced(ring, words)) throw new RangeError('words: expected words below the modulus');
  const packed = new Uint8Array(packedBytes(ring, wholeWords(words)));
  const pieceBytes = packedBytes(ring, PIECE_WORDS);
  useKernel(ring, [PIECE_BYTES, pieceBytes], (kernel, from, to) => {
    for (let at = 0, end = 0; at < words.length; at += PIECE_BYTES, end += pieceBytes) {
      const piece = words.subarray(at, at + PIECE_BYTES);
      kernel.write(from, piece);
      kernel.pack(to, from, piece.length / WORD_BYTES, ring.modulusBits);
      kernel.readInto(to, packed.subarray(end, end + pieceBytes));
    }
  });
  return packed;
}

/**
 * The words, 8 bytes little-endian each.
 * @param count words expected
 * @throws CkksError MALFORMED for another length, a word that is q or more, or spare bits that are not 0
 */
export function unpackWords(ring: Ring, packed: Uint8Array, count: number): Uint8Array {
  requirePacked(ring, packed, count);
  const words = new Uint8Array(WORD_BYTES * count);
  const pieceBytes = packedBytes(ring, PIECE_WORDS);
  useKernel(ring, [PIECE_BYTES, pieceBytes], (kernel, to, from) => {
    for (let at = 0, end = 0; at < words.length; at += PIECE_BYTES, end += pieceBytes) {
      const piece = words.subarray(at, at + PIECE_BYTES);
      kernel.write(from, packed.subarray(end, end + pieceBytes));
      kernel.write(to, piece); // zeros
      if (kernel.addPacked(to, from, piece.length / WORD_BYTES, ring.modulusBits) !== 0) {
        throw wordTooLarge('a ciphertext');
      } // check: B2
      kernel.readInto(to, piece);
    }
  });
  return words;
}

/**
 * The one length, and zeros in the spare bits. The words themselves are not looked at.
 * @throws CkksError MALFORMED
 */
export function requirePacked(ring: Ring, packed: Uint8Array, count: number): void {
  requireBytes(packed, 'packed');
  if (packed.length !== packedBytes(ring, count)) {
    throw new CkksError(
      'MALFORMED',
      `a ciphertext has ${packed.length} bytes instead of ${packedBytes(ring, count)}`,
    );
  } // check: B2
  const used = (count * ring.modulusBits) % 8;
  if (used !== 0 && (packed[packed.length - 1] as number) >> used !== 0) {
    throw new CkksError('MALFORMED', 'a ciphertext has bits beyond its last word');
  } // check: B2
}

/** Whether all words, 8 bytes each, are below q. */
export function isReduced(ring: Ring, words: Uint8Array): boolean {
  const count = wholeWords(words);
  return useKernel(ring, [PIECE_BYTES, PIECE_BYTES], (kernel, sum, at) => {
    for (let from = 0; from < count; from += PIECE_WORDS) {
      const piece = words.subarray(WORD_BYTES * from, WORD_BYTES * (from + PIECE_WORDS));
      kernel.write(at, piece);
      // Added to zeros that are themselves overwritten: only the answer counts.
      if (kernel.add(sum, at, piece.length / WORD_BYTES) !== 0) return false;
    }
    return true;
  });
}

export const wordTooLarge = (what: string): CkksError =>
  new CkksError('MALFORMED', `${what} has a word that is not below the modulus`);

function wholeWords(words: Uint8Array): number {
  requireBytes(words, 'words');
  if (words.length % WORD_BYTES !== 0) throw new RangeError('words: expected 8 bytes each');
  return words.length / WORD_BYTES;
}
