/** Workers give what the reference gives, or nothing: also when they end in the middle, and when a job is given up. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { createReferenceEngine } from '../../../crypto/mask-engine/reference.js';
import type { MaskJob } from '../../../crypto/mask-engine/types.js';
import type { FromWorker, ToWorker } from '../../../crypto/mask-engine/worker.js';
import type { WorkerPool } from '../../../crypto/mask-engine/worker-pool.js';
import { comparable, fixedStream, jobsOf } from './jobs.js';

// Built, as a worker runs no TypeScript.
const built = (file: string) => new URL(`../../../dist/crypto/mask-engine/${file}`, import.meta.url);
const { createWorkerPool } = (await import(
  built('worker-pool.js').href
)) as typeof import('../../../crypto/mask-engine/worker-pool.js');
const { cutRanges, RANGE_COORDINATES } = {
  ...((await import(built('range.js').href)) as typeof import('../../../crypto/mask-engine/range.js')),
  ...((await import(built('kernel.js').href)) as typeof import('../../../crypto/mask-engine/kernel.js')),
};

const reference = createReferenceEngine();
const job = (length: number, streams: number, output: MaskJob['output'] = 'packed'): MaskJob => ({
  kind: 'mask',
  output,
  vectors: [
    {
      name: 'v',
      bits: 23,
      length,
      base: Uint32Array.from({ length }, (_, i) => i),
      streams: Array.from({ length: streams }, (_, i) => fixedStream(i, i % 2 === 0 ? 1 : -1)),
    },
  ],
});
const expected = async (input: MaskJob) => comparable(await reference.run(input));

const pools: WorkerPool[] = [];
const started: Worker[] = [];
/** A pool, the threads it starts, and what is done with each of them. */
function poolOf(size: number, onStart: (thread: Worker, count: number) => void = () => undefined) {
  const threads: Worker[] = [];
  const pool = createWorkerPool(size, () => {
    const thread = new Worker(built('worker.js'));
    threads.push(thread);
    started.push(thread);
    onStart(thread, threads.length);
    return thread;
  });
  pools.push(pool);
  return { pool, threads };
}
/** Ends it when it is given a range, before it can have answered. */
function endsAtRange(thread: Worker): void {
  const post = thread.postMessage.bind(thread);
  thread.postMessage = (message: ToWorker, transfer) => {
    post(message, transfer);
    if (message.kind === 'range') void thread.terminate();
  };
}
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  await Promise.all(started.splice(0).map((thread) => thread.terminate()));
});

test.each([1, 2, 3, 4])('%d threads give exactly what the reference gives', async (size) => {
  const { pool, threads } = poolOf(size);
  const edges = [16384, RANGE_COORDINATES, size * RANGE_COORDINATES, (size + 1) * RANGE_COORDINATES + 33];
  await fc.assert(
    fc.asyncProperty(jobsOf(edges), async (input) => {
      expect(comparable(await pool.run(input, {}))).toEqual(await expected(input));
    }),
    { numRuns: 8, endOnFailure: true },
  );
  expect(threads.length).toBeLessThanOrEqual(size);
});

test('ranges cover each coordinate once, as many for each thread, none too long', () => {
  const lengths = [0, 1, 31, 33, RANGE_COORDINATES, RANGE_COORDINATES + 1, 1_000_000, 25_000_001];
  for (const size of [1, 2, 3, 8]) {
    for (const length of lengths) {
      const ranges = cutRanges({ vectors: [{ name: 'v', bits: 9, length, base: null, streams: [] }] }, size);
      let end = 0;
      for (const { from, count } of ranges) {
        expect(from).toBe(end);
        expect(from % 32).toBe(0);
        expect(count).toBeLessThanOrEqual(RANGE_COORDINATES);
        end += count;
      }
      expect(end).toBe(length);
      if (length >= 1_000_000) expect(ranges.length % size).toBe(0);
    }
  }
});

test('jobs given at once run one after the other on the same threads, and are left as they were', async () => {
  const { pool, threads } = poolOf(2);
  const jobs = Array.from({ length: 6 }, (_, i) =>
    job(300_000 + i, i + 1, i % 2 === 0 ? 'packed' : 'integers'),
  );
  const before = structuredClone(jobs);
  const results = await Promise.all(jobs.map((input) => pool.run(input, {})));
  expect(threads).toHaveLength(2);
  expect(jobs).toEqual(before);
  for (const [i, input] of jobs.entries())
    expect(comparable(results[i] as never)).toEqual(await expected(input));
});

test('progress never goes back and ends complete', async () => {
  const { pool } = poolOf(2);
  const told: number[] = [];
  await pool.run(job(1_000_000, 8), { onProgress: (done) => told.push(done) });
  expect(told.length).toBeGreaterThan(3);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.filter((done) => done === 8)).toHaveLength(1);
});

describe('a thread that ends', () => {
  test('in the middle of a range has its range computed again by another', async () => {
    const { pool, threads } = poolOf(2, (thread, count) => count === 1 && endsAtRange(thread));
    const input = job(500_000, 10);
    const told: number[] = [];
    const result = await pool.run(input, { onProgress: (done) => told.push(done) });
    expect(comparable(result)).toEqual(await expected(input));
    expect(threads).toHaveLength(3);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  test('again and again has the job refused, and the next one is not', async () => {
    let broken = true;
    const { pool } = poolOf(2, (thread) => broken && endsAtRange(thread));
    await expect(pool.run(job(500_000, 10), {})).rejects.toThrow(/worker of the mask engine ended/);
    broken = false;
    const input = job(500_000, 3);
    expect(comparable(await pool.run(input, {}))).toEqual(await expected(input));
  });

  test('between two jobs is not missed by the second', async () => {
    const { pool, threads } = poolOf(1);
    const input = job(40_000, 3);
    await pool.run(input, {});
    await threads[0]?.terminate();
    expect(comparable(await pool.run(input, {}))).toEqual(await expected(input));
    expect(threads).toHaveLength(2);
  });

  test.each([
    ['and a range', 700_000],
    ['and a job', 20_000],
  ])('right after an answer is not asked again, %s later', async (_what, length) => {
    const { pool, threads } = poolOf(1, (thread, count) => {
      if (count > 1) return;
      thread.on('message', () => {
        // Its end is heard of after the answer, and before what the answer leads to; then it is deaf.
        thread.postMessage = () => undefined;
        process.nextTick(() => thread.emit('exit', 1));
      });
    });
    for (const streams of [2, 3]) {
      const input = job(length, streams);
      expect(comparable(await pool.run(input, {}))).toEqual(await expected(input));
    }
    expect(threads).toHaveLength(2);
  });
});

test('what goes wrong in a worker is what the job is refused with', async () => {
  const { pool } = poolOf(2, (thread) => {
    const post = thread.postMessage.bind(thread);
    thread.postMessage = (message: ToWorker, transfer) => message.kind !== 'begin' && post(message, transfer);
  });
  await expect(pool.run(job(500_000, 3), {})).rejects.toThrow('a range without a job');
});

test('a job that waits can be given up at once, and those after it wait on', async () => {
  const { pool } = poolOf(1);
  const [first, second, third] = [job(1_000_000, 300), job(50_000, 1), job(50_000, 2)];
  const ends: string[] = [];
  const reason = new Error('enough');
  const controller = new AbortController();
  const one = pool.run(first, {}).then(() => ends.push('first'));
  const two = pool.run(second, { signal: controller.signal }).catch((error: unknown) => {
    expect(error).toBe(reason);
    ends.push('second');
  });
  const three = pool.run(third, {}).then(async (result) => {
    ends.push('third');
    expect(comparable(result)).toEqual(await expected(third));
  });
  controller.abort(reason);
  await Promise.all([one, two, three]);
  expect(ends).toEqual(['second', 'first', 'third']);
});

test('a job that is given up is given up on every thread, and the next one comes out right', async () => {
  const { pool, threads } = poolOf(2);
  const reason = new Error('enough');
  await expect(pool.run(job(10, 1), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const parts: (FromWorker & { kind: 'part' })[] = [];
  const running = pool.run(job(1_000_000, 2000), { signal: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const thread of threads) {
    thread.on('message', (message: FromWorker) => message.kind === 'part' && parts.push(message));
  }
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
  expect(parts.map(({ part }) => part)).toEqual([null, null]);
  const input = job(200_000, 4);
  expect(comparable(await pool.run(input, {}))).toEqual(await expected(input));
  expect(threads).toHaveLength(2);
});

test('a closed pool has no threads left, and ended its job before', async () => {
  const { pool, threads } = poolOf(2);
  const exits = new Set<number>();
  const input = job(400_000, 5);
  const running = pool.run(input, {});
  await pool.close();
  threads.forEach((thread, i) => (thread.threadId === -1 ? exits.add(i) : undefined));
  expect(comparable(await running)).toEqual(await expected(input));
  expect(exits.size).toBe(2);
});

test('a worker overwrites the keys and the base it was given', async () => {
  const thread = new Worker(built('worker.js'));
  const shared = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length)).fill(0x5a);
  const streams = shared(29);
  const base = new Uint32Array(shared(4 * 100).buffer);
  const control = new Int32Array(new SharedArrayBuffer(4));
  const say = (message: ToWorker): void => thread.postMessage(message);
  const part = () => new Promise((resolve) => thread.once('message', resolve));
  say({ kind: 'begin', output: 'integers', streams: [streams], control });
  say({ kind: 'range', range: { vector: 0, bits: 32, from: 0, count: 100 }, base });
  // Shared memory cannot be given back, as a base is afterwards; only so can it be looked at.
  expect(await part()).toMatchObject({ kind: 'failed' });
  expect(base.every((word) => word === 0)).toBe(true);
  expect(streams.every((byte) => byte === 0x5a)).toBe(true);
  say({ kind: 'end' });
  // Answered after the end: there is no job any more.
  say({ kind: 'range', range: { vector: 0, bits: 32, from: 0, count: 100 }, base: null });
  expect(await part()).toMatchObject({ kind: 'failed' });
  expect(streams.every((byte) => byte === 0)).toBe(true);
  await thread.terminate();
});
