/** `blindsum simulate`: a whole session on this machine, with dropouts, checked coordinate by coordinate. */
import { Command, Option } from 'commander';
import { parseInteger } from '../durations.js';
import { usage } from '../errors.js';
import { createOutput, createProgress } from '../output.js';
import { checkSuite } from '../suite-flag.js';

interface Flags {
  readonly suite: string;
  readonly participants: number;
  readonly length: number;
  readonly bits?: number;
  readonly encoding?: 'coefficients' | 'slots';
  readonly dropout: string;
  readonly transport: 'memory' | 'grpc';
  readonly seed: string;
  readonly json?: boolean;
}

const HELP = `
--dropout takes one rate (0.1: so many vanish after their shares were accepted and before their input) or a value
per round, a rate below 1 or a whole number of participants: r0:1,r2:0.1,r4:2. Who vanishes follows from the seed.

"exact" in the JSON: every coordinate is within "errorBound" of what was put in. That is 0 for suites that sum integers; for
those that sum floats (ckks/sumkey) it is the error that the suite promises, and "maxAbsError" the one that there was.

Exit code: 0 when the sum is exact in this sense; 1 when it is not, or the session aborted.

Examples:
  blindsum simulate --participants 50 --length 100000 --dropout 0.1 --transport grpc
  blindsum simulate --suite ckks/sumkey --participants 10 --length 100000 --dropout 0.2`;

export function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'run a whole session on this machine, with dropouts, and check the sum coordinate by coordinate',
    )
    .option('--suite <id>', 'protocol suite', 'masking/complete')
    .option('--participants <n>', 'how many take part', parseInteger(1), 10)
    .option('--length <m>', 'coordinates of each input', parseInteger(1, 2 ** 30), 1000)
    .option(
      '--bits <b>',
      'masking suites: bits per coordinate of the sum, 1 to 32 (default: 24)',
      parseInteger(1, 32),
    )
    .addOption(
      new Option(
        '--encoding <name>',
        'ckks/sumkey: where coordinates lie; slots needs node-seal (default: coefficients)',
      ).choices(['coefficients', 'slots']),
    )
    .option('--dropout <rates>', 'who vanishes, see below', '0')
    .addOption(
      new Option('--transport <name>', 'calls within the process, or TLS connections over loopback')
        .choices(['memory', 'grpc'])
        .default('memory'),
    )
    .option('--seed <text>', 'keys, inputs and dropouts follow from it', '1')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(simulate);
}

/** Every pair of participants has keys and shares, and all of them live in this process. */
const MOST_PARTICIPANTS = 500;
const SHOW_PROGRESS_AFTER_MS = 1000;

async function simulate(flags: Flags): Promise<void> {
  if (flags.participants < 3)
    usage(`--participants: a sum needs at least 3 participants, not ${flags.participants}`);
  if (flags.participants > MOST_PARTICIPANTS) {
    usage(
      `--participants: at most ${MOST_PARTICIPANTS}, not ${flags.participants}: shares and messages grow with the square of the number and all are in this machine's memory; the suite is meant for up to about 100`,
    );
  }
  await checkSuite(flags.suite);
  const { parseDropout } = await import('../simulate/dropout.js');
  const { chooseInputs, sumsFloats } = await import('../simulate/choose-inputs.js');
  const { runSimulation } = await import('../simulate/run.js');
  const { describeReport } = await import('../simulate/report.js');
  const { onInterrupt } = await import('../interrupt.js');
  const output = createOutput(flags.json === true);
  const dropout = parseDropout(flags.dropout, flags.participants);
  checkFlags(flags, sumsFloats(flags.suite));
  // Refuses numbers that do not fit each other before anything is said to have begun.
  chooseInputs({ ...flags, dropout });
  const progress = await createProgress('messages', output);
  if (!process.stderr.isTTY) {
    output.note(`simulating ${flags.participants} participants with ${flags.length} coordinates each …`);
  }
  const interrupt = onInterrupt();
  const startedMs = Date.now();
  try {
    const report = await runSimulation({
      ...flags,
      dropout,
      signal: interrupt.signal,
      onProgress: (done, total) => {
        if (Date.now() - startedMs >= SHOW_PROGRESS_AFTER_MS) progress.update(done, total);
      },
    });
    progress.stop();
    output.result(report, describeReport(report));
    if (!report.exact) process.exitCode = 1;
  } finally {
    progress.stop();
    interrupt.dispose();
  }
}

function checkFlags({ suite, bits, encoding }: Flags, floats: boolean): void {
  if (floats && bits !== undefined)
    usage(`--bits: is for masking suites; ${suite} sums floats, so leave it out`);
  if (!floats && encoding !== undefined)
    usage(`--encoding: is for --suite ckks/sumkey; ${suite} sums integers, so leave it out`);
}
