/** `blindsum bench suites`: masking and homomorphic encryption side by side. */
import { Command } from 'commander';
import { createOutput } from '../output.js';
import { dropoutFlag, jsonFlag, lengthFlag, participantsFlag, repeatsFlag } from './bench-flags.js';

interface Flags {
  readonly participants: number;
  readonly length: number;
  readonly dropout: string;
  readonly repeats: number;
  readonly slots?: boolean;
  readonly json?: boolean;
}

const HELP = `
One participant's dealing and masking (or encrypting) is measured with as many neighbours as --participants says, and the
coordinator's adding of one upload and opening of the sum. Medians of --repeats runs after one that warms up; the JSON has
the fastest and the slowest as well. Figures of two machines, or of a busy one, do not compare; those of one run do.

Example:
  blindsum bench suites --participants 100 --length 1000000 --dropout 0.1 --json`;

export const benchSuitesCommand = (): Command =>
  new Command('suites')
    .description('masking and homomorphic encryption side by side: bytes, precision, time')
    .addOption(participantsFlag(100))
    .addOption(lengthFlag('coordinates of each input', 100_000))
    .addOption(dropoutFlag())
    .addOption(repeatsFlag(3))
    .option('--slots', "the encoder of SEAL, too (needs the package 'node-seal')")
    .addOption(jsonFlag())
    .addHelpText('after', HELP)
    .action(bench);

async function bench(flags: Flags): Promise<void> {
  const { participants, length, repeats } = flags;
  const { checkDropout } = await import('../bench/dropout.js');
  const dropped = checkDropout(flags.dropout, participants);
  const { benchSuites } = await import('../bench/suites.js');
  const { describeCosts } = await import('../bench/report.js');
  const output = createOutput(flags.json === true);
  const costs = await benchSuites({
    participants,
    length,
    dropped,
    repeats,
    slots: flags.slots === true,
    onPart: (part) => {
      output.note(part);
    },
  });
  const report = { participants, length, dropped, node: process.version, suites: costs };
  output.result(
    report,
    `${participants} participants, ${dropped} dropped, ${length} coordinates\n${describeCosts(costs)}`,
  );
}
