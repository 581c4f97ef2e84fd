/**
 * V14, between sessions: each opening names the ends of all sessions of its task that had ended and that no opening had
 * named (PROTOCOL §3.3), as the log has them. So a session that was left out of a log is missed by the ones that follow it.
 */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import type { AuditedLog, LoggedSession } from './log.js';
import type { ArchiveScope } from './source.js';
import type { Notebook } from './findings.js';
import type { SessionSummary } from './summary.js';

/** As many as an opening can name. */
const MOST_NAMED = 4096;

/** @param sessions of the archive */
export function checkPrevious(sessions: readonly SessionSummary[], log: AuditedLog): void {
  for (const { previous, task, number, notebook } of sessions) {
    for (const { session, size, root } of previous) {
      const entry = log.sessions.get(toHex(session));
      if (entry === undefined) {
        notebook.add('HIDDEN_SESSION', { records: [1], detail: `session ${toHex(session)}` });
        continue;
      }
      const same = entry.size === size && equalBytes(entry.root, root);
      if (!same || entry.taskId !== task || entry.number >= number) {
        notebook.add('WRONG_PREVIOUS', { records: [1], detail: `session ${entry.id}` });
      }
    }
  }
}

/**
 * What ended before something that an opening names had ended too when that opening was made. An opening that is not in
 * the archive, because its session has not ended, may have named it; then nothing is proven.
 */
export function checkGaps(
  sessions: readonly SessionSummary[],
  log: AuditedLog,
  scope: ArchiveScope,
  notebook: Notebook,
): void {
  if (scope.kind === 'session') return;
  const byTask = new Map<string, LoggedSession[]>();
  for (const entry of log.sessions.values()) {
    if (scope.kind === 'task' && entry.taskId !== scope.task) continue;
    const ofTask = byTask.get(entry.taskId) ?? [];
    ofTask.push(entry);
    byTask.set(entry.taskId, ofTask);
  }
  for (const [task, ended] of byTask) {
    const openings = sessions.filter((session) => session.task === task).sort((a, b) => a.number - b.number);
    checkTask(ended, openings, notebook);
  }
}

function checkTask(
  ended: readonly LoggedSession[],
  openings: readonly SessionSummary[],
  notebook: Notebook,
): void {
  const numbers = new Set(ended.map(({ number }) => number));
  const last = ended.reduce((highest, { number }) => Math.max(highest, number), 0);
  const missing: number[] = [];
  for (let number = 1; number < last && missing.length < MOST_NAMED; number += 1) {
    if (!numbers.has(number)) missing.push(number);
  }
  if (missing.length > 0) {
    const task = (ended[0] as LoggedSession).taskId;
    notebook.add('NUMBER_MISSING', { detail: `task ${task}, number ${missing.slice(0, 8).join(', ')}` });
  }
  const known = new Map(openings.map((opening) => [opening.id, opening]));
  if (!ended.every(({ id }) => known.has(id))) return;
  const ends = new Map(ended.map(({ id, index }) => [id, index]));
  const named = new Set<string>();
  let next = 0;
  for (const { previous, number, notebook: own } of openings) {
    if (missing.some((hole) => hole < number)) return;
    const ids = previous.map(({ session }) => toHex(session));
    for (const id of ids) named.add(id);
    if (previous.length === MOST_NAMED) continue;
    const latest = ids.reduce((highest, id) => Math.max(highest, ends.get(id) ?? -1), -1);
    for (; next < ended.length && (ended[next] as LoggedSession).index < latest; next += 1) {
      const { id } = ended[next] as LoggedSession;
      if (!named.has(id)) own.add('PREVIOUS_GAP', { records: [1], detail: `session ${id}` });
    }
  }
}
