/**
 * That the shares a dealer handed out lie on polynomials of degree below the threshold (PROTOCOL §5.1). Next to the
 * polynomials f_1…f_B of its key a dealer shares BLINDINGS uniform ones, r_1…r_K, in the same shares. When the tree over
 * all shares is fixed, hashing its root gives challenges χ_j, and the signed r1 carries P_j = r_j + Σ_i χ_j^i·f_i. Every
 * holder compares P_j at its own point with what its share says.
 *
 * Security: r_j is uniform and used once, so P_j says nothing about the key. A share that is not on the polynomials of
 * the others passes with probability below B/q for each j. It does not show that the shared key is the one that
 * encrypted: only the opening's check of the range does.
 */
import { concatBytes, equalBytes, requireBytes, requireInteger } from '../bytes.js';
import { hashTuple } from '../hash.js';
import { LABEL } from '../labels.js';
import { useKernel, type Workspace } from './kernel.js';
import { isReduced } from './codec.js';
import { bytesOfWords, WORD_BYTES, type Ring } from './ring.js';
import {
  basePoints,
  BLINDINGS,
  placeBasis,
  placePoints,
  pointOf,
  shareBytes,
  type Sharing,
} from './sharing.js';

/** What the challenges are made of: nothing of it can change once the dealer has signed. */
export interface DealtUnder {
  /** The session's context hash, 32 bytes. */
  readonly ctx: Uint8Array;
  /** The dealer's identity, 32 bytes. */
  readonly dealer: Uint8Array;
  /** Root of the tree over all of its shares, 32 bytes: the shares come first, the challenges after. */
  readonly shareRoot: Uint8Array;
}

/** Bytes of a proof: every P_j by its values at the base points −1…−t, which determine it as coefficients do. */
export const proofBytes = (sharing: Sharing): number => WORD_BYTES * BLINDINGS * sharing.threshold;

/** @param values those of `DealtKey`; the caller wipes them when it has the proof */
export function proveLowDegree(
  ring: Ring,
  sharing: Sharing,
  { values, ...under }: DealtUnder & { readonly values: Uint8Array },
): Uint8Array {
  const { threshold } = sharing;
  const width = shareBytes(sharing);
  requireBytes(values, 'values', threshold * width);
  return useKernel(ring, [width, width, WORD_BYTES], (kernel, row, words, out) => {
    const proofs = Array.from({ length: BLINDINGS }, (_, j) => {
      placeFactors(kernel, row, factorsOf(ring, sharing, under, j));
      const proof = new Uint8Array(WORD_BYTES * threshold);
      for (let at = 0; at < threshold; at += 1) {
        kernel.write(words, values.subarray(width * at, width * (at + 1)));
        kernel.combine(out, row, words, width / WORD_BYTES, 1);
        kernel.readInto(out, proof.subarray(WORD_BYTES * at, WORD_BYTES * (at + 1)));
      }
      return proof;
    });
    return concatBytes(...proofs);
  });
}

export interface ShareToVerify extends DealtUnder {
  readonly proof: Uint8Array;
  /** Position of the holder, 0-based. */
  readonly holder: number;
  readonly share: Uint8Array;
}

/** A holder's check in r2. False: the dealer is to blame, if it signed this proof and this share. */
export function isLowDegree(ring: Ring, sharing: Sharing, claim: ShareToVerify): boolean {
  const { proof, holder, share, ...under } = claim;
  requireInteger(holder, 'holder', 0, sharing.holders - 1);
  if (share.length !== shareBytes(sharing)) return false; // check: B1
  if (!isReduced(ring, share)) return false; // check: B1
  if (!isProof(ring, sharing, proof)) return false;
  const basis = basisOf(ring, sharing, holder);
  const areas = [share.length, share.length, basis.length, basis.length, WORD_BYTES, WORD_BYTES];
  return useKernel(ring, areas, (kernel, factors, words, row, polynomial, left, right) => {
    kernel.write(words, share);
    kernel.write(row, basis);
    for (let j = 0; j < BLINDINGS; j += 1) {
      placeFactors(kernel, factors, factorsOf(ring, sharing, under, j));
      kernel.combine(left, factors, words, share.length / WORD_BYTES, 1);
      kernel.write(polynomial, proof.subarray(basis.length * j, basis.length * (j + 1)));
      kernel.combine(right, row, polynomial, sharing.threshold, 1);
      if (!equalBytes(kernel.read(left, WORD_BYTES), kernel.read(right, WORD_BYTES))) return false; // check: B1
    }
    return true;
  });
}

/** Whether these bytes could be a proof: the coordinator refuses an r1 with any other. */
export const isProof = (ring: Ring, sharing: Sharing, proof: Uint8Array): boolean =>
  proof.length === proofBytes(sharing) && isReduced(ring, proof);

/** χ_j: H(label, ctx, dealer, shareRoot, j) as a number of 256 bits, big-endian, modulo q. */
export function challenge(ring: Ring, { ctx, dealer, shareRoot }: DealtUnder, j: number): bigint {
  for (const [name, bytes] of Object.entries({ ctx, dealer, shareRoot })) requireBytes(bytes, name, 32);
  let value = 0n;
  for (const byte of hashTuple(LABEL.ckksChallenge, ctx, dealer, shareRoot, j)) {
    value = (value << 8n) | BigInt(byte);
  }
  return value % ring.modulus;
}

/** With what the words of a share are multiplied for P_j: χ, χ², …, χ^B, and 1 for r_j alone of the blinding ones. */
function factorsOf(ring: Ring, sharing: Sharing, under: DealtUnder, j: number): bigint[] {
  const chi = challenge(ring, under, j);
  const factors: bigint[] = [];
  for (let power = chi; factors.length < sharing.polynomials; power = (power * chi) % ring.modulus) {
    factors.push(power);
  }
  for (let other = 0; other < BLINDINGS; other += 1) factors.push(other === j ? 1n : 0n);
  return factors;
}

function placeFactors(kernel: Workspace, row: number, factors: readonly bigint[]): void {
  kernel.write(row, bytesOfWords(factors));
  kernel.enter(row, factors.length);
}

const KEPT_BASES = 4;
/** A holder asks for its own again with every dealer. In order of first use. */
const kept = new Map<string, Uint8Array>();

/** Lagrange's basis of the base points at a holder's point, in the kernel's form. Public. */
function basisOf(ring: Ring, { threshold }: Sharing, holder: number): Uint8Array {
  const key = `${ring.modulus}/${threshold}/${holder}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const column = WORD_BYTES * threshold;
  const basis = useKernel(ring, [column, column, column, column], (kernel, points, weights, scratch, row) => {
    const base = placePoints(kernel, basePoints(ring, threshold), [points, weights, scratch]);
    placeBasis(kernel, row, base, pointOf(holder));
    return kernel.read(row, column);
  });
  const oldest = kept.keys().next();
  if (kept.size >= KEPT_BASES && oldest.done !== true) kept.delete(oldest.value);
  kept.set(key, basis);
  return basis;
}
