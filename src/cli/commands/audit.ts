/** `blindsum audit`: what was promised against what happened. */
import { Command, Option } from 'commander';
import { withConnection } from '../connection.js';
import { createOutput } from '../output.js';
import type { ReportFlags } from '../audit/report.js';
import type { AuditFlags } from '../audit/run.js';

/** @param command gets the flags of every audit */
export const withAudit = (command: Command): Command =>
  withConnection(
    command
      .argument('[path]', 'archive (folder, .tar, .tar.gz), or https://host:port of a coordinator that runs')
      .option('--receipts <dir>', 'what participants kept (contribute --receipts), of one or of several')
      .option('--escrow <path>', 'files of `escrow export`: sums are computed again')
      .option('--policy <file>', 'the floor that every session has to meet; default: that of the trust file'),
    { token: true },
  );

export function auditCommand(): Command {
  const verify = withAudit(
    new Command('verify').description(
      'check every session, the log and the receipts; offline, without any secret',
    ),
  )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nWithout --trust everything is only checked against itself.\nExit code: 0 all holds (there may be warnings), 1 something was found, 2 usage, 3 it could not be tried.\n\nExamples:\n  blindsum audit verify audit.tar.gz --trust trust.yaml\n  blindsum audit verify audit --trust trust.yaml --receipts receipts --escrow escrow --json\n  blindsum audit verify --coordinator localhost:7443 --trust trust.yaml --token-file dpo.token',
    )
    .action(verifyAction);
  return new Command('audit')
    .description('check afterwards that nothing but the sums was seen')
    .addCommand(verify)
    .addCommand(reportCommand());
}

function reportCommand(): Command {
  return withAudit(
    new Command('report').description(
      'the same as verify, written down for people: one HTML file that prints well',
    ),
  )
    .requiredOption('--out <file>', 'HTML file to write')
    .addOption(
      new Option('--copy <for>', 'auditor: says who took part in which session; dpo: numbers only')
        .choices(['dpo', 'auditor'])
        .default('dpo'),
    )
    .option('--json', 'print JSON about the report')
    .addHelpText(
      'after',
      '\nExit codes as of verify; the report is written whatever was found.\n\nExample:\n  blindsum audit report audit.tar.gz --trust trust.yaml --receipts receipts --out report.html',
    )
    .action(async (path: string | undefined, flags: ReportFlags) => {
      const { report } = await import('../audit/report.js');
      await report(path, flags);
    });
}

async function verifyAction(
  path: string | undefined,
  { json, ...flags }: AuditFlags & { readonly json?: boolean },
): Promise<void> {
  const { runAudit } = await import('../audit/run.js');
  const { verdictText } = await import('../audit/text.js');
  const output = createOutput(json === true);
  const { verdict, source, manifest } = await runAudit(path, flags, output);
  const of = (severity: 'error' | 'warning') =>
    verdict.findings.filter((found) => found.severity === severity);
  output.result(
    { source, manifest, ...verdict, findings: of('error'), warnings: of('warning') },
    verdictText(verdict, source),
  );
  if (!verdict.holds) process.exitCode = 1;
}
