/** `blindsum bench`: what the parts of a session cost on this machine, as ratios to bare keystream or bare gRPC. */
import { Command, Option } from 'commander';
import { parseInteger } from '../durations.js';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';
import { dropoutFlag, jsonFlag, lengthFlag, participantsFlag, repeatsFlag } from './bench-flags.js';
import { benchHealthCommand } from './bench-health.js';
import { benchMemoryCommand } from './bench-memory.js';
import { benchSuitesCommand } from './bench-suites.js';

interface Flags {
  readonly participants: number;
  readonly length: number;
  readonly dropout: string;
  readonly threads: readonly number[];
  readonly repeats: number;
  readonly suite?: string;
  readonly neighbours?: number;
  readonly json?: boolean;
}

const PARTS = {
  stream: 'the engine alone: masks made and added, in processes started for it',
  mask: 'a participant’s r2: from the shares it is sent to its masked input',
  share: 'a participant’s r1: dealing, key agreements, sealing, and the signatures of the roster',
  unmask: 'the coordinator: from the shares to the decoded sum, with participants that dropped',
  upload: 'receiving and adding masked inputs over TLS, beside a bare gRPC server; bytes per participant',
  all: 'all of these, one after the other',
} as const;
type Part = keyof typeof PARTS;

const HELP = `
Figures are medians with the fastest and the slowest. Those of two machines, or of a busy one, do not compare; ratios do: to
the keystream that 'openssl speed -evp aes-128-ctr' makes on one core in the same run (or node:crypto, where there is no
such command: then "opensslBy" says so), to bare node:crypto, or to a bare gRPC server. What peers need is beside it.

Examples:
  blindsum bench all
  blindsum bench unmask --participants 100 --length 1000000 --dropout 0.3 --threads 1,2 --json
  blindsum bench unmask --suite masking/ring --participants 1000 --neighbours 36 --length 100000 --dropout 0.1`;

export function benchCommand(): Command {
  const bench = new Command('bench').description('measure on this machine');
  for (const part of Object.keys(PARTS) as Part[]) bench.addCommand(partCommand(part));
  const others = [benchMemoryCommand(), benchHealthCommand(), benchSuitesCommand()];
  for (const other of others) bench.addCommand(other);
  return bench;
}

const partCommand = (part: Part): Command => {
  const command = new Command(part)
    .description(PARTS[part])
    .addOption(participantsFlag(100))
    .addOption(lengthFlag('coordinates of each input, 32 bits each', 1_000_000))
    .addOption(dropoutFlag('unmask: '))
    .option('--threads <list>', 'engines to compare, by their threads', parseThreads, [1, 2])
    .addOption(repeatsFlag(5))
    .addOption(jsonFlag())
    .addHelpText('after', HELP)
    .action((flags: Flags) => measure(part, flags));
  if (part !== 'unmask') return command;
  return command
    .addOption(new Option('--suite <id>', 'whose masks come off').choices(SUITES).default(SUITES[0]))
    .option('--neighbours <k>', 'masking/ring: of each participant, even', parseInteger(2, 998));
};

const SUITES = ['masking/complete', 'masking/ring'];

/** Null: everybody is everybody's. */
function neighboursOf({ suite, neighbours, participants }: Flags): number | null {
  if (suite !== 'masking/ring') {
    if (neighbours !== undefined) usage('--neighbours: only with --suite masking/ring');
    return null;
  }
  const most = 2 * Math.floor((participants - 2) / 4);
  if (neighbours !== undefined && neighbours % 2 === 0 && neighbours <= most) return neighbours;
  return usage(
    `--neighbours: expected an even number from 2 to ${most}, fewer than half of ${participants} participants`,
  );
}

const MOST_THREADS = 64;

function parseThreads(text: string): number[] {
  const threads = text.split(',').map(Number);
  if (!threads.every((count) => Number.isInteger(count) && count >= 1 && count <= MOST_THREADS))
    usage(`--threads: expected numbers from 1 to ${MOST_THREADS} as in 1,2, not ${text}`);
  return [...new Set(threads)];
}

async function measure(part: Part, flags: Flags): Promise<void> {
  const { checkDropout } = await import('../bench/dropout.js');
  const { KeystreamSamples } = await import('../bench/bare/keystream.js');
  const { runParts } = await import('../bench/parts/run-parts.js');
  const { onInterrupt } = await import('../interrupt.js');
  const neighbours = neighboursOf(flags);
  const dropped = checkDropout(flags.dropout, flags.participants);
  const output = createOutput(flags.json === true);
  const interrupt = onInterrupt();
  try {
    const { json, text } = await runParts(part, {
      ...flags,
      dropped,
      neighbours,
      keystream: new KeystreamSamples(),
      signal: interrupt.signal,
      onPart: (name) => {
        output.note(name);
      },
    });
    output.result(json, text);
  } finally {
    interrupt.dispose();
  }
}
