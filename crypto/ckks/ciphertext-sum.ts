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
  addPieces(ring, sum, (kernel, { total, addend, piece, count }) => {
    kernel.write(addend, ciphertext.subarray(pieceBytes * piece, pieceBytes * (piece + 1)));
    return kernel.addPacked(total, addend, count, ring.modulusBits);
  });
}

/** sum += other, in place, for two sums of the same vector. @throws CkksError MALFORMED as `addCiphertext` */
export function mergeSums(ring: Ring, sum: Uint8Array, other: Uint8Array): void {
  requireSum(sum);
  if (other.length !== sum.length) throw new CkksError('MALFORMED', 'two sums of different length');
  addPieces(ring, sum, (kernel, { total, addend, piece, count }) => {
    kernel.write(addend, other.subarray(PIECE_BYTES * piece, PIECE_BYTES * (piece + 1)));
    return kernel.add(total, addend, count);
  });
}

interface Piece {
  /** Words of the sum. */
  readonly total: number;
  /** An area for what is added. */
  readonly addend: number;
  readonly piece: number;
  readonly count: number;
}

/** @param add adds one piece of what is added to `total`; 0 when all of its words were below q */
function addPieces(ring: Ring, sum: Uint8Array, add: (kernel: Workspace, piece: Piece) => number): void {
  useKernel(ring, [PIECE_BYTES, PIECE_BYTES], (kernel, total, addend) => {
    const pieces = Math.ceil(sum.length / PIECE_BYTES);
    for (let piece = 0; piece < pieces; piece += 1) {
      const tile = sum.subarray(PIECE_BYTES * piece, PIECE_BYTES * (piece + 1));
      const count = tile.length / WORD_BYTES;
      kernel.write(total, tile);
      if (add(kernel, { total, addend, piece, count }) !== 0) {
        for (let done = 0; done < piece; done += 1) takeBack(done);
        throw wordTooLarge('a ciphertext');
      }
      kernel.readInto(total, tile);
    }

    /** The words added again, to zeros this time, and subtracted from the sum. */
    function takeBack(piece: number): void {
      const tile = sum.subarray(PIECE_BYTES * piece, PIECE_BYTES * (piece + 1));
      kernel.write(total, new Uint8Array(PIECE_BYTES));
      add(kernel, { total, addend, piece, count: PIECE_WORDS });
      kernel.write(addend, tile);
      kernel.subtract(addend, total, PIECE_WORDS);
      kernel.readInto(addend, tile);
    }
  });
}

function requireSum(sum: Uint8Array): void {
  requireBytes(sum, 'sum');
  if (sum.length % WORD_BYTES !== 0) throw new RangeError('sum: expected whole words');
}
