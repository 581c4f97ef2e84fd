/**
 * The engine alone: masks of a million coordinates, in processes that are started for it with the environment as it is, since
 * how memory is given back to the system decides the speed. Each makes and adds masks for about a second, then for another
 * one, which counts.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BenchOptions, COORDINATE_BYTES } from '../options.js';
import { PEER_STREAM, type PeerFigure } from '../peers.js';
import { type ByThreads, mapThreads, rounded, type Spread, spreadOf } from '../spread.js';

export interface StreamCost {
  readonly length: number;
  /** Of bare keystream, 10^9 bytes per second. */
  readonly opensslGBps: number;
  /** Of masks made and added. */
  readonly engineGBps: ByThreads<number>;
  readonly spreadGBps: ByThreads<Spread>;
  readonly ratio: ByThreads<number>;
  readonly peers: readonly PeerFigure[];
}

/** Masks that one job adds. */
const STREAMS = 100;

export async function benchStream(options: BenchOptions): Promise<StreamCost> {
  const { length, threads, repeats, keystream, signal, onPart } = options;
  const rates: Record<string, Spread> = {};
  for (const count of threads) {
    onPart(`stream: ${length} coordinates, ${count} thread(s)`);
    const measured: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      signal.throwIfAborted();
      await keystream.take();
      measured.push(
        (STREAMS * length * COORDINATE_BYTES) / (await secondsPerJob(length, count, signal)) / 1e9,
      );
    }
    rates[count] = spreadOf(measured);
  }
  const opensslGBps = keystream.yardstick.gigabytesPerSecond;
  const engineGBps = mapThreads(rates, ({ median }) => median);
  return {
    length,
    opensslGBps,
    engineGBps,
    spreadGBps: rates,
    ratio: mapThreads(engineGBps, (rate) => rounded(rate / opensslGBps)),
    peers: PEER_STREAM,
  };
}

async function secondsPerJob(length: number, threads: number, signal: AbortSignal): Promise<number> {
  const entry = fileURLToPath(new URL('./stream-process.js', import.meta.url));
  const args = [entry, length, STREAMS, threads].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, args, { signal });
  return Number(stdout);
}
