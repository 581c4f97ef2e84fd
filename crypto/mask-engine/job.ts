/**
 * What every engine does before and after the arithmetic: check the job, count its streams, shape the result.
 */
import { isWords, requireBytes, requireInteger, wipe } from '../bytes.js';
import { packBits, reduceBits } from '../masked-vector.js';
import { STREAM_KEY_BYTES, STREAM_NONCE_BYTES } from '../prg.js';
import type { EngineNeed, Lack } from '../engine/need.js';
import type { MaskJob, MaskResult } from './types.js';

/** More coordinates than this do not fit into one typed array everywhere. */
const MAX_VECTOR_LENGTH = 2 ** 31;

/** @throws TypeError or RangeError naming the part of the job that is wrong; never shows keys or coordinates. */
export function requireMaskJob(job: MaskJob): void {
  if (job.kind !== 'mask') throw new TypeError("job.kind: expected 'mask'");
  if (job.output !== 'packed' && job.output !== 'integers') {
    throw new TypeError("job.output: expected 'packed' or 'integers'");
  }
  const names = new Set<string>();
  for (const { name, bits, length, base, streams } of job.vectors) {
    if (names.has(name)) throw new RangeError(`job.vectors: '${name}' occurs twice`);
    names.add(name);
    requireInteger(bits, `${name}.bits`, 1, 32);
    requireInteger(length, `${name}.length`, 0, MAX_VECTOR_LENGTH);
    if (base !== null && !isWords(base)) {
      throw new TypeError(`${name}.base: expected a Uint32Array or null`);
    } // check: C8
    if (base !== null && base.length !== length)
      throw new RangeError(`${name}.base: expected ${length} coordinates`);
    for (const { key, nonce, sign } of streams) {
      requireBytes(key, `${name}.key`, STREAM_KEY_BYTES);
      requireBytes(nonce, `${name}.nonce`, STREAM_NONCE_BYTES); // check: C5
      if (sign !== 1 && sign !== -1) throw new RangeError(`${name}.sign: expected 1 or -1`);
    }
  }
}

/** Overwrites the keys of a job that has run: whoever has them can unmask. */
export function wipeJob(job: MaskJob): void {
  for (const { streams } of job.vectors) for (const { key } of streams) wipe(key);
}

/** Streams over all vectors. */
export function countStreams(job: MaskJob): number {
  return job.vectors.reduce((total, { streams }) => total + streams.length, 0);
}

/**
 * Reduces the sums in place and packs them if the job asks for it.
 * @param sums one per vector of the job, modulo 2^32; the result may keep them.
 */
export function shapeResult(job: MaskJob, sums: readonly Uint32Array[]): MaskResult {
  const reduced = job.vectors.map(({ name, bits }, i) => {
    const values = sums[i] as Uint32Array;
    reduceBits(values, bits); // check: C7
    return { name, bits, values };
  });
  if (job.output === 'integers') {
    return { kind: 'integers', vectors: reduced.map(({ name, values }) => ({ name, values })) };
  }
  return {
    kind: 'packed',
    vectors: reduced.map(({ name, bits, values }) => ({ name, bytes: packBits(values, bits) })),
  };
}

/** What an engine answers that runs nothing but masks. */
export const masksOnly = ({ kind }: EngineNeed): Lack | null =>
  kind === 'mask' ? null : { code: 'UNSUPPORTED', message: 'this engine runs masking suites only' };
