/** Thin maps between protobuf pages and the operator's plain values; lists may go over several pages. */
import { BlindsumError } from '../protocol/errors.js';
import type { Action, Action__Output } from './generated/blindsum/v1/Action.js';
import type {
  SessionSummaryPage,
  SessionSummaryPage__Output,
} from './generated/blindsum/v1/SessionSummaryPage.js';
import type { TaskSummaryPage, TaskSummaryPage__Output } from './generated/blindsum/v1/TaskSummaryPage.js';
import {
  fromPhase,
  idBytes,
  idOf,
  message as wire,
  present,
  toByteList,
  toInteger,
  toPhase,
  toSigned,
} from './messages.js';
import type { ActionSummary, SessionSummary, TaskSummary } from './operator-api.js';
import { chained, pages } from './pages.js';

export function fromTaskSummary(summary: TaskSummary): Iterable<TaskSummaryPage> {
  const { pinned, ...head } = summary;
  const lists = wire({ pinned: pinned ?? [] });
  return chained(
    pages<TaskSummaryPage>({ ...head, taskId: idBytes(head.taskId), hasPinned: pinned !== null }, lists),
  );
}

export const toTaskSummary = (page: TaskSummaryPage__Output): TaskSummary => ({
  taskId: idOf(page.taskId),
  task: toSigned(page.task, 'the task'),
  pinned: page.hasPinned ? toByteList(page.pinned) : null,
  createdMs: toInteger(page.createdMs, 'the time'),
  closed: page.closed,
  sessions: page.sessions,
});

export function fromSessionSummary(summary: SessionSummary): Iterable<SessionSummaryPage> {
  const { electorate, u1, u2, u3, ...head } = summary;
  const lists = wire({ electorate, u1: u1 ?? [], u2: u2 ?? [], u3: u3 ?? [] });
  const ids = { sessionId: idBytes(head.sessionId), taskId: idBytes(head.taskId) };
  const present = { hasU1: u1 !== null, hasU2: u2 !== null, hasU3: u3 !== null };
  return chained(
    pages<SessionSummaryPage>({ ...wire(head), ...ids, ...present, phase: fromPhase(summary.phase) }, lists),
  );
}

export const toSessionSummary = (page: SessionSummaryPage__Output): SessionSummary => ({
  sessionId: idOf(page.sessionId),
  taskId: idOf(page.taskId),
  number: toInteger(page.number, 'the session number'),
  phase: toPhase(page.phase),
  electorate: toByteList(page.electorate),
  maxColluders: page.maxColluders,
  quorum: page.quorum,
  needed: page.needed,
  openedMs: toInteger(page.openedMs, 'the time'),
  phaseSinceMs: toInteger(page.phaseSinceMs, 'the time'),
  phaseDeadlineInMs: page.phaseDeadlineInMs,
  purgedMs: toInteger(page.purgedMs, 'the time'),
  accepted: { ...present(page.accepted, 'the counts') },
  u1: page.hasU1 ? toByteList(page.u1) : null,
  u2: page.hasU2 ? toByteList(page.u2) : null,
  u3: page.hasU3 ? toByteList(page.u3) : null,
  abort:
    page.abort === null
      ? null
      : { code: page.abort.code, message: page.abort.message, blamed: toByteList(page.abort.blamed) },
});

export const fromAction = ({ detail, ...action }: ActionSummary): Action => ({
  ...action,
  detail: JSON.stringify(detail),
});

/** @throws BlindsumError MALFORMED */
export const toAction = ({ id, atMs, actor, action, subject, detail }: Action__Output): ActionSummary => ({
  id: toInteger(id, 'the id'),
  atMs: toInteger(atMs, 'the time'),
  actor,
  action,
  subject,
  detail: toDetail(detail),
});

function toDetail(text: string): ActionSummary['detail'] {
  try {
    const entries = Object.entries(JSON.parse(text) as object) as [string, unknown][];
    return Object.fromEntries(entries.map(([name, value]) => [name, toPlain(value)]));
  } catch (cause) {
    throw new BlindsumError('MALFORMED', 'peer', 'the detail of an action is not a JSON object', { cause });
  }
}

function toPlain(value: unknown): string | number | boolean | null {
  const isPlain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain ? (value as string | number | boolean | null) : JSON.stringify(value);
}
