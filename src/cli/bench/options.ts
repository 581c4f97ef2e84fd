/** What the benchmarks of the masking suites have in common. */
import type { Engine } from '../../protocol/suite.js';
import { createNodeEngine } from '../../../crypto/engine/node.js';
import type { KeystreamSamples } from './bare/keystream.js';

export interface BenchOptions {
  readonly participants: number;
  /** Coordinates of 32 bits. */
  readonly length: number;
  /** How many vanish between r1 and r2. */
  readonly dropped: number;
  /** unmask: of a ring; null: everybody is everybody's. */
  readonly neighbours: number | null;
  /** Engines to compare, by their threads. */
  readonly threads: readonly number[];
  readonly repeats: number;
  readonly keystream: KeystreamSamples;
  readonly signal: AbortSignal;
  /** For people who wait. */
  readonly onPart: (part: string) => void;
}

export const SUITE = 'masking/complete';
export const BITS = 32;
export const COORDINATE_BYTES = 4;

/** Uses an engine of each number of threads in turn. */
export async function withEngines<T>(
  { threads }: Pick<BenchOptions, 'threads'>,
  use: (engine: Engine, threads: number) => Promise<T>,
): Promise<Record<string, T>> {
  const results: Record<string, T> = {};
  for (const count of threads) {
    const engine = createNodeEngine({ threads: count });
    try {
      results[count] = await use(engine, count);
    } finally {
      await engine.close();
    }
  }
  return results;
}
