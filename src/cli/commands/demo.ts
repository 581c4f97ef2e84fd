/** `blindsum demo`: hospitals train one model without showing their patients, and two of them die on the way. */
import { Command } from 'commander';
import { parseInteger } from '../durations.js';
import { onInterrupt } from '../interrupt.js';
import { createOutput } from '../output.js';
import { checkSuite } from '../suite-flag.js';

interface DemoFlags {
  readonly participants: number;
  readonly sessions: number;
  readonly seed: number;
  readonly suite: string;
  readonly kill?: string;
  readonly out?: string;
  readonly save?: string;
  readonly json?: boolean;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'the main job, end to end, on this machine: hospitals train one model, one dies in the middle',
    )
    .option('--participants <n>', 'hospitals, 3 to 20', parseInteger(3, 20), 5)
    .option('--sessions <n>', 'training sessions', parseInteger(1, 1000), 10)
    .option(
      '--seed <n>',
      'decides the split of the patients and all training',
      parseInteger(0, 1_000_000_000),
      1,
    )
    .option('--suite <id>', 'protocol suite: masking/complete or ckks/sumkey', 'masking/complete')
    .option(
      '--kill <points>',
      'r2 (before the hidden input), r3 (after it, before consistency), r2,r3 or none; default r2,r3 where somebody may drop out',
    )
    .option(
      '--out <path>',
      'write an archive of all sessions there, for blindsum audit: a folder, or a .tar.gz file; receipts beside it',
    )
    .option('--save <file>', 'write the trained model there')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  blindsum demo\n  blindsum demo --seed 7 --kill none --json\n  blindsum demo --suite ckks/sumkey',
    )
    .action(demo);
}

async function demo(flags: DemoFlags): Promise<void> {
  const output = createOutput(flags.json === true);
  const { participants, sessions, seed, suite, out = null, save = null } = flags;
  await checkSuite(suite);
  const { planKills, spareOf } = await import('../demo/options.js');
  const kills = planKills(flags.kill, participants, sessions);
  const { createReport, resultText } = await import('../demo/report.js');
  const { runDemo } = await import('../demo/run.js');
  const report = createReport(output, sessions);
  report.note(
    `${participants} hospitals train one model (${suite}); no patient and no update leaves a hospital in the clear.`,
  );
  if (flags.kill === undefined && spareOf(participants) === 0)
    report.note(`With ${participants} participants nobody may drop out, so nobody is killed.`);
  const interrupt = onInterrupt();
  try {
    const { result, hospital, received } = await runDemo(
      { participants, sessions, seed, suite, kills, out, save },
      report,
      interrupt.signal,
    );
    output.result(result, resultText(result, hospital, received));
  } finally {
    interrupt.dispose();
  }
}
