/**
 * What one participant asks (PROTOCOL §8): tasks, sessions and outcomes; what it sends and what it reads in the rounds is in
 * files of their own. The caller's identity was proven by the transport; everything it sends is attacker-controlled and
 * goes through the pure rounds.
 */
import { toHex } from '../../crypto/bytes.js';
import { isListed } from '../protocol/bisect.js';
import { refuse } from '../protocol/errors.js';
import type { Signed } from '../protocol/signed.js';
import type { CheckpointQuery } from '../rpc/log-api.js';
import type { ParticipantApi } from '../rpc/participant-api.js';
import type { SessionRow } from '../storage/port.js';
import type { Caller } from './caller.js';
import { invitedTo } from './membership.js';
import { ParticipantMessages } from './participant-messages.js';
import { ParticipantReader } from './participant-reader.js';
import { ParticipantUploads } from './participant-uploads.js';
import type { Parts } from './parts.js';
import { requireSessions, type Shell, taskRow, throwIfAborted } from './shell.js';
import { phaseEvents } from './watch.js';

export class ParticipantService implements ParticipantApi {
  readonly #shell: Shell;
  readonly #parts: Parts;
  readonly #caller: Caller;
  readonly #hex: string;
  readonly #reader: ParticipantReader;
  readonly #messages: ParticipantMessages;
  readonly #uploads: ParticipantUploads;

  constructor(shell: Shell, parts: Parts, caller: Caller) {
    this.#shell = shell;
    this.#parts = parts;
    this.#caller = caller;
    this.#hex = toHex(caller.identity);
    this.#reader = new ParticipantReader(shell, parts, caller.identity);
    this.#messages = new ParticipantMessages(shell, parts, caller);
    this.#uploads = new ParticipantUploads(shell, parts, caller);
  }

  async getTask(taskId: string, signal?: AbortSignal) {
    throwIfAborted(signal);
    const row = await taskRow(this.#shell.store, taskId);
    await requireSessions(this.#shell.store, row);
    const { signed, pinned } = row;
    return { task: signed, pinned, revocations: await this.#parts.enrolment.revocations() };
  }

  async *watchSessions(taskId: string, signal: AbortSignal) {
    this.#parts.runners.throwIfStopped();
    await requireSessions(this.#shell.store, await taskRow(this.#shell.store, taskId));
    for await (const row of this.#parts.announcements.of(taskId, signal)) {
      if (!isListed(row.electorate, this.#caller.identity)) continue;
      const { id: sessionId, opening, electorate, input } = row;
      yield { sessionId, opening, electorate, hasInput: input !== null };
    }
    if (!signal.aborted) this.#parts.runners.throwIfStopped();
  }

  async *watchSession(sessionId: string, signal: AbortSignal) {
    await this.#invited(sessionId);
    yield* phaseEvents(this.#shell, this.#parts.runners, sessionId, this.#hex, signal);
  }

  async getInput(sessionId: string, signal?: AbortSignal): Promise<Uint8Array> {
    const { input, purgedMs } = await this.#invited(sessionId, signal);
    const blob = input === null ? null : await this.#shell.store.getBlob(input);
    if (blob === null && purgedMs !== null)
      refuse('LATE', 'peer', 'the session has ended, and its input was deleted');
    if (blob === null) refuse('INPUT_MISMATCH', 'caller', 'this session has no input');
    return blob;
  }

  advertiseKeys(...call: Parameters<ParticipantApi['advertiseKeys']>) {
    return this.#messages.advertiseKeys(...call);
  }

  getRoster(sessionId: string, signal?: AbortSignal) {
    return this.#reader.getRoster(sessionId, signal);
  }

  shareKeys(...call: Parameters<ParticipantApi['shareKeys']>) {
    return this.#messages.shareKeys(...call);
  }

  getShares(sessionId: string, signal?: AbortSignal) {
    return this.#reader.getShares(sessionId, signal);
  }

  beginUpload(sessionId: string, header: Signed, signal?: AbortSignal) {
    return this.#uploads.begin(sessionId, header, signal);
  }

  putChunk(sessionId: string, offset: number, chunk: Uint8Array, signal?: AbortSignal) {
    return this.#uploads.putChunk(sessionId, offset, chunk, signal);
  }

  commitUpload(sessionId: string, signal?: AbortSignal) {
    return this.#uploads.commit(sessionId, signal);
  }

  getComplaints(sessionId: string, signal?: AbortSignal) {
    return this.#reader.getComplaints(sessionId, signal);
  }

  answerComplaint(...call: Parameters<ParticipantApi['answerComplaint']>) {
    return this.#messages.answerComplaint(...call);
  }

  getHeaders(sessionId: string, signal?: AbortSignal) {
    return this.#reader.getHeaders(sessionId, signal);
  }

  consistency(sessionId: string, signed: Signed, signal?: AbortSignal) {
    return this.#messages.consistency(sessionId, signed, signal);
  }

  getSignatures(sessionId: string, signal?: AbortSignal) {
    return this.#reader.getSignatures(sessionId, signal);
  }

  unmask(...call: Parameters<ParticipantApi['unmask']>) {
    return this.#messages.unmask(...call);
  }

  async getOutcome(sessionId: string, signal?: AbortSignal) {
    const { result = null, abort = null } = (await this.#invited(sessionId, signal)).statements;
    return { result, abort };
  }

  async getAggregate(sessionId: string, signal?: AbortSignal): Promise<Uint8Array> {
    const row = await this.#invited(sessionId, signal);
    const aggregate = row.phase === 'closed' ? await this.#shell.store.readAggregate(sessionId) : null;
    if (aggregate === null && row.phase === 'closed')
      refuse('LATE', 'peer', 'the operator has deleted the aggregate of this session');
    if (aggregate === null)
      refuse('WRONG_ROUND', 'peer', `the session is ${row.phase}: there is no aggregate`);
    return aggregate;
  }

  async getCheckpoint(query: CheckpointQuery, signal?: AbortSignal) {
    throwIfAborted(signal);
    return this.#parts.checkpoints.get(query);
  }

  async getReceipt(sessionId: string, query: CheckpointQuery, signal?: AbortSignal) {
    const row = await this.#invited(sessionId, signal);
    return this.#parts.receipts.of(row, this.#caller.identity, query);
  }

  #invited(sessionId: string, signal?: AbortSignal): Promise<SessionRow> {
    return invitedTo(this.#shell.store, sessionId, this.#caller.identity, signal);
  }
}
