/**
 * The numbers of ckks/sumkey: ring, encoding and scale from the number of participants, the largest input and the
 * precision wanted (PROTOCOL §5.1). Pure; needs no SEAL.
 *
 * A vector of floats becomes chunks, one polynomial each. `coefficients`: N coordinates, x_i·scale rounded into
 * coefficient i, zeros after the last. `slots`: N/2 coordinates through SEAL's CKKSEncoder. A chunk is always sent whole:
 * under a key that is off by what one wrong answer can add, B ≤ N/2 coefficients can be chosen and the others are as good
 * as random, so a short vector that sent few words could be shifted and nobody would see it.
 *
 * Security: parameters change precision and cost, never secrecy; that rests on the ring alone.
 */
import { requireInteger } from '../bytes.js';
import { packedBytes, RINGS, ringOfDegree, WORD_BYTES, type Ring } from './ring.js';

export type EncodingKind = 'coefficients' | 'slots';

export interface Encoding {
  readonly kind: EncodingKind;
  /** The scale is 2^scaleBits. */
  readonly scaleBits: number;
  /** Largest |x| of one participant, after weighting. Finite, > 0. */
  readonly maxAbs: number;
}

/** Noise of one participant is a difference of two sums of this many bits each: |e| ≤ 42, variance 21. */
export const NOISE_BITS = 42;

/** Participants up to here; more need a larger ring for the same precision. */
export const MAX_PARTICIPANTS = 1000;

/** A finer scale has no canonical encoding in a task, and a double that is not tiny no bits for it. */
export const MAX_SCALE_BITS = 52;

/** Coordinates of one chunk. */
export const capacity = (ring: Ring, kind: EncodingKind): number =>
  kind === 'slots' ? ring.degree / 2 : ring.degree;

/** Chunks of a vector. */
export const chunkCount = (ring: Ring, kind: EncodingKind, length: number): number =>
  Math.ceil(length / capacity(ring, kind));

/** Words of the ciphertext of a vector. @param length coordinates, ≥ 0 */
export function ciphertextWords(ring: Ring, kind: EncodingKind, length: number): number {
  requireInteger(length, 'length', 0, 2 ** 31);
  return ring.degree * chunkCount(ring, kind, length);
}

/** Bytes of the ciphertext of a vector, packed as it travels. */
export const ciphertextBytes = (ring: Ring, kind: EncodingKind, length: number): number =>
  packedBytes(ring, ciphertextWords(ring, kind, length));

/** Bytes of a sum of such ciphertexts, in the coordinator's memory: whole words. */
export const sumBytes = (ring: Ring, kind: EncodingKind, length: number): number =>
  WORD_BYTES * ciphertextWords(ring, kind, length);

/**
 * The largest coefficient that |survivors| honest messages and errors add up to: what the opening checks.
 * @returns less than q/2 for whatever `chooseParameters` gave
 */
export function coefficientBound(encoding: Encoding, survivors: number): bigint {
  const message = BigInt(Math.ceil(encoding.maxAbs * 2 ** encoding.scaleBits));
  return BigInt(survivors) * (message + 1n + BigInt(NOISE_BITS));
}

/** The same where the message is 0. */
export const noiseBound = (survivors: number): bigint => BigInt(survivors * NOISE_BITS);

/**
 * A bound of the absolute error of every coordinate of a sum, broken with probability below 2^−40 over 2^30
 * coordinates: ten standard deviations of the errors, the rounding of every input, and that of a double.
 */
export function errorBound(ring: Ring, encoding: Encoding, participants: number): number {
  const { kind, scaleBits, maxAbs } = encoding;
  const noise = 10 * Math.sqrt(participants * (NOISE_BITS / 2));
  const rounding = participants / 2;
  // A slot is a sum of N coefficients times cosines: √(N/2) standard deviations; SEAL's transform rounds log2 N times.
  const spread = kind === 'slots' ? Math.sqrt(ring.degree / 2) : 1;
  const steps = kind === 'slots' ? 4 * Math.log2(ring.degree) : 1;
  return ((noise + rounding) * spread) / 2 ** scaleBits + steps * participants * maxAbs * 2 ** -53;
}

export interface ParameterRequest {
  /** Everybody who could contribute, 2…1000. */
  readonly participants: number;
  /** Largest |x| of one participant, after weighting. Finite, > 0. */
  readonly maxAbs: number;
  /** Largest absolute error of a coordinate of the sum. Finite, > 0. */
  readonly precision: number;
  /** Default 'coefficients'. */
  readonly kind?: EncodingKind;
  /** Default 4096. All vectors of a session need the same. */
  readonly degree?: number;
}

export type ParameterChoice =
  | {
      readonly chosen: true;
      readonly ring: Ring;
      readonly encoding: Encoding;
      /** What `errorBound` says of them; at most the precision asked for. */
      readonly errorBound: number;
    }
  | {
      readonly chosen: false;
      /** The precision that could be met with this maxAbs; null when not even scale 1 fits. */
      readonly precision: number | null;
      /** The largest maxAbs that could be met with this precision; null when none can. */
      readonly maxAbs: number | null;
    };

/**
 * The most precise encoding with n·maxAbs·scale < q/4, if it is precise enough.
 * @throws RangeError, TypeError for what is no number, not positive, or out of its range
 */
export function chooseParameters(request: ParameterRequest): ParameterChoice {
  const {
    participants,
    maxAbs,
    precision,
    kind = 'coefficients',
    degree = (RINGS[0] as Ring).degree,
  } = request;
  requireInteger(participants, 'participants', 2, MAX_PARTICIPANTS);
  requirePositive(maxAbs, 'maxAbs');
  requirePositive(precision, 'precision');
  const ring = ringOfDegree(degree);

  const encoding = finestEncoding(ring, kind, participants, maxAbs);
  const bound = encoding === null ? Infinity : errorBound(ring, encoding, participants);
  if (encoding !== null && bound <= precision) return { chosen: true, ring, encoding, errorBound: bound };

  const possible = largestMaxAbs(ring, kind, participants, precision);
  const reachable = encoding === null ? null : roundedUp(bound);
  return { chosen: false, precision: reachable, maxAbs: possible };
}

/** n·maxAbs·scale < q/4 leaves room for the errors, and shows a sum that opened under a wrong key. */
export const fits = (ring: Ring, scale: number, maxAbs: number, participants: number): boolean =>
  participants * maxAbs * scale < Number(ring.modulus >> 2n);

/** Bits that n·maxAbs·scale stays below: q/4 is a little less than 2^(modulusBits − 2). */
const roomBits = (ring: Ring): number => ring.modulusBits - 2;

function finestEncoding(
  ring: Ring,
  kind: EncodingKind,
  participants: number,
  maxAbs: number,
): Encoding | null {
  // A finer scale than for sums of 1 would gain little, and SEAL takes none above q.
  for (let scaleBits = MAX_SCALE_BITS; scaleBits >= 0; scaleBits -= 1) {
    if (fits(ring, 2 ** scaleBits, maxAbs, participants)) return { kind, scaleBits, maxAbs };
  }
  return null;
}

/** To two digits, for a message to a person: asked for again, it is granted. */
function roundedUp(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / unit) * unit).toPrecision(2));
}

/** A power of two, for a message to a person. */
function largestMaxAbs(
  ring: Ring,
  kind: EncodingKind,
  participants: number,
  precision: number,
): number | null {
  for (let bits = roomBits(ring); bits >= -roomBits(ring); bits -= 1) {
    const encoding = finestEncoding(ring, kind, participants, 2 ** bits);
    if (encoding !== null && errorBound(ring, encoding, participants) <= precision) return 2 ** bits;
  }
  return null;
}

function requirePositive(value: unknown, name: string): void {
  if (typeof value !== 'number') throw new TypeError(`${name}: expected a number`);
  if (!Number.isFinite(value) || value <= 0)
    throw new RangeError(`${name}: expected a finite number above 0`);
}
