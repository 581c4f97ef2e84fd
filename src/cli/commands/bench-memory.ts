/** `blindsum bench memory`: what the processes of a session take, at several lengths. */
import { Command } from 'commander';
import { parseInteger } from '../durations.js';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';
import { jsonFlag, MOST_COORDINATES } from './bench-flags.js';

interface Flags {
  readonly participants: number;
  readonly length: readonly number[];
  readonly json?: boolean;
}

const HELP = `
A coordinator (store in memory) and each participant (journal on disk) are a process of their own, over TLS on loopback; every
length is a session from its opening until everybody has the sum. RSS is the most that a process ever had.

Example:
  blindsum bench memory --participants 3 --length 1000000,25000000 --json`;

export const benchMemoryCommand = (): Command =>
  new Command('memory')
    .description('memory of coordinator and participants, each a process of its own')
    .option('--participants <n>', 'how many take part: so many processes', parseInteger(3, 16), 3)
    .option(
      '--length <list>',
      'coordinates of each input, 32 bits each',
      parseLengths,
      [1_000_000, 25_000_000],
    )
    .addOption(jsonFlag())
    .addHelpText('after', HELP)
    .action(bench);

function parseLengths(text: string): number[] {
  const lengths = text.split(',').map(Number);
  if (lengths.every((length) => Number.isInteger(length) && length >= 1 && length <= MOST_COORDINATES))
    return lengths;
  return usage(`--length: expected numbers from 1 to ${MOST_COORDINATES} as in 1000,1000000, not ${text}`);
}

async function bench({ participants, length: lengths, json }: Flags): Promise<void> {
  const { benchMemory } = await import('../bench/memory.js');
  const { onInterrupt } = await import('../interrupt.js');
  const output = createOutput(json === true);
  const interrupt = onInterrupt();
  try {
    const rows = [];
    for (const length of lengths) {
      output.note(`memory: ${participants} participants, ${length} coordinates`);
      rows.push(await benchMemory({ participants, length, seed: 'bench' }, interrupt.signal));
    }
    const lines = rows.map(
      ({ length, seconds, coordinator, coordinatorStallMs, participant, sumExact }) =>
        `${length} coordinates: coordinator ${mebibytes(coordinator.peakRssBytes)} (idle ${mebibytes(coordinator.idleRssBytes)}), ` +
        `participant ${mebibytes(participant.peakRssBytes)}; ${seconds} s, longest stall of the coordinator ${coordinatorStallMs} ms; ` +
        `the sum is ${sumExact ? 'exact' : 'WRONG'}`,
    );
    output.result({ node: process.version, memory: rows }, lines.join('\n'));
  } finally {
    interrupt.dispose();
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
