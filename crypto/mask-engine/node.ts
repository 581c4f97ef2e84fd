/**
 * The mask engine for Node: OpenSSL's AES-CTR in pieces that stay in the cache, summed range by range. All
 * streams are added to one tile of coordinates before the next tile, so memory is read and written once, and a
 * range needs nothing from its neighbours: ranges can go to workers without changing anything here.
 *
 * Security: see types.ts. Gives the event loop a turn every few milliseconds, so a coordinator that unmasks
 * still answers its health checks.
 */
import { createCipheriv } from 'node:crypto';
import { counterBlock, wordsOf } from '../prg.js';
import { countStreams, masksOnly, requireMaskJob, shapeResult } from './job.js';
import type { MaskEngine, MaskJob, MaskJobVector, MaskResult, MaskRunOptions } from './types.js';

/** Coordinates per tile: 256 KiB of keystream, the fastest piece measured. A multiple of the cipher's block. */
const TILE_COORDINATES = 65536;

/** Keystream bytes between two turns of the event loop: some 5 ms. */
const TURN_BYTES = 8 * 2 ** 20;

const ZEROS = new Uint8Array(4 * TILE_COORDINATES);

export function createNodeEngine(): MaskEngine {
  const running = new Set<Promise<MaskResult>>();
  let closed = false;
  return {
    async run(job, options = {}) {
      if (closed) throw new Error('the mask engine is closed');
      requireMaskJob(job);
      const result = compute(job, options);
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(running);
    },
    lacks: (need) => Promise.resolve(masksOnly(need)),
  };
}

async function compute(job: MaskJob, { signal, onProgress }: MaskRunOptions): Promise<MaskResult> {
  const total = countStreams(job);
  const work = job.vectors.reduce((sum, { length, streams }) => sum + length * streams.length, 0);
  warmAllocator(work);
  signal?.throwIfAborted();

  const sums: Uint32Array[] = [];
  let done = 0; // coordinates of streams
  let sinceTurn = 0; // bytes of keystream
  for (const vector of job.vectors) {
    const sum = vector.base === null ? new Uint32Array(vector.length) : vector.base.slice();
    sums.push(sum);
    for (let from = 0; from < vector.length; from += TILE_COORDINATES) {
      const tile = sum.subarray(from, from + TILE_COORDINATES);
      for (const stream of vector.streams) {
        addStream(tile, from, stream);
        done += tile.length;
        sinceTurn += 4 * tile.length;
        if (sinceTurn >= TURN_BYTES) {
          sinceTurn = 0;
          if (done < work) onProgress?.(Math.floor((total * done) / work), total);
          await new Promise((resolve) => setImmediate(resolve));
          signal?.throwIfAborted();
        }
      }
    }
  }
  onProgress?.(total, total);
  return shapeResult(job, sums);
}

/** tile ±= the stream's words for coordinates from…from + tile.length − 1. @param from a multiple of 4. */
function addStream(tile: Uint32Array, from: number, stream: MaskJobVector['streams'][number]): void {
  const cipher = createCipheriv('aes-128-ctr', stream.key, counterBlock(stream.nonce, from));
  const bytes = cipher.update(ZEROS.subarray(0, 4 * tile.length));
  const words = wordsOf(bytes);
  if (stream.sign === 1) addWords(tile, words);
  else subtractWords(tile, words);
  bytes.fill(0);
}

/** Signed views let the engine add without converting: the same bits modulo 2^32. */
function signed(words: Uint32Array): Int32Array {
  return new Int32Array(words.buffer, words.byteOffset, words.length);
}

function addWords(tile: Uint32Array, words: Uint32Array): void {
  const a = signed(tile);
  const b = signed(words);
  for (let i = 0; i < a.length; i += 1) a[i] = ((a[i] as number) + (b[i] as number)) | 0;
}

function subtractWords(tile: Uint32Array, words: Uint32Array): void {
  const a = signed(tile);
  const b = signed(words);
  for (let i = 0; i < a.length; i += 1) a[i] = ((a[i] as number) - (b[i] as number)) | 0;
}

const LARGE_JOB = 4 * 2 ** 20;
let isWarm = false;

/**
 * glibc gives every buffer of 256 KiB back to the system at once, which more than halves the speed, until a
 * larger block has been freed; then it keeps them. So allocate and drop one large block, once, before real work.
 */
function warmAllocator(coordinates: number): void {
  if (isWarm || coordinates < LARGE_JOB) return;
  isWarm = true;
  const cipher = createCipheriv('aes-128-ctr', new Uint8Array(16), new Uint8Array(16));
  const block = new Uint8Array(31 * 2 ** 20);
  for (let i = 0; i < 3; i += 1) cipher.update(block);
}
