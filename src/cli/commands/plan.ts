/** `blindsum plan`: the numbers of a task before it is written, and what it would cost. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseInteger } from '../durations.js';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';
import { chosenSuite } from '../suite-flag.js';
import type { Rates } from '../plan/seconds.js';
import { GRAPH_RULES, type Plan, type PlanRequest } from '../plan/types.js';

type Flags = Omit<PlanRequest, 'suite'> & { readonly suite?: string; readonly json?: boolean };

const RING = 'masking/ring';

const HELP = `
Of suites in which everybody shares keys with everybody: the same numbers as 'task create' gives a task with one vector.
With --rule: those of a ring, on which each shares keys with k neighbours only. 'ring' is the rule of suite masking/ring,
for a coordinator that does anything: its task has as minSurvivors those whom --dropout leaves. 'curious' and
'semi-malicious' are published rules, to compare with. The text shows them side by side. When the numbers cannot be met, it says what could.
How many may collude: --adversarial as a share, --max-colluders as a number; of both the larger counts. Without: as
'task create' proposes, just below a third.
Bytes are those of a session in which everybody stays, without certificates and the framing of the wire. Seconds are
estimates for one core, from how fast this machine masks and agrees on keys at the moment.

Exit code: 0 when the numbers can be met, 1 when they cannot.

Examples:
  blindsum plan --participants 100 --dropout 0.2 --length 1000000
  blindsum plan --participants 100 --suite ckks/sumkey --max-abs 10 --precision 1e-9 --json
  blindsum plan --participants 10000 --adversarial 0.1 --dropout 0.1 --rule ring
  blindsum plan --participants 1000 --adversarial 0.05 --dropout 0.05 --rule ring --beacon --json
  blindsum plan --participants 2000 --adversarial 0.1 --dropout 0.1 --suite auto`;

export function planCommand(): Command {
  return new Command('plan')
    .description(
      'threshold, neighbours, dropouts, precision, bytes, seconds of a task, or why there can be none',
    )
    .requiredOption('--participants <n>', 'how many may take part', parseInteger(1, 1_000_000))
    .option('--adversarial <rate>', 'share of them that may collude, 0 to below 1', parseRate)
    .option(
      '--max-colluders <c>',
      'how many of them may collude with the coordinator',
      parseInteger(0, 1_000_000),
    )
    .option('--dropout <rate>', 'share of them that may drop out, 0 to below 1', parseRate, 0)
    .option(
      '--suite <id>',
      `masking/complete (the default), ckks/sumkey, ${RING}, or auto: the masking suite for so many`,
    )
    .addOption(
      new Option('--rule <name>', `how a ring gets its numbers (suite ${RING})`).choices(GRAPH_RULES),
    )
    .option('--beacon', 'the ring comes from a public beacon, so that nobody can try several (rule ring)')
    .option('--length <m>', 'coordinates of each input', parseInteger(1, 2 ** 30), 100_000)
    .option(
      '--max-abs <a>',
      'largest absolute value of a coordinate (the clip of the task)',
      parsePositive,
      1,
    )
    .option('--max-weight <w>', 'largest weight, of a weighted task', parseInteger(1, 0xffffffff))
    .option('--precision <p>', 'largest error of a coordinate of the sum that is acceptable', parsePositive)
    .option('--bits <b>', 'of the modulus; masking: 1 to 32, ckks/sumkey: 60 or 54', parseInteger(1, 60))
    .addOption(
      new Option('--encoding <name>', 'ckks/sumkey: where coordinates lie').choices([
        'coefficients',
        'slots',
      ]),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(plan);
}

async function plan({ json, suite: named, ...flags }: Flags): Promise<void> {
  const { rule } = flags;
  const output = createOutput(json === true);
  const { planTask, suiteFor } = await import('../plan/plan.js');
  const suite = await chosenSuite(
    named ?? (rule === undefined ? 'masking/complete' : RING),
    suiteFor(flags),
    output,
  );
  if (rule !== undefined && suite !== RING) usage(`--rule: is of suite ${RING}, not of ${suite}`);
  const { AUTO_SUITE } = await import('../../operator/choose-suite.js');
  // Where 'auto' takes no ring it needs no beacon.
  const beacon = flags.beacon === true && !(named === AUTO_SUITE && suite !== RING);
  if (beacon && (suite !== RING || (rule ?? 'ring') !== 'ring')) usage('--beacon: is for --rule ring');
  const { measureRates } = await import('../plan/seconds.js');
  const request = { ...flags, suite, beacon };
  const rates = await measureRates();
  const planned = planTask(request, rates);
  output.result(planned, output.json ? '' : await inWords(planned, request, rates));
  if (!planned.feasible) process.exitCode = 1;
}

/** Rings are masks: beside encryption there is nothing to put them. */
async function inWords(planned: Plan, request: PlanRequest, rates: Rates): Promise<string> {
  const { planText } = await import('../plan/text.js');
  const { comparisonText } = await import('../plan/compare.js');
  const isMasking = request.suite !== 'ckks/sumkey';
  return planText(planned, isMasking ? comparisonText(request, rates) : null);
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= Number.MAX_SAFE_INTEGER))
    throw new InvalidArgumentError('a number above 0, up to 2^53, is needed');
  return value;
}

function parseRate(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < 1))
    throw new InvalidArgumentError('a rate from 0 to below 1 is needed');
  return value;
}
