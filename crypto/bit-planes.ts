/**
 * Sixteen elements of GF(2^16) side by side: "plane" i is a word whose bit s is bit i of symbol s. A product
 * with a PUBLIC constant is then a handful of XORs of whole words.
 *
 * Security: secrets are only XORed at places that the public constant decides; they never index or branch.
 */

/** Planes per value: one for each bit of an element. */
export const PLANES = 16;

/** A product before reduction, plus one shift. */
const WIDE = 2 * PLANES;

/**
 * Reads 16 little-endian symbols (32 bytes) and XORs them into the planes, moved up by `lane` bits.
 * @param lane 0 or 16: a word has room for two sets of 16 symbols.
 */
export function xorIntoPlanes(bytes: Uint8Array, planes: Int32Array, planesAt: number, lane: 0 | 16): void {
  const rows = transposed(bytes);
  for (let i = 0; i < PLANES; i += 1) (planes[planesAt + i] as number) ^= (rows[i] as number) << lane;
  rows.fill(0);
}

/** The 32 bytes of the symbols in the low lane. */
export function bytesFromPlanes(planes: Int32Array): Uint8Array {
  const bytes = new Uint8Array(2 * PLANES);
  for (let i = 0; i < PLANES; i += 1) {
    bytes[2 * i] = planes[i] as number;
    bytes[2 * i + 1] = (planes[i] as number) >>> 8;
  }
  const rows = transposed(bytes);
  for (let i = 0; i < PLANES; i += 1) {
    bytes[2 * i] = rows[i] as number;
    bytes[2 * i + 1] = (rows[i] as number) >>> 8;
  }
  rows.fill(0);
  return bytes;
}

/** The 16 × 16 bit matrix of 16 little-endian words, rows and columns exchanged, block by block. */
function transposed(bytes: Uint8Array): Int32Array {
  const rows = new Int32Array(PLANES);
  for (let i = 0; i < PLANES; i += 1) {
    rows[i] = (bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8);
  }
  for (let size = 8, keep = 0x00ff; size > 0; size >>>= 1, keep ^= keep << size) {
    for (let row = 0; row < PLANES; row = ((row | size) + 1) & ~size) {
      const swap = (((rows[row] as number) >>> size) ^ (rows[row | size] as number)) & keep;
      (rows[row | size] as number) ^= swap;
      (rows[row] as number) ^= swap << size;
    }
  }
  return rows;
}

/**
 * out ^= constant · planes, for every symbol in both lanes.
 * @param constant a PUBLIC field element: the time this takes depends on its bits.
 * @param scratch 32 words that this call overwrites and leaves zero.
 */
export function addScaled(
  out: Int32Array,
  planes: Int32Array,
  planesAt: number,
  constant: number,
  scratch: Int32Array,
): void {
  for (let bit = 0; constant >>> bit !== 0; bit += 1) {
    if (((constant >>> bit) & 1) === 0) continue;
    for (let i = 0; i < PLANES; i += 1) (scratch[bit + i] as number) ^= planes[planesAt + i] as number;
  }
  // X^k = X^(k−4) + X^(k−13) + X^(k−15) + X^(k−16)
  for (let k = WIDE - 2; k >= PLANES; k -= 1) {
    const high = scratch[k] as number;
    (scratch[k - 4] as number) ^= high;
    (scratch[k - 13] as number) ^= high;
    (scratch[k - 15] as number) ^= high;
    (scratch[k - 16] as number) ^= high;
    scratch[k] = 0;
  }
  for (let i = 0; i < PLANES; i += 1) {
    (out[i] as number) ^= scratch[i] as number;
    scratch[i] = 0;
  }
}

export function createScratch(): Int32Array {
  return new Int32Array(WIDE);
}
