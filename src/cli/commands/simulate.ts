/** `blindsum simulate`: a whole session on this machine, with dropouts, checked coordinate by coordinate. */
import { Command, Option } from 'commander';
import { parseInteger } from '../durations.js';
import { usage } from '../errors.js';
import { createOutput, createProgress, type Output } from '../output.js';
import type { SimulationOptions } from '../simulate/options.js';
import { chosenSuite } from '../suite-flag.js';

interface Flags {
  readonly suite: string;
  readonly participants: number;
  readonly length: number;
  readonly bits?: number;
  readonly encoding?: 'coefficients' | 'slots';
  readonly maxWeight?: number;
  readonly dropout: string;
  readonly cohorts?: number;
  readonly cohortDropout: string;
  readonly transport: 'memory' | 'grpc';
  readonly seed: string;
  readonly json?: boolean;
}

const HELP = `
--dropout takes one rate (0.1: so many vanish after their shares were accepted and before their input) or a value
per round, a rate below 1 or a whole number of participants: r0:1,r2:0.1,r4:2. Who vanishes follows from the seed.

A ring (masking/ring) is planned for a tenth that collude, and a twentieth more that drop out than vanish; those of --cohorts
as 'task create' proposes. What no ring stands is refused (USE_COMPLETE): take more participants or fewer dropouts.

"exact" in the JSON: every coordinate is within "errorBound" of what was put in. That is 0 for suites that sum integers; for
those that sum floats (ckks/sumkey) it is the error that the suite promises, and "maxAbsError" the one that there was.

Exit code: 0 when the sum is exact in this sense; 1 when it is not, or the session aborted.

--cohorts divides everybody into so many cohorts of --participants each: every cohort sums in a session of its own, and a
delegate of each takes that sum into a parent session, whose sum is compared with the plain one over all. --dropout is
then for each cohort, --cohort-dropout for the delegates; a cohort whose session aborts is not in the parent's sum.

Examples:
  blindsum simulate --participants 50 --length 100000 --dropout 0.1 --transport grpc
  blindsum simulate --suite ckks/sumkey --participants 10 --length 100000 --dropout 0.2
  blindsum simulate --cohorts 100 --participants 100 --length 1000 --dropout 0.1 --json`;

export function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'run a whole session on this machine, with dropouts, and check the sum coordinate by coordinate',
    )
    .option('--suite <id>', 'protocol suite, or auto: the masking suite for so many', 'masking/complete')
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
    .option(
      '--max-weight <w>',
      'masking suites: inputs have weights from 1 to w',
      parseInteger(1, 0xffffffff),
    )
    .option('--dropout <rates>', 'who vanishes, see below', '0')
    .option('--cohorts <c>', 'sums of so many cohorts are summed in a parent session', parseInteger(1))
    .option('--cohort-dropout <rates>', 'delegates that vanish in the parent session', '0')
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

/** Every pair of neighbours has keys and shares, and all of them live in this process. */
const MOST_PARTICIPANTS = { complete: 1000, ring: 20_000 };
const SHOW_PROGRESS_AFTER_MS = 1000;

async function simulate(asked: Flags): Promise<void> {
  const { cohorts } = asked;
  if (cohorts !== undefined && cohorts < 3)
    usage(`--cohorts: a parent session needs at least 3 cohorts, not ${cohorts}`);
  if (asked.participants < 3)
    usage(`--participants: a sum needs at least 3 participants, not ${asked.participants}`);
  if (await ranAgain(asked)) return;
  const { parseDropout } = await import('../simulate/dropout.js');
  const dropout = parseDropout(asked.dropout, asked.participants);
  const output = createOutput(asked.json === true);
  const { participants, suite } = asked;
  const { chooseInputs, plannedNumbers, sumsFloats } = await import('../simulate/choose-inputs.js');
  const numbers = plannedNumbers({ suite: 'masking/ring', participants, dropout });
  const flags = { ...asked, suite: await chosenSuite(suite, { participants, numbers }, output) };
  const isRing = flags.suite === 'masking/ring';
  const most = isRing ? MOST_PARTICIPANTS.ring : MOST_PARTICIPANTS.complete;
  if (flags.participants > most) {
    const why = isRing
      ? "all of them are in this machine's memory"
      : "shares and messages grow with the square of the number and all are in this machine's memory; the suite is meant for up to about 100, masking/ring for thousands";
    usage(`--participants: at most ${most}, not ${flags.participants}: ${why}`);
  }
  checkFlags(flags, sumsFloats(flags.suite));
  const cohortDropout = parseDropout(flags.cohortDropout, cohorts ?? 0, '--cohort-dropout');
  const options = { ...flags, dropout };
  // Refuses numbers that do not fit each other before anything is said to have begun.
  chooseInputs({ ...options, participants: (cohorts ?? 1) * flags.participants });
  const { length } = flags;
  const who = `${participants} participants with ${length} coordinates each`;
  if (cohorts === undefined) {
    const { runSimulation } = await import('../simulate/run.js');
    const { describeReport } = await import('../simulate/report.js');
    await run(output, who, (watched) => runSimulation({ ...options, ...watched }), describeReport);
  } else {
    const { runCohorts } = await import('../simulate/cohorts.js');
    const { describeCohorts } = await import('../simulate/cohorts-report.js');
    const asked = { ...options, cohorts, cohortDropout };
    const each = `${cohorts} cohorts of ${who}`;
    await run(output, each, (watched) => runCohorts({ ...asked, ...watched }), describeCohorts);
  }
}

/** Where this process cannot hold so many, another one does it all, and says what is to be said. */
async function ranAgain({ participants, transport }: Flags): Promise<boolean> {
  if (participants > MOST_PARTICIPANTS.ring) return false;
  const { heapFlags, runAgain } = await import('../simulate/heap.js');
  const flags = heapFlags(participants, transport);
  if (flags !== null) process.exitCode = await runAgain(flags);
  return flags !== null;
}

type Watched = Required<Pick<SimulationOptions, 'signal' | 'onProgress'>>;

async function run<R extends { readonly exact: boolean }>(
  output: Output,
  what: string,
  start: (watched: Watched) => Promise<R>,
  describe: (report: R) => string,
): Promise<void> {
  const { onInterrupt } = await import('../interrupt.js');
  const progress = await createProgress('messages', output);
  if (!process.stderr.isTTY) output.note(`simulating ${what} …`);
  const interrupt = onInterrupt();
  const startedMs = Date.now();
  try {
    const report = await start({
      signal: interrupt.signal,
      onProgress: (done, total) => {
        if (Date.now() - startedMs >= SHOW_PROGRESS_AFTER_MS) progress.update(done, total);
      },
    });
    progress.stop();
    output.result(report, describe(report));
    if (!report.exact) process.exitCode = 1;
  } finally {
    progress.stop();
    interrupt.dispose();
  }
}

function checkFlags(flags: Flags, floats: boolean): void {
  const { suite, bits, maxWeight, encoding, cohorts, cohortDropout } = flags;
  if (floats && bits !== undefined)
    usage(`--bits: is for masking suites; ${suite} sums floats, so leave it out`);
  if (floats && maxWeight !== undefined) usage(`--max-weight: is for masking suites, not for ${suite}`);
  if (floats && cohorts !== undefined) usage(`--cohorts: sums of cohorts are integers; ${suite} sums floats`);
  if (!floats && encoding !== undefined)
    usage(`--encoding: is for --suite ckks/sumkey; ${suite} sums integers, so leave it out`);
  if (cohorts === undefined && cohortDropout !== '0') usage('--cohort-dropout: is for --cohorts');
}
