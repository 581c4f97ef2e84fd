/**
 * Thousands of participants in one process need more memory than V8 lets a heap have, and how much that may be is settled
 * when a process starts: so the command starts itself once more.
 */
import { spawn } from 'node:child_process';
import { getHeapStatistics } from 'node:v8';
import type { TransportName } from './options.js';

/**
 * What one on a ring of the largest committee holds between two rounds, and as much again for what was let go of; over gRPC
 * with a connection of its own, and what has come over it.
 */
const BYTES_EACH: Readonly<Record<TransportName, number>> = { memory: 2 ** 20, grpc: 6 * 2 ** 20 };
const MEBIBYTE = 2 ** 20;

/**
 * In MiB: what is made in a round lives as long as the round, and is copied twice by the time it counts as old, each time with
 * a look at much that is old already. With more room for what is young that happens a tenth as often.
 */
const YOUNG = 256;

/** @returns V8's flags for a heap that holds so many; null where the present limit is enough */
export function heapFlags(
  participants: number,
  transport: TransportName,
  limitBytes: number = getHeapStatistics().heap_size_limit,
): readonly string[] | null {
  const bytes = participants * BYTES_EACH[transport];
  if (bytes <= limitBytes) return null;
  return [
    `--max-old-space-size=${Math.ceil(bytes / MEBIBYTE)}`,
    `--max-semi-space-size=${YOUNG}`,
    `--min-semi-space-size=${YOUNG}`,
  ];
}

/** Runs this very command in a process with `flags`, on the same terminal. @returns its exit code */
export async function runAgain(flags: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...flags, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  const signals = ['SIGINT', 'SIGTERM'] as const;
  // Ctrl-C reaches both from the terminal, and a second one would end the other at once.
  const passOn = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGTERM' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
}
