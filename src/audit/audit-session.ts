/** One session, from the items of its transcript to what the checks came to. All of its records are in memory at once. */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import type { Task } from '../protocol/documents.js';
import type { Engine } from '../protocol/suite.js';
import { checkAbort } from './checks/abort.js';
import { checkContext } from './checks/context.js';
import { checkGraph } from './checks/graph.js';
import { checkHeaders } from './checks/headers.js';
import { checkKeys } from './checks/keys.js';
import { checkNumbers } from './checks/numbers.js';
import { checkOrder } from './checks/order.js';
import { checkSets } from './checks/sets.js';
import { checkSignatures } from './checks/signatures.js';
import { HOLDS, notApplicable, notChecked } from './checks/states.js';
import { checkBothKinds, checkUnmasking, revealedIn } from './checks/unmasking.js';
import { checkVotes } from './checks/votes.js';
import { Notebook } from './findings.js';
import type { Identities } from './identities.js';
import type { AuditedLog } from './log.js';
import type { AuditedReceipts } from './receipts.js';
import { readRecords, type Records } from './records.js';
import { replaySession } from './replay.js';
import { everyCheck, reportOf, type Results, unreadableReport } from './session-report.js';
import { type AuditedSession, auditedSession, type Rules } from './session.js';
import type { SessionSource, TranscriptSource } from './source.js';
import { type SessionSummary, summaryOf } from './summary.js';
import type { SessionReport } from './types.js';
import { checkUnlogged } from './unlogged.js';

export interface SessionAudit {
  readonly notebook: Notebook;
  readonly report: SessionReport;
  /** Null: there is nothing to judge. */
  readonly summary: SessionSummary | null;
  /** Whether the coordinator signed for the records as they are. */
  readonly signedFor: boolean;
}

export interface Surroundings {
  readonly rules: Rules;
  readonly log: AuditedLog;
  readonly receipts: AuditedReceipts | null;
  readonly escrow: TranscriptSource['escrow'];
  readonly engine: Engine | null;
  /** Filled with everybody on a roster. */
  readonly identities: Identities;
  /** Filled, by id. */
  readonly tasks: Map<string, Task>;
  readonly signal: AbortSignal | undefined;
}

export async function auditSession(
  { place, head }: SessionSource,
  leaves: readonly Uint8Array[],
  around: Surroundings,
): Promise<SessionAudit> {
  const notebook = new Notebook(place);
  const records = readRecords(leaves, notebook);
  const root = checkOrder(records, notebook);
  const session = auditedSession(head, records, notebook, around.rules);
  const made = {
    place,
    root,
    results: everyCheck(notChecked('the transcript cannot be read')),
    replayed: false,
  };
  if (session === null) {
    const report = unreadableReport(records, notebook.session, made);
    return { notebook, report, summary: null, signedFor: false };
  }
  around.identities.setOf([...(session.run?.positions.keys() ?? [])]);
  const taskId = toHex(session.taskHash);
  if (!around.tasks.has(taskId)) around.tasks.set(taskId, session.task);
  const signedFor = checkLogged(session, root, around.log);
  const { results, revealed } = checksOf(session);
  const id = toHex(session.id);
  const escrow = around.escrow?.(id) ?? null;
  const { replayed, ...replay } = await replaySession(session, escrow, around.engine, around.signal);
  checkUnlogged(session, around.receipts?.unlogged.get(id) ?? []);
  const report = reportOf(session, revealed, { ...made, results: { ...results, ...replay }, replayed });
  return {
    notebook,
    report,
    summary: summaryOf(session, report, around.identities),
    signedFor,
  };
}

function checksOf(session: AuditedSession): { results: Results; revealed: ReturnType<typeof revealedIn> } {
  // First: what is not signed counts for nothing in the others.
  const V1 = checkSignatures(session);
  const V5 = checkSets(session);
  checkAbort(session);
  const revealed = session.run === null ? [] : revealedIn(session, session.run);
  const results: Results = {
    ...everyCheck(HOLDS),
    V1,
    V2: checkContext(session),
    V3: checkNumbers(session),
    V4: checkKeys(session),
    V5,
    V6: checkVotes(session),
    V7: checkUnmasking(session),
    V8: checkBothKinds(session, revealed),
    V9: checkGraph(session),
    V12: notApplicable('the task asks for no noise'),
    V13: session.records.of('r3').length === 0 ? notApplicable('nobody voted in this session') : HOLDS,
    V16: checkHeaders(session),
  };
  return { results, revealed };
}

/** @returns whether a signed log has exactly this session */
function checkLogged(
  { id, taskHash, opening, records, notebook }: AuditedSession,
  root: Uint8Array,
  log: AuditedLog,
): boolean {
  const entry = log.sessions.get(toHex(id));
  if (entry === undefined) {
    notebook.add('NOT_IN_LOG');
    return false;
  }
  const same = isSameTree(records, root, entry.size, entry.root);
  if (!same)
    notebook.add('LOG_MISMATCH', { detail: `entry ${entry.index} has another last head of its records` });
  const isNamed = equalBytes(entry.task, taskHash) && entry.number === opening.session;
  if (!isNamed) notebook.add('LOG_MISMATCH', { detail: `entry ${entry.index} names another task or number` });
  const closed = records.all.at(-1)?.kind === 'result';
  if (entry.closed !== closed) {
    notebook.add('LOG_MISMATCH', { detail: `entry ${entry.index} says that the session ended otherwise` });
  }
  return log.signedFor && same;
}

const isSameTree = ({ leaves }: Records, root: Uint8Array, size: number, logged: Uint8Array): boolean =>
  leaves.length === size && equalBytes(root, logged);
