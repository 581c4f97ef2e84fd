/** `blindsum audit report`: the verdict as a document for people. */
import { writeFile } from 'node:fs/promises';
import { renderReport } from '../../audit/index.js';
import { refuse } from '../../protocol/errors.js';
import { many } from '../../audit/report/text.js';
import { createOutput } from '../output.js';
import { packageVersion } from '../package-version.js';
import { type AuditFlags, runAudit } from './run.js';

export interface ReportFlags extends AuditFlags {
  readonly out: string;
  readonly copy: 'dpo' | 'auditor';
  readonly json?: boolean;
}

/** Exit code as of `audit verify`; the report is written whatever was found. */
export async function report(
  path: string | undefined,
  { json, out, copy, ...flags }: ReportFlags,
): Promise<void> {
  const output = createOutput(json === true);
  // Before minutes of work are done for nothing.
  await write(out, '');
  const { verdict, source, manifest } = await runAudit(
    path,
    { ...flags, participation: copy === 'auditor' },
    output,
  );
  const command = commandLine(path, flags);
  await write(
    out,
    renderReport(verdict, { madeMs: Date.now(), version: packageVersion(), source, manifest, copy, command }),
  );
  const { errors, warnings } = verdict.totals;
  output.result(
    { report: out, copy, source, holds: verdict.holds, findings: errors, warnings },
    `${out}: ${many(errors, 'finding')}, ${many(warnings, 'warning')}`,
  );
  if (!verdict.holds) process.exitCode = 1;
}

const write = (path: string, text: string): Promise<void> =>
  writeFile(path, text).catch((cause: unknown) =>
    refuse('UNREADABLE_FILE', 'environment', `--out: ${path} cannot be written`, { cause }),
  );

/** What gives the same verdict; without what only logs in. */
function commandLine(
  path: string | undefined,
  { coordinator, trust, receipts, escrow, policy }: AuditFlags,
): string {
  const flags = Object.entries({ coordinator: coordinator?.join(','), trust, receipts, escrow, policy });
  const given = flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]));
  return ['blindsum audit verify', ...(path === undefined ? [] : [path]), ...given].join(' ');
}
