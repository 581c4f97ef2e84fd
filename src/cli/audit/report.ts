/** `blindsum audit report`: the verdict as a document for people. */
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { renderReport } from '../../audit/index.js';
import { many } from '../../audit/report/text.js';
import { systemProblem } from '../../client/node/files.js';
import { refuse } from '../../protocol/errors.js';
import { usage } from '../errors.js';
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
  const { verdict, source } = await written(out, async () => {
    const audited = await runAudit(path, { ...flags, participation: copy === 'auditor' }, output);
    const { verdict: found, ...of } = audited;
    const about = { madeMs: Date.now(), version: packageVersion(), copy, command: commandLine(path, flags) };
    return { ...audited, text: renderReport(found, { ...of, ...about }) };
  });
  const { errors, warnings } = verdict.totals;
  output.result(
    { report: out, copy, source, holds: verdict.holds, findings: errors, warnings },
    `${out}: ${many(errors, 'finding')}, ${many(warnings, 'warning')}`,
  );
  if (!verdict.holds) process.exitCode = 1;
}

/** The file is there whole, or as it was before. Whether there is room for it shows before minutes of work are done for nothing. */
async function written<T extends { readonly text: string }>(out: string, make: () => Promise<T>): Promise<T> {
  const partial = `${out}.partial`;
  const isFolder = await stat(out).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) usage(`--out: ${out} is a folder: name a file`);
  const failed = (cause: unknown): never =>
    refuse('UNREADABLE_FILE', 'environment', `--out: ${out} cannot be written: ${systemProblem(cause)}`, {
      cause,
    });
  await writeFile(partial, '').catch(failed);
  try {
    const made = await make();
    await writeFile(partial, made.text)
      .then(() => rename(partial, out))
      .catch(failed);
    return made;
  } finally {
    await rm(partial, { force: true });
  }
}

/** What gives the same verdict; without what only logs in. */
function commandLine(
  path: string | undefined,
  { coordinator, trust, receipts, escrow, policy }: AuditFlags,
): string {
  const flags = Object.entries({ coordinator: coordinator?.join(','), trust, receipts, escrow, policy });
  const given = flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  const words = [...(path === undefined ? [] : [path]), ...given];
  return ['blindsum audit verify', ...words.map(quoted)].join(' ');
}

/** As a shell takes it for one word. */
const quoted = (word: string): string =>
  /^[\w./:,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
