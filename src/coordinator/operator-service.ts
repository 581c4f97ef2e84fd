/** What an operator asks (PROTOCOL §8): tasks, sessions, results. An operator can stop a session, never see into one. */
import { toHex } from '../../crypto/bytes.js';
import { refuse } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import type { Signed } from '../protocol/signed.js';
import { inputHash } from '../protocol/statements.js';
import { sessionHeadCodec } from '../protocol/transcript/session-head.js';
import type {
  ActionQuery,
  ActionSummary,
  LogExport,
  OpenSession,
  OperatorApi,
  SessionOutcome,
  SessionSummary,
  TaskSummary,
} from '../rpc/operator-api.js';
import { escrowItems } from './escrow.js';
import { SessionOpener } from './open-session.js';
import type { Parts } from './parts.js';
import { sessionHead } from './session-head.js';
import { type Shell, sessionRow, taskRow } from './shell.js';
import { summariseSession, summariseTask } from './summaries.js';
import { createTask } from './tasks.js';
import { changesOf } from './watch.js';

/** In one answer. */
const MAX_ACTIONS = 1000;

export class OperatorService implements OperatorApi {
  readonly #shell: Shell;
  readonly #parts: Parts;
  readonly #opener: SessionOpener;

  constructor(shell: Shell, parts: Parts) {
    this.#shell = shell;
    this.#parts = parts;
    this.#opener = new SessionOpener(shell, parts.enrolment);
  }

  async createTask(task: Signed, pinned: readonly Uint8Array[] | null): Promise<{ taskId: string }> {
    const created = await createTask(this.#shell, task, pinned);
    this.#parts.enrolment.taskCreated();
    return created;
  }

  async listTasks(): Promise<TaskSummary[]> {
    const tasks = await this.#shell.store.listTasks();
    return Promise.all(tasks.map((row) => summariseTask(this.#shell, row)));
  }

  async getTask(taskId: string): Promise<TaskSummary> {
    return summariseTask(this.#shell, await taskRow(this.#shell.store, taskId));
  }

  async closeTask(taskId: string): Promise<void> {
    await taskRow(this.#shell.store, taskId);
    await this.#shell.store.closeTask(taskId);
  }

  async putInput(bytes: Uint8Array, onProgress?: (sent: number) => void): Promise<Uint8Array> {
    const { store, limits } = this.#shell;
    if (bytes.length > limits.maxBlobBytes) {
      refuse('TOO_LARGE', 'caller', `the input has ${bytes.length} bytes, at most ${limits.maxBlobBytes}`);
    }
    const digest = inputHash(bytes);
    await store.putBlob(toHex(digest), bytes);
    onProgress?.(bytes.length);
    return digest;
  }

  async openSession(request: OpenSession): Promise<SessionSummary> {
    this.#parts.runners.throwIfStopped();
    const row = await this.#opener.open(request);
    this.#parts.runners.created(row);
    const { id: session, taskId: task, number, electorate } = row;
    this.#shell.metrics.count('blindsum_sessions_opened_total', {});
    this.#shell.logger.info({ session, task, number, electorate: electorate.length }, 'session opened');
    return summariseSession(this.#shell, row);
  }

  async listSessions(taskId?: string): Promise<SessionSummary[]> {
    if (taskId !== undefined) await taskRow(this.#shell.store, taskId);
    const rows = await this.#shell.store.listSessions(taskId);
    return Promise.all(rows.map((row) => summariseSession(this.#shell, row)));
  }

  async getSession(sessionId: string): Promise<SessionSummary> {
    return summariseSession(this.#shell, await sessionRow(this.#shell.store, sessionId));
  }

  /** At once, then after each change of the phase or of what was accepted; ends with the session or with `signal`. */
  async *watchSession(sessionId: string, signal: AbortSignal): AsyncGenerator<SessionSummary> {
    let last = '';
    for await (const { row } of changesOf(this.#shell, this.#parts.runners, sessionId, signal, 'messages')) {
      const summary = await summariseSession(this.#shell, row);
      const now = JSON.stringify([summary.phase, summary.accepted]);
      if (now === last) continue;
      last = now;
      yield summary;
    }
  }

  async cancelSession(sessionId: string, reason: string): Promise<void> {
    const row = await sessionRow(this.#shell.store, sessionId);
    const message = reason === '' ? 'the operator cancelled the session' : reason;
    const isCancelled =
      !isEnded(row.phase) &&
      (await this.#parts.runners.of(row).cancel({ code: 'CANCELLED', message, blamed: [] }));
    if (!isCancelled) refuse('LATE', 'caller', 'the session has ended already');
  }

  async purgeSession(sessionId: string, { aggregate }: { readonly aggregate: boolean }): Promise<void> {
    const { store } = this.#shell;
    await sessionRow(store, sessionId);
    if (!(await store.purge(sessionId, { aggregate })))
      refuse('WRONG_ROUND', 'caller', 'the session has not ended: cancel it, or wait');
  }

  async getOutcome(sessionId: string): Promise<SessionOutcome> {
    const { store } = this.#shell;
    const { opening, statements, phase } = await sessionRow(store, sessionId);
    const { result = null, abort = null } = statements;
    const aggregate = phase === 'closed' ? await store.readAggregate(sessionId) : null;
    return { opening, result, abort, aggregate };
  }

  async *exportSession(sessionId: string): AsyncGenerator<Uint8Array> {
    const { store } = this.#shell;
    yield sessionHeadCodec.encode(await sessionHead(store, this.#parts.views, sessionId));
    yield* await store.readLeaves(sessionId);
  }

  exportLog(): Promise<LogExport> {
    return this.#parts.checkpoints.all();
  }

  exportEscrow(sessionId: string): AsyncGenerator<Uint8Array> {
    return escrowItems(this.#shell, this.#parts.views, sessionId);
  }

  putCertificate(certificate: Signed): Promise<void> {
    return this.#parts.enrolment.putCertificate(certificate);
  }

  putRevocation(revocation: Signed): Promise<void> {
    return this.#parts.enrolment.putRevocation(revocation);
  }

  async listActions({ limit, before }: ActionQuery): Promise<ActionSummary[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_ACTIONS) {
      refuse('BAD_CONFIG', 'caller', `limit: an integer from 1 to ${MAX_ACTIONS} is needed`);
    }
    return this.#shell.store.listActions(before === undefined ? { limit } : { limit, before });
  }
}
