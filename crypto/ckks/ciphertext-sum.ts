/**
 * The coordinator's part before the opening: it adds ciphertexts up, word by word modulo q. A sum is kept as words of
 * 8 bytes, little-endian, and starts as zeros.
 *
 * Security: ciphertexts are attacker-controlled; one with a word that is q or more leaves the sum as it was. Neither
 * time nor memory depends on what the words are.
 */
import { requireBytes } from '../bytes.js';
import { PIECE_WORDS, requirePacked, wordTooLarge } from './codec.js';
import { CkksError } from './errors.js';
import { useKernel, type Workspace } from './kernel.js';
import { packedBytes, WORD_BYTES, type Ring } from './ring.js';

const PIECE_BYTES = WORD_BYTES * PIECE_WORDS;

/**
 * sum += ciphertext, in place.
 * @param sum `sumBytes` of one vector
 * @param ciphertext packed, `ciphertextBytes` of the same vector
 * @throws CkksError MALFORMED for another length, a word that is q or more, spare bits; `sum` is then as it was
 */
export function addCiphertext(ring: Ring, sum: Uint8Array, ciphertext: Uint8Array): void {
  requireSum(sum);
  requirePacked(ring, ciphertext, sum.length / WORD_BYTES);
  const pieceBytes = packedBytes(ring, PIECE_WORDS);
  addPieces(ring, sum, pieceBytes, (kernel, { words, packed, piece, count }) => {
    kernel.write(packed, ciphertext.subarray(pieceBytes * piece, pieceBytes * (piece + 1)));
    kernel.unpack(words, packed, count, ring.modulusBits);
  });
}

/** sum += other, in place, for two sums of the same vector. @throws CkksError MALFORMED as `addCiphertext` */
export function mergeSums(ring: Ring, sum: Uint8Array, other: Uint8Array): void {
  requireSum(sum);
  if (other.length !== sum.length) throw new CkksError('MALFORMED', 'two sums of different length');
  addPieces(ring, sum, 0, (kernel, { words, piece }) => {
    kernel.write(words, other.subarray(PIECE_BYTES * piece, PIECE_BYTES * (piece + 1)));
  });
}

interface Piece {
  /** Where the words to add belong. */
  readonly words: number;
  /** An area for their packed form. */
  readonly packed: number;
  readonly piece: number;
  readonly count: number;
}

function addPieces(
  ring: Ring,
  sum: Uint8Array,
  packedLength: number,
  place: (kernel: Workspace, piece: Piece) => void,
): void {
  useKernel(ring, [PIECE_BYTES, PIECE_BYTES, packedLength], (kernel, total, words, packed) => {
    const pieces = Math.ceil(sum.length / PIECE_BYTES);
    for (let piece = 0; piece < pieces; piece += 1) {
      const tile = start(piece);
      if (kernel.add(total, words, tile.length / WORD_BYTES) !== 0) {
        for (let done = 0; done < piece; done += 1) takeBack(done);
        throw wordTooLarge('a ciphertext');
      }
      kernel.readInto(total, tile);
    }

    /** Brings one piece of the sum and the words to add into the kernel. */
    function start(piece: number): Uint8Array {
      const tile = sum.subarray(PIECE_BYTES * piece, PIECE_BYTES * (piece + 1));
      kernel.write(total, tile);
      place(kernel, { words, packed, piece, count: tile.length / WORD_BYTES });
      return tile;
    }

    function takeBack(piece: number): void {
      const tile = start(piece);
      kernel.subtract(total, words, tile.length / WORD_BYTES);
      kernel.readInto(total, tile);
    }
  });
}

function requireSum(sum: Uint8Array): void {
  requireBytes(sum, 'sum');
  if (sum.length % WORD_BYTES !== 0) throw new RangeError('sum: expected whole words');
}
