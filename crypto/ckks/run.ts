/**
 * Jobs of ckks/sumkey, run on this thread. The encoders are given: SEAL's has to be loaded first (`needsSeal`).
 *
 * Security: the key of an encryption is made from its seed here, and wiped here with it.
 */
import { wipe } from '../bytes.js';
import type { CkksJob, CkksResult, EncryptJob, OpenJob } from '../engine/types.js';
import { type Random, systemRandom } from '../random.js';
import { coefficientEncoder, type Encoder } from './encoding.js';
import { CkksError } from './errors.js';
import { openVector } from './opening.js';
import { secretKeyFromSeed } from './sampling.js';
import { encryptVectors } from './sum-key.js';

export const needsSeal = (job: CkksJob): boolean =>
  job.vectors.some(({ encoding }) => encoding.kind === 'slots');

/** @param slots SEAL's encoder of the job's ring, when a vector needs it. @throws CkksError OVER_CLIP */
export function runCkksJob(job: CkksJob, slots: Encoder | null, random: Random = systemRandom): CkksResult {
  const encoderOf = ({ encoding: { kind } }: CkksJob['vectors'][number]): Encoder => {
    const encoder = kind === 'slots' ? slots : coefficientEncoder;
    if (encoder === null) throw new TypeError('slots: the encoder of SEAL is needed');
    return encoder;
  };
  return job.kind === 'encrypt' ? encrypt(job, encoderOf, random) : open(job, encoderOf);
}

type EncoderOf = (vector: CkksJob['vectors'][number]) => Encoder;

function encrypt({ ring, ctx, seed, vectors }: EncryptJob, encoderOf: EncoderOf, random: Random): CkksResult {
  const key = secretKeyFromSeed(ring, ctx, seed);
  wipe(seed); // check: A10
  const plain = vectors.map((vector) => ({ ...vector, encoder: encoderOf(vector) }));
  const ciphertexts = encryptVectors(ring, { ctx, key, vectors: plain, random });
  return {
    kind: 'ciphertexts',
    vectors: vectors.map(({ name }, index) => ({ name, bytes: ciphertexts[index] as Uint8Array })),
  };
}

function open({ ring, ctx, key, survivors, vectors }: OpenJob, encoderOf: EncoderOf): CkksResult {
  try {
    const opened = vectors.map((vector) => ({
      name: vector.name,
      values: openVector(ring, { ...vector, ctx, key, survivors, encoder: encoderOf(vector) }),
    }));
    return { kind: 'sums', vectors: opened };
  } catch (error) {
    if (error instanceof CkksError && error.code === 'KEY_MISMATCH') return { kind: 'key-mismatch' };
    throw error;
  }
}
