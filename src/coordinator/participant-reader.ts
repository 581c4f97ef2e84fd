/**
 * What a participant may read between rounds: roster, shares, complaints, headers, signatures. Each only after the round
 * it comes from closed, and only by members of that round's set: before the close, what is there may still change.
 */
import { toHex } from '../../crypto/bytes.js';
import { complaintsOf } from '../protocol/coordinator/complaints.js';
import { decodeShareList } from '../protocol/attachments.js';
import { rosterFor } from '../protocol/coordinator/r0-advertise-keys.js';
import { deliveriesFor } from '../protocol/coordinator/dealers.js';
import { headersFor } from '../protocol/coordinator/r3-consistency.js';
import { refuse } from '../protocol/errors.js';
import { maskedInputCodec } from '../protocol/messages.js';
import { isEnded } from '../protocol/phase.js';
import type {
  AnswerDelivery,
  ComplaintNotice,
  HeadersReply,
  RosterReply,
  SharesReply,
  SignaturesReply,
} from '../rpc/participant-api.js';
import type { SessionRow } from '../storage/port.js';
import { invitedTo, memberPosition } from './membership.js';
import { requireRound, requireStatement } from './outcome.js';
import type { Parts } from './parts.js';
import type { Shell } from './shell.js';

export class ParticipantReader {
  readonly #shell: Shell;
  readonly #parts: Parts;
  readonly #identity: Uint8Array;

  constructor(shell: Shell, parts: Parts, identity: Uint8Array) {
    this.#shell = shell;
    this.#parts = parts;
    this.#identity = identity;
  }

  async getRoster(sessionId: string, signal?: AbortSignal): Promise<RosterReply> {
    const row = await this.#row(sessionId, signal);
    const statement = requireStatement(row, 'u1');
    const roster = await this.#parts.views.roster(row);
    const position = memberPosition(roster.frozen, roster.frozen.u1, this.#identity);
    const entries = rosterFor(roster.frozen, roster, position, this.#shell.deps);
    return { statement, entries, revocations: await this.#parts.enrolment.revocations() };
  }

  async getShares(sessionId: string, signal?: AbortSignal): Promise<SharesReply> {
    const row = await this.#row(sessionId, signal);
    const statement = requireStatement(row, 'u2');
    // Too late for everybody, and all dealers would have to be loaded again for each call.
    if (isEnded(row.phase)) refuse('LATE', 'peer', 'the session has ended');
    const frozen = await this.#parts.views.frozen(row);
    const position = memberPosition(frozen, frozen.u2, this.#identity);
    const dealers = await this.#parts.views.dealers(row);
    return { statement, deliveries: deliveriesFor(frozen, dealers, position, this.#shell.deps) };
  }

  async getComplaints(sessionId: string, signal?: AbortSignal): Promise<ComplaintNotice[]> {
    const row = await this.#row(sessionId, signal);
    requireRound(row, 'r2', this.#shell.clock.now());
    const frozen = await this.#parts.views.frozen(row);
    memberPosition(frozen, frozen.u2, this.#identity);
    const own = toHex(this.#identity);
    return (await this.#shell.store.readRecords(sessionId, 'r2'))
      .filter(({ signed }) =>
        maskedInputCodec.decode(signed.payload).complaints.some(({ dealer }) => toHex(dealer) === own),
      )
      .map(({ signed }) => ({ header: signed }));
  }

  async getHeaders(sessionId: string, signal?: AbortSignal): Promise<HeadersReply> {
    const row = await this.#row(sessionId, signal);
    const statement = requireStatement(row, 'u3');
    const frozen = await this.#parts.views.frozen(row);
    const position = memberPosition(frozen, frozen.u3, this.#identity);
    const headers = await this.#parts.views.headers(row);
    return { statement, ...headersFor(frozen, headers, position, this.#shell.deps) };
  }

  async getSignatures(sessionId: string, signal?: AbortSignal): Promise<SignaturesReply> {
    const row = await this.#row(sessionId, signal);
    requireStatement(row, 'u3');
    if (row.phase === 'r3') refuse('WRONG_ROUND', 'peer', 'the session is still in r3');
    // Without a quorum nothing may be revealed; participants check that themselves.
    if (isEnded(row.phase) && row.phase !== 'closed') refuse('LATE', 'peer', 'the session was aborted');
    if (row.purgedMs !== null) refuse('LATE', 'peer', 'the session has ended, and its shares were deleted');
    const frozen = await this.#parts.views.frozen(row);
    memberPosition(frozen, frozen.u3, this.#identity);
    return { signatures: await this.#parts.views.votes(row), answers: await this.#answersFor(row) };
  }

  /** Answers to this participant's complaints that fit what their dealers signed. */
  async #answersFor(row: SessionRow): Promise<AnswerDelivery[]> {
    const { store, deps } = this.#shell;
    const own = toHex(this.#identity);
    const answers = (await store.readRecords(row.id, 'answer')).filter(({ subject }) => subject === own);
    const header = await store.getRecord(row.id, 'r2', own);
    if (answers.length === 0 || header === null) return [];
    const frozen = await this.#parts.views.frozen(row);
    const dealers = await this.#parts.views.dealers(row);
    const fitting = new Set(
      complaintsOf(frozen, [header], answers, dealers, deps)
        .filter(({ state }) => state === 'answered')
        .map(({ dealer }) => toHex(frozen.session.roster[dealer]?.identity as Uint8Array)),
    );
    return answers
      .filter(({ sender }) => fitting.has(sender))
      .map(({ signed, attachment }) => ({
        answer: signed,
        shares: decodeShareList(attachment as Uint8Array),
      }));
  }

  #row(sessionId: string, signal?: AbortSignal): Promise<SessionRow> {
    return invitedTo(this.#shell.store, sessionId, this.#identity, signal);
  }
}
