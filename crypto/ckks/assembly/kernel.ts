/**
 * Arithmetic modulo one prime q < 2^60, q ≡ 1 mod 2N, on arrays of 64-bit words: the hot loops of ckks/sumkey. This
 * is AssemblyScript, not TypeScript: scripts/build-kernel compiles it to the bytes in ../kernel-binary.ts, and a test
 * compiles it again and compares. ../kernel.ts is the only caller: it lays out the memory and checks all arguments.
 *
 * Security: no branch and no address depends on the value of a word (the one exception, `accept`, says so). Sums and
 * products are full residues in [0, q) wherever a function returns.
 */

let q: u64 = 0;
let q2: u64 = 0;
let q4: u64 = 0;
/** −1/q mod 2^64. */
let negativeInverse: u64 = 0;
/** 2^128 mod q: brings a word into Montgomery form. */
let square: u64 = 0;

/** Upper half of the product of two 64-bit numbers. */
// @ts-ignore: decorator
@inline
function high(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/** x − bound if x ≥ bound, without a branch. */
// @ts-ignore: decorator
@inline
function below(x: u64, bound: u64): u64 {
  const less = x - bound;
  return select<u64>(x, less, x < bound);
}

/** a·b / 2^64 mod q, for a·b < q·2^64. */
// @ts-ignore: decorator
@inline
function montgomery(a: u64, b: u64): u64 {
  const low = a * b;
  const carry = u64(low != 0);
  return below(high(a, b) + high(low * negativeInverse, q) + carry, q);
}

/**
 * a·w mod q for a constant w with `quotient` = ⌊w·2^64/q⌋ (Shoup), lazily: congruent, and below 4q for every 64-bit a,
 * because the upper half of a·quotient is taken up to 2 too small.
 */
// @ts-ignore: decorator
@inline
function lazyProduct(a: u64, w: u64, quotient: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = quotient & 0xffffffff;
  const b1 = quotient >> 32;
  return a * w - (a1 * b1 + ((a0 * b1) >> 32) + ((a1 * b0) >> 32)) * q;
}

/** ⌊w·2^64/q⌋ for w < q, bit by bit. */
function quotientOf(w: u64): u64 {
  let rest = w;
  let quotient: u64 = 0;
  for (let bit = 0; bit < 64; bit++) {
    rest <<= 1;
    quotient <<= 1;
    if (rest >= q) {
      rest -= q;
      quotient |= 1;
    }
  }
  return quotient;
}

function product(a: u64, b: u64): u64 {
  return montgomery(montgomery(a, square), b);
}

function power(base: u64, exponent: u64): u64 {
  let result: u64 = 1;
  let factor = base;
  for (let rest = exponent; rest != 0; rest >>= 1) {
    if (rest & 1) result = product(result, factor);
    factor = product(factor, factor);
  }
  return result;
}

function reversed(index: u32, bits: u32): u32 {
  let result: u32 = 0;
  for (let bit: u32 = 0; bit < bits; bit++) result |= ((index >> bit) & 1) << (bits - 1 - bit);
  return result;
}

/**
 * Sets the modulus and writes two tables of n pairs (constant, quotient): powers of the root for `transform`, of its
 * inverse for `invert`, in bit-reversed order; the pair at 0, which no butterfly uses, is 1/n in the second table.
 * @param root a primitive 2n-th root of one
 */
export function prepare(modulus: u64, root: u64, n: u32, table: usize, inverseTable: usize): void {
  q = modulus;
  q2 = 2 * q;
  q4 = 4 * q;
  let inverse: u64 = 1;
  for (let i = 0; i < 6; i++) inverse *= 2 - q * inverse;
  negativeInverse = 0 - inverse;
  square = (0 - q) % q;
  for (let i = 0; i < 64; i++) square = below(2 * square, q);

  const bits = <u32>ctz<u32>(n);
  const inverseRoot = power(root, q - 2);
  let forward: u64 = 1;
  let backward: u64 = 1;
  for (let i: u32 = 0; i < n; i++) {
    const at = <usize>reversed(i, bits) << 4;
    store<u64>(table + at, forward);
    store<u64>(table + at, quotientOf(forward), 8);
    store<u64>(inverseTable + at, backward);
    store<u64>(inverseTable + at, quotientOf(backward), 8);
    forward = product(forward, root);
    backward = product(backward, inverseRoot);
  }
  const scale = power(n, q - 2);
  store<u64>(inverseTable, scale);
  store<u64>(inverseTable, quotientOf(scale), 8);
}

/** Number theoretic transform in place (Harvey's butterflies): natural order in, bit-reversed order out, as SEAL's. */
export function transform(words: usize, n: u32, table: usize): void {
  let gap = <usize>n << 2;
  for (let groups: u32 = 1; groups < n; groups <<= 1, gap >>= 1) {
    let at = words;
    for (let group: u32 = 0; group < groups; group++) {
      const pair = table + (<usize>(groups + group) << 4);
      const w = load<u64>(pair);
      const quotient = load<u64>(pair, 8);
      for (const end = at + gap; at < end; at += 8) {
        const x = below(load<u64>(at), q4);
        const y = lazyProduct(load<u64>(at + gap), w, quotient);
        store<u64>(at, x + y);
        store<u64>(at + gap, x - y + q4);
      }
      at += gap;
    }
  }
  for (let at = words; at < words + (<usize>n << 3); at += 8) {
    store<u64>(at, below(below(below(load<u64>(at), q4), q2), q));
  }
}

/** Undoes `transform`. */
export function invert(words: usize, n: u32, table: usize): void {
  let gap: usize = 8;
  for (let groups: u32 = n >> 1; groups > 0; groups >>= 1, gap <<= 1) {
    let at = words;
    for (let group: u32 = 0; group < groups; group++) {
      const pair = table + (<usize>(groups + group) << 4);
      const w = load<u64>(pair);
      const quotient = load<u64>(pair, 8);
      for (const end = at + gap; at < end; at += 8) {
        const x = load<u64>(at);
        const y = load<u64>(at + gap);
        store<u64>(at, below(x + y, q4));
        store<u64>(at + gap, lazyProduct(x - y + q4, w, quotient));
      }
      at += gap;
    }
  }
  const w = load<u64>(table);
  const quotient = load<u64>(table, 8);
  for (let at = words; at < words + (<usize>n << 3); at += 8) {
    store<u64>(at, below(below(lazyProduct(load<u64>(at), w, quotient), q2), q));
  }
}

/** Brings words below q into Montgomery form, in place: what `multiply` and `combine` want as their second factor. */
export function enter(words: usize, count: u32): void {
  for (let at = words; at < words + (<usize>count << 3); at += 8) {
    store<u64>(at, montgomery(load<u64>(at), square));
  }
}

/** out = a · b, word by word; b in Montgomery form. */
export function multiply(out: usize, a: usize, b: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count << 3; i += 8) {
    store<u64>(out + i, montgomery(load<u64>(a + i), load<u64>(b + i)));
  }
}

/** out = Σ_j row_j · rows_j, for `width` columns: rows is a matrix of `depth` rows; the row is in Montgomery form. */
export function combine(out: usize, row: usize, rows: usize, depth: u32, width: u32): void {
  memory.fill(out, 0, <usize>width << 3);
  let from = rows;
  for (let j: u32 = 0; j < depth; j++) {
    const factor = load<u64>(row + (<usize>j << 3));
    for (let i: usize = 0; i < <usize>width << 3; i += 8) {
      store<u64>(out + i, below(load<u64>(out + i) + montgomery(load<u64>(from + i), factor), q));
    }
    from += <usize>width << 3;
  }
}

/** The sign bit of a lane is set where the word is q or more: also where it is 2^63 or more, negative here. */
// @ts-ignore: decorator
@inline
function excess(word: v128, last: v128): v128 {
  return v128.or(word, i64x2.gt_s(word, last));
}

/** Adds two words to the sum at an address, modulo q. */
// @ts-ignore: decorator
@inline
function accumulate(sum: usize, word: v128, modulus: v128, last: v128): void {
  const total = i64x2.add(v128.load(sum), word);
  v128.store(sum, i64x2.sub(total, v128.and(modulus, i64x2.gt_s(total, last))));
}

/** sum += words modulo q. Returns 0 when every word was below q; otherwise the sums mean nothing. */
export function add(sum: usize, words: usize, count: u32): u32 {
  const modulus = i64x2.splat(q);
  const last = i64x2.splat(q - 1);
  let over = i64x2.splat(0);
  const whole = <usize>(count & ~1) << 3;
  for (let i: usize = 0; i < whole; i += 16) {
    const word = v128.load(words + i);
    over = v128.or(over, excess(word, last));
    accumulate(sum + i, word, modulus, last);
  }
  let signs = i64x2.extract_lane(over, 0) | i64x2.extract_lane(over, 1);
  if (count & 1) {
    const word = load<u64>(words + whole);
    signs |= word | (word >= q ? -1 : 0);
    store<u64>(sum + whole, below(load<u64>(sum + whole) + word, q));
  }
  return u32(<u64>signs >> 63);
}

/** from −= words modulo q, for words below q. */
export function subtract(from: usize, words: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count << 3; i += 8) {
    store<u64>(from + i, below(load<u64>(from + i) + q - load<u64>(words + i), q));
  }
}

/**
 * Rejection sampling: copies those of `count` words that are below q after masking, in order, at most `wanted`.
 * Returns how many. Which words are rejected shows in its time, and says nothing about those that stay.
 */
export function accept(out: usize, words: usize, count: u32, mask: u64, wanted: u32): u32 {
  let taken: u32 = 0;
  for (let i: usize = 0; i < <usize>count << 3 && taken < wanted; i += 8) {
    const word = load<u64>(words + i) & mask;
    if (word < q) {
      store<u64>(out + (<usize>taken << 3), word);
      taken++;
    }
  }
  return taken;
}

const HALF: u64 = (1 << 42) - 1;

/**
 * words += CBD(42) modulo q: of every 11 random bytes the set bits among the first 42 less those among the next 42.
 * The last word reads 11 bytes, no more.
 */
export function addNoise(words: usize, random: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const plus = popcnt<u64>(load<u64>(random + 11 * i) & HALF);
    const minus = popcnt<u64>((load<u64>(random + 11 * i, 3) >> 18) & HALF);
    const noise = plus - minus; // as a signed number
    const residue = noise + (q & <u64>(<i64>noise >> 63));
    store<u64>(words + (i << 3), below(load<u64>(words + (i << 3)) + residue, q));
  }
}

/**
 * words += round(value · scale) modulo q. The caller keeps |value · scale| below q/4. Returns 0 when every value was
 * within ±limit (which NaN is not).
 */
export function addScaled(words: usize, values: usize, count: u32, scale: f64, limit: f64): u32 {
  let outside: u32 = 0;
  for (let i: usize = 0; i < <usize>count << 3; i += 8) {
    const value = load<f64>(values + i);
    outside |= u32(!(abs<f64>(value) <= limit));
    const rounded = <i64>nearest<f64>(value * scale);
    const residue = <u64>rounded + (q & <u64>(rounded >> 63));
    store<u64>(words + i, below(load<u64>(words + i) + residue, q));
  }
  return outside;
}

/** The largest distance of a word from 0 modulo q. */
export function magnitude(words: usize, count: u32): u64 {
  let largest: u64 = 0;
  for (let at = words; at < words + (<usize>count << 3); at += 8) {
    const word = load<u64>(at);
    const distance = select<u64>(word, q - word, word <= q >> 1);
    largest = select<u64>(distance, largest, distance > largest);
  }
  return largest;
}

/** Centred words as numbers, times `factor`. */
export function toNumbers(values: usize, words: usize, count: u32, factor: f64): void {
  for (let i: usize = 0; i < <usize>count << 3; i += 8) {
    const word = load<u64>(words + i);
    store<f64>(values + i, <f64>(<i64>word - <i64>(word > q >> 1 ? q : 0)) * factor);
  }
}

/** Barycentric weights of `count` distinct points: out_i = 1 / Π_{j≠i} (x_i − x_j). `scratch` holds count words. */
export function weigh(out: usize, points: usize, count: u32, scratch: usize): void {
  const end = <usize>count << 3;
  for (let i: usize = 0; i < end; i += 8) {
    const x = load<u64>(points + i);
    let denominator: u64 = 1;
    for (let j: usize = 0; j < end; j += 8) {
      if (j != i) denominator = product(denominator, below(x + q - load<u64>(points + j), q));
    }
    store<u64>(out + i, denominator);
  }
  invertAll(out, count, scratch);
}

/**
 * Lagrange's basis at `target`, in Montgomery form: out_i = Π_{j≠i} (target − x_j)/(x_i − x_j), from the barycentric
 * weights. The target is none of the points. `scratch` holds count words.
 */
export function basis(
  out: usize,
  points: usize,
  weights: usize,
  count: u32,
  target: u64,
  scratch: usize,
): void {
  const end = <usize>count << 3;
  let all: u64 = 1;
  for (let i: usize = 0; i < end; i += 8) {
    const distance = below(target + q - load<u64>(points + i), q);
    store<u64>(out + i, distance);
    all = product(all, distance);
  }
  invertAll(out, count, scratch);
  for (let i: usize = 0; i < end; i += 8) {
    store<u64>(out + i, product(product(all, load<u64>(out + i)), load<u64>(weights + i)));
  }
  enter(out, count);
}

/** Inverts `count` words, none of them 0, with a single inversion (Montgomery's trick). */
function invertAll(words: usize, count: u32, scratch: usize): void {
  const end = <usize>count << 3;
  let all: u64 = 1;
  for (let i: usize = 0; i < end; i += 8) {
    store<u64>(scratch + i, all);
    all = product(all, load<u64>(words + i));
  }
  let inverse = power(all, q - 2);
  for (let i = end; i > 0; ) {
    i -= 8;
    const word = load<u64>(words + i);
    store<u64>(words + i, product(inverse, load<u64>(scratch + i)));
    inverse = product(inverse, word);
  }
}

/** Two numbers out of a bit stream: the one at byte `a` after `aShift` bits, the one at `b` after `bShift`. */
// @ts-ignore: decorator
@inline
function pair(a: usize, aShift: u32, b: usize, bShift: u32, aMask: v128, bMask: v128): v128 {
  const both = v128.load64_lane(b, v128.load64_zero(a), 1);
  return v128.or(
    v128.and(i64x2.shr_u(both, aShift), aMask),
    v128.and(i64x2.shr_u(both, bShift), bMask),
  );
}

/**
 * sum += words modulo q, the words being little-endian numbers of `bits` bits each, packed end to end; returns what
 * `add` does. Reads up to 8 bytes beyond. Every number has to lie within the 8 bytes that begin with its first: true
 * for up to 57 bits, and for 60.
 */
export function addPacked(sum: usize, packed: usize, count: u32, bits: u32): u32 {
  const modulus = i64x2.splat(q);
  const last = i64x2.splat(q - 1);
  let over = i64x2.splat(0);
  const mask: u64 = (<u64>1 << bits) - 1;
  const first = i64x2.replace_lane(i64x2.splat(0), 0, mask);
  const second = i64x2.replace_lane(i64x2.splat(0), 1, mask);
  // Eight numbers fill whole bytes: the same places and shifts in every group of eight.
  const at1 = <usize>(bits >> 3);
  const at2 = <usize>((2 * bits) >> 3);
  const at3 = <usize>((3 * bits) >> 3);
  const at4 = <usize>((4 * bits) >> 3);
  const at5 = <usize>((5 * bits) >> 3);
  const at6 = <usize>((6 * bits) >> 3);
  const at7 = <usize>((7 * bits) >> 3);
  const shift1 = bits & 7;
  const shift2 = (2 * bits) & 7;
  const shift3 = (3 * bits) & 7;
  const shift4 = (4 * bits) & 7;
  const shift5 = (5 * bits) & 7;
  const shift6 = (6 * bits) & 7;
  const shift7 = (7 * bits) & 7;
  let at = sum;
  let from = packed;
  for (const end = sum + (<usize>(count & ~7) << 3); at < end; at += 64) {
    const words01 = pair(from, 0, from + at1, shift1, first, second);
    const words23 = pair(from + at2, shift2, from + at3, shift3, first, second);
    const words45 = pair(from + at4, shift4, from + at5, shift5, first, second);
    const words67 = pair(from + at6, shift6, from + at7, shift7, first, second);
    over = v128.or(over, v128.or(excess(words01, last), excess(words23, last)));
    over = v128.or(over, v128.or(excess(words45, last), excess(words67, last)));
    accumulate(at, words01, modulus, last);
    accumulate(at + 16, words23, modulus, last);
    accumulate(at + 32, words45, modulus, last);
    accumulate(at + 48, words67, modulus, last);
    from += bits;
  }
  let signs = i64x2.extract_lane(over, 0) | i64x2.extract_lane(over, 1);
  let position: usize = 0;
  for (const end = sum + (<usize>count << 3); at < end; at += 8) {
    const word = (load<u64>(from + (position >> 3)) >> <u64>(position & 7)) & mask;
    signs |= word >= q ? -1 : 0;
    store<u64>(at, below(load<u64>(at) + word, q));
    position += bits;
  }
  return u32(<u64>signs >> 63);
}

/** Packs words below 2^bits. Writes whole words: up to 8 bytes beyond. */
export function pack(packed: usize, words: usize, count: u32, bits: u32): void {
  let position: usize = 0;
  for (let at = words; at < words + (<usize>count << 3); at += 8) {
    const to = packed + (position >> 3);
    const shift = <u64>(position & 7);
    const kept = load<u64>(to) & ((<u64>1 << shift) - 1);
    store<u64>(to, kept | (load<u64>(at) << shift));
    position += bits;
  }
}
