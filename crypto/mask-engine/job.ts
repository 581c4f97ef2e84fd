/**
 * What engines do around the arithmetic: check the job, count its streams, tell how far it is, shape the result.
 */
import { isWords, requireBytes, requireInteger, wipe } from '../bytes.js';
import { packBits, reduceBits } from '../masked-vector.js';
import { STREAM_KEY_BYTES, STREAM_NONCE_BYTES } from '../prg.js';
import type { EngineNeed, Lack } from '../engine/need.js';
import type { MaskJob, MaskResult, MaskRunOptions } from './types.js';

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

/** Coordinates of streams over all vectors. */
export function workOf(job: MaskJob): number {
  return job.vectors.reduce((total, { length, streams }) => total + length * streams.length, 0);
}

export interface Progress {
  /** Coordinates of streams that were done; less than 0 when some are to be done again. */
  count(coordinates: number): void;
  tell(): void;
  finish(): void;
}

/** Tells how far a job is, in streams: never less than before, and all of them only once. */
export function progressOf(job: MaskJob, onProgress: MaskRunOptions['onProgress']): Progress {
  const total = countStreams(job);
  const work = workOf(job);
  let done = 0;
  let told = 0;
  return {
    count(coordinates) {
      done += coordinates;
    },
    tell() {
      if (done >= work) return;
      told = Math.max(told, Math.floor((total * done) / work));
      onProgress?.(told, total);
    },
    finish: () => onProgress?.(total, total),
  };
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
