/** A verdict for people: what was checked in words, then session by session, then what was found and what it means. */
import {
  CHECKS,
  type CheckId,
  type CheckState,
  type Finding,
  type SessionReport,
  type Verdict,
} from '../../audit/index.js';
import { many, unseen } from '../../audit/report/text.js';
import { printable } from '../../protocol/errors.js';

const IDS = Object.keys(CHECKS) as CheckId[];

export function verdictText(verdict: Verdict, source: string): string {
  const parts = [
    [overview(verdict, source)],
    ...(verdict.sessions.length === 0 ? [] : [checkLines(verdict), sessionLines(verdict)]),
    findingLines(verdict),
    [conclusion(verdict)],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(printable).join('\n'))
    .join('\n\n');
}

function overview({ totals, log, receipts }: Verdict, source: string): string {
  const { sessions, closed, aborted, participants, records, signatures, replayed } = totals;
  const kept = receipts === null ? '' : `, ${many(receipts.verified, 'receipt')} verified`;
  const again = replayed === 0 ? '' : `, ${many(replayed, 'sum')} computed again`;
  const witnesses =
    log.witnesses.length === 0 ? '' : `, cosigned by ${log.witnesses.map(({ name }) => name).join(', ')}`;
  return `${source}: ${many(sessions, 'session')} (${closed} closed, ${aborted} aborted), ${many(participants, 'participant')}, ${many(records, 'record')}, ${many(signatures, 'signature')} checked${kept}${again}; the log has ${many(log.entries, 'entry', 'entries')}${witnesses}`;
}

/** Each check in one line, with how it came out in how many sessions. */
function checkLines({ sessions }: Verdict): string[] {
  const lines = IDS.map((id) => {
    const of = (state: CheckState): SessionReport[] =>
      sessions.filter(({ checks }) => checks[id].state === state);
    const [fails, holds, open] = [of('fails').length, of('holds').length, of('not checked')];
    const why = open[0]?.checks[id].why ?? '';
    const outcome =
      fails > 0
        ? `FAILS in ${fails}`
        : holds > 0
          ? `holds in ${holds}`
          : open.length > 0
            ? 'not checked'
            : 'does not apply';
    const rest =
      open.length === 0 || outcome === 'not checked' ? why : `not checked in ${open.length}: ${why}`;
    return `  ${outcome.padEnd(14)} ${id.padEnd(3)} ${CHECKS[id]}${rest === '' ? '' : ` (${rest})`}`;
  });
  return ['What was checked', ...lines];
}

const sessionLines = ({ sessions }: Verdict): string[] => ['Sessions', ...sessions.map(sessionLine)];

function sessionLine({
  id,
  task,
  number,
  suite,
  outcome,
  abort,
  counts,
  records,
  checks,
}: SessionReport): string {
  const failed = IDS.filter((check) => checks[check].state === 'fails');
  const how = failed.length === 0 ? 'all that was checked holds' : `${failed.join(', ')} FAIL`;
  const end =
    outcome === 'aborted' && abort !== null
      ? `aborted in ${abort.round}: ${abort.code}`
      : outcome === 'closed'
        ? `closed, ${counts.survivors ?? 0} of ${counts.roster} in the sum`
        : 'no readable end';
  return `  ${(id ?? 'unreadable').slice(0, 16)}  session ${number ?? '?'} of task ${(task ?? '?').slice(0, 8)}, ${suite ?? 'unknown suite'}  ${end}; ${many(records, 'record')}; ${how}`;
}

/** Findings of one code, of one session, that are shown one by one. */
const MOST_ALIKE = 5;

/** The archive first, then session by session, as the findings come. */
function findingLines({ findings }: Verdict): string[] {
  const bySession = new Map<string | null, Finding[]>();
  for (const finding of findings)
    bySession.set(finding.session, [...(bySession.get(finding.session) ?? []), finding]);
  return [...bySession].flatMap(([session, found]) => [
    session === null ? 'Found in the archive as a whole' : `Found in session ${session.slice(0, 16)}`,
    ...[...new Set(found.map(({ code }) => code))].flatMap((code) =>
      alike(found.filter((finding) => finding.code === code)),
    ),
  ]);
}

/** @param found of one code */
function alike(found: readonly Finding[]): string[] {
  const rest = found.length - MOST_ALIKE;
  const lines = found
    .slice(0, MOST_ALIKE)
    .flatMap(({ severity, code, place, by, message }) => [
      `  ${severity === 'error' ? 'FINDING' : 'warning'} ${code} at ${place}${by === 'unknown' ? '' : `, by: ${by}`}`,
      `    ${message}`,
    ]);
  return rest > 0 ? [...lines, `  … and ${rest} more of ${found[0]?.code}: --json lists them all`] : lines;
}

function conclusion(verdict: Verdict): string {
  const { holds, anchors, totals } = verdict;
  const { errors, warnings } = totals;
  const rest = unseen(verdict);
  const warned = warnings === 0 ? '' : `, ${many(warnings, 'warning')}`;
  if (!holds) return `Not all holds: ${many(errors, 'finding')}${warned}.`;
  const against =
    anchors === 'checked'
      ? ''
      : ' It is consistent with itself; the keys were not checked against a trust file.';
  return `All that was checked holds${warned}.${against}${rest === '' ? '' : ` ${rest}`}`;
}
