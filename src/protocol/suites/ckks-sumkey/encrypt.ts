/**
 * r2 of `ckks/sumkey` (PROTOCOL §5.1): floats, not integers, encrypted under the session's own key. Ciphertexts add up
 * word by word modulo q; nobody can open one, and only the sum of the survivors' keys opens the sum.
 */
import { concatBytes } from '../../../../crypto/bytes.js';
import { addCiphertext, mergeSums } from '../../../../crypto/ckks/ciphertext-sum.js';
import { unpackWords } from '../../../../crypto/ckks/codec.js';
import { CkksError } from '../../../../crypto/ckks/errors.js';
import { ciphertextWords, sumBytes } from '../../../../crypto/ckks/parameters.js';
import { sha256 } from '../../../../crypto/hash.js';
import type { SessionContext } from '../../context.js';
import type { Task } from '../../documents.js';
import { refuse } from '../../errors.js';
import type { VectorLayout } from '../../parameters.js';
import type { VectorInput } from '../../quantise.js';
import type { Accumulator, Held, Job, JobResult, Upload } from '../../suite.js';
import { encodedVectors, layoutOf, ringOf } from './numbers.js';

export function planUpload(session: SessionContext, held: Held, input: VectorInput): Job {
  const { task, ctx } = session;
  return {
    kind: 'encrypt',
    ring: ringOf(task),
    ctx,
    // A copy: the job is wiped when it has run.
    seed: held.suiteSeed.slice(),
    vectors: encodedVectors(task).map((vector, index) => ({
      ...vector,
      values: input[index] as Float64Array,
    })),
  };
}

export function finishUpload(result: JobResult): Upload {
  if (result.kind !== 'ciphertexts') throw new TypeError('result: ciphertexts expected');
  return {
    digests: result.vectors.map(({ bytes }) => sha256(bytes)),
    bytes: concatBytes(...result.vectors.map(({ bytes }) => bytes)),
  };
}

/** Every word is below q. The network's bytes go no further than this codec. @throws BlindsumError MALFORMED (fault peer) */
export function checkUpload(task: Task, { name }: VectorLayout, part: Uint8Array): void {
  const ring = ringOf(task);
  const vector = encodedVectors(task).find((known) => known.name === name);
  if (vector === undefined) throw new TypeError('vector: not of the task');
  try {
    unpackWords(ring, part, ciphertextWords(ring, vector.encoding.kind, vector.length)); // check: B2
  } catch (cause) {
    if (!(cause instanceof CkksError)) throw cause;
    refuse('MALFORMED', 'peer', `the upload of vector ${name}: ${cause.message}`, { cause });
  }
}

export function accumulator(task: Task): Accumulator {
  const ring = ringOf(task);
  const layout = layoutOf(task);
  const lengths = encodedVectors(task).map(({ encoding, length }) => sumBytes(ring, encoding.kind, length));
  return {
    byteLength: lengths.reduce((total, length) => total + length, 0),
    fold(acc, upload) {
      let at = 0;
      let from = 0;
      layout.forEach(({ byteLength }, index) => {
        const sum = acc.subarray(at, (at += lengths[index] as number));
        addCiphertext(ring, sum, upload.subarray(from, (from += byteLength)));
      });
    },
    merge(acc, other) {
      mergeSums(ring, acc, other);
    },
  };
}
