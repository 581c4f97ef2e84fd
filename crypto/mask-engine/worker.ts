/**
 * The thread that computes ranges: first it gets the streams of a job, then one range after the other, then the end.
 *
 * Security: what it holds of a job is overwritten when the job ends.
 */
import { parentPort } from 'node:worker_threads';
import { wipe } from '../bytes.js';
import { discard } from './discard.js';
import { createMaskKernel } from './kernel.js';
import { type MaskRange, sumRange } from './range.js';
import { streamsIn } from './stream-bytes.js';
import type { MaskJob } from './types.js';

export type ToWorker =
  | {
      readonly kind: 'begin';
      readonly output: MaskJob['output'];
      /** Of each vector of the job. Secret; overwritten at the end. */
      readonly streams: readonly Uint8Array[];
      /** Not 0: the job is given up. */
      readonly control: Int32Array;
    }
  /** `base` is overwritten when it was read. */
  | { readonly kind: 'range'; readonly range: MaskRange; readonly base: Uint32Array | null }
  | { readonly kind: 'end' };

export type FromWorker =
  /** Coordinates of streams since the last message. */
  | { readonly kind: 'progress'; readonly coordinates: number }
  /** Null: the job was given up. */
  | { readonly kind: 'part'; readonly part: Uint8Array | Uint32Array | null }
  | { readonly kind: 'failed'; readonly message: string };

/** Coordinates of streams between two messages: some 50 ms. */
const PROGRESS_COORDINATES = 2 ** 26;

const kernel = createMaskKernel();
let job: Extract<ToWorker, { kind: 'begin' }> | null = null;

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'begin') {
    job = message;
  } else if (message.kind === 'end') {
    wipe(...(job?.streams ?? []));
    job = null;
  } else {
    try {
      const part = compute(message.range, message.base);
      send({ kind: 'part', part }, part === null ? [] : [part.buffer as ArrayBuffer]);
    } catch (error) {
      send({ kind: 'failed', message: error instanceof Error ? error.message : 'the job failed' });
    }
  }
});

function send(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

function compute(range: MaskRange, base: Uint32Array | null): Uint8Array | Uint32Array | null {
  if (job === null) throw new Error('a range without a job');
  const { control, output, streams } = job;
  const steps = sumRange(kernel, range, base, streamsIn(streams[range.vector] as Uint8Array), output);
  let coordinates = 0;
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return step.value;
      coordinates += step.value;
      if (Atomics.load(control, 0) !== 0) return null;
      if (coordinates >= PROGRESS_COORDINATES) {
        send({ kind: 'progress', coordinates });
        coordinates = 0;
      }
    }
  } finally {
    steps.return(new Uint8Array());
    if (base !== null) discard(base);
  }
}
