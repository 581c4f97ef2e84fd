/** `blindsum plan`: the numbers of a task before it is written, and what it would cost. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseInteger } from '../durations.js';
import { createOutput } from '../output.js';
import { checkSuite } from '../suite-flag.js';
import type { PlanRequest } from '../plan/plan.js';

type Flags = PlanRequest & { readonly json?: boolean };

const HELP = `
The same numbers as 'task create' gives a task with one vector. When they cannot be met, it says what could.
Bytes are those of a session in which everybody stays, without certificates and the framing of the wire.

Exit code: 0 when such a task can be run, 1 when it cannot.

Examples:
  blindsum plan --participants 100 --dropout 0.2 --length 1000000
  blindsum plan --participants 100 --suite ckks/sumkey --max-abs 10 --precision 1e-9 --json`;

export function planCommand(): Command {
  return new Command('plan')
    .description('threshold, dropouts, precision and bytes of a task, or why there can be none')
    .requiredOption('--participants <n>', 'how many may take part', parseInteger(1, 1_000_000))
    .option(
      '--max-colluders <c>',
      'how many of them may collude with the coordinator',
      parseInteger(0, 1_000_000),
    )
    .option('--dropout <rate>', 'share of them that may drop out, 0 to below 1', parseRate, 0)
    .option('--suite <id>', 'masking/complete or ckks/sumkey', 'masking/complete')
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

async function plan({ json, ...request }: Flags): Promise<void> {
  await checkSuite(request.suite);
  const { planTask } = await import('../plan/plan.js');
  const { planText } = await import('../plan/text.js');
  const planned = planTask(request);
  const text = planned.feasible ? planText(planned) : `${planned.suite}: cannot be run: ${planned.refused}`;
  createOutput(json === true).result(planned, text);
  if (!planned.feasible) process.exitCode = 1;
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
