/**
 * What one participant sends in a round (PROTOCOL §8.4), masked inputs apart: checked by the pure rounds, in the store before
 * it is acknowledged. A message that was accepted before is acknowledged again, in any phase: its sender may not have
 * heard the first answer.
 */
import { toHex } from '../../crypto/bytes.js';
import { acceptAnswer } from '../protocol/coordinator/complaints.js';
import { acceptAdvertiseKeys } from '../protocol/coordinator/r0-advertise-keys.js';
import { acceptShareKeys } from '../protocol/coordinator/r1-share-keys.js';
import { acceptConsistency } from '../protocol/coordinator/r3-consistency.js';
import { acceptUnmask } from '../protocol/coordinator/r4-unmask.js';
import type { AcceptedRecord, SessionHeader } from '../protocol/coordinator/state.js';
import { refuse } from '../protocol/errors.js';
import { answerCodec, maskedInputCodec } from '../protocol/messages.js';
import type { Round } from '../protocol/phase.js';
import { checkCertificate } from '../protocol/roster.js';
import { sameSigned, type Signed } from '../protocol/signed.js';
import type { ParticipantApi } from '../rpc/participant-api.js';
import type { RecordKind, SessionRow } from '../storage/port.js';
import type { Caller } from './caller.js';
import { invitedTo } from './membership.js';
import { requireAccepted, requireRound } from './outcome.js';
import type { Parts } from './parts.js';
import type { Shell } from './shell.js';

interface Submission {
  readonly round: Round;
  readonly kind: RecordKind;
  readonly subject?: string;
  readonly signed: Signed;
  readonly accept: (row: SessionRow) => Promise<AcceptedRecord>;
}

type Messages = Pick<
  ParticipantApi,
  'advertiseKeys' | 'shareKeys' | 'answerComplaint' | 'consistency' | 'unmask'
>;

export class ParticipantMessages implements Messages {
  readonly #shell: Shell;
  readonly #parts: Parts;
  readonly #caller: Caller;
  readonly #hex: string;

  constructor(shell: Shell, parts: Parts, caller: Caller) {
    this.#shell = shell;
    this.#parts = parts;
    this.#caller = caller;
    this.#hex = toHex(caller.identity);
  }

  async advertiseKeys(
    sessionId: string,
    signed: Signed,
    certificate: Signed | null,
    signal?: AbortSignal,
  ): Promise<void> {
    const presented = certificate ?? this.#caller.certificate;
    const accept = async (row: SessionRow): Promise<AcceptedRecord> => {
      const header = await this.#parts.views.header(row);
      const [blamed, revoked] = await Promise.all([
        this.#parts.views.blamedBefore(row),
        this.#parts.enrolment.revoked(),
      ]);
      if (blamed.has(this.#hex)) {
        refuse('BAD_DEALER', 'peer', 'this identity was proven at fault in an earlier session of the task', {
          participant: this.#caller.identity,
        });
      } // check: B1
      const nowMs = this.#shell.clock.now();
      const request = { sender: this.#caller.identity, signed, certificate: presented, revoked, nowMs };
      const record = acceptAdvertiseKeys(header, request, this.#shell.deps);
      this.#checkOutlasts(header, row, presented, revoked);
      return record;
    };
    await this.#submit(sessionId, { round: 'r0', kind: 'r0', signed, accept }, signal);
  }

  async shareKeys(
    sessionId: string,
    signed: Signed,
    packets: Parameters<ParticipantApi['shareKeys']>[2],
    signal?: AbortSignal,
  ): Promise<void> {
    const accept = async (row: SessionRow): Promise<AcceptedRecord> =>
      acceptShareKeys(
        await this.#parts.views.frozen(row),
        { sender: this.#caller.identity, signed, packets },
        this.#shell.deps,
      );
    await this.#submit(sessionId, { round: 'r1', kind: 'r1', signed, accept }, signal);
  }

  async answerComplaint(
    sessionId: string,
    signed: Signed,
    shares: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    const subject = toHex(answerCodec.decode(signed.payload).holder);
    const accept = async (row: SessionRow): Promise<AcceptedRecord> => {
      const frozen = await this.#parts.views.frozen(row);
      const suite = this.#shell.deps.suite(frozen.session.task.suite);
      const most = suite.maxPacketBytes(frozen.session);
      const isFormed =
        shares.length === suite.shareKinds.length && shares.every((share) => share.length <= most);
      if (!isFormed) refuse('MALFORMED', 'peer', 'an answer carries one share of each kind'); // check: B4
      await this.#requireComplaint(row, subject); // check: B3
      return acceptAnswer(frozen, { sender: this.#caller.identity, signed, shares }, this.#shell.deps);
    };
    await this.#submit(sessionId, { round: 'r2', kind: 'answer', subject, signed, accept }, signal);
  }

  async consistency(sessionId: string, signed: Signed, signal?: AbortSignal): Promise<void> {
    const { views } = this.#parts;
    const accept = async (row: SessionRow): Promise<AcceptedRecord> =>
      acceptConsistency(
        await views.frozen(row),
        { sender: this.#caller.identity, signed },
        (await views.headers(row)).uploads.root,
        this.#shell.deps,
      );
    await this.#submit(sessionId, { round: 'r3', kind: 'r3', signed, accept }, signal);
  }

  async unmask(
    sessionId: string,
    signed: Signed,
    shares: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    const accept = async (row: SessionRow): Promise<AcceptedRecord> =>
      acceptUnmask(
        await this.#parts.views.frozen(row),
        { sender: this.#caller.identity, signed, shares },
        this.#shell.deps,
      );
    await this.#submit(sessionId, { round: 'r4', kind: 'r4', signed, accept }, signal);
  }

  async #submit(sessionId: string, submission: Submission, signal?: AbortSignal): Promise<void> {
    const { store, clock } = this.#shell;
    const { round, kind, signed, subject = '', accept } = submission;
    const row = await invitedTo(store, sessionId, this.#caller.identity, signal);
    const isResent = async (): Promise<boolean> => {
      const before = await store.getRecord(sessionId, kind, this.#hex, subject);
      return before !== null && sameSigned(before.signed, signed);
    };
    if (await isResent()) return;
    requireRound(row, round, clock.now());
    const record = await accept(row);
    const outcome = await store.putRecord(sessionId, round, record);
    // Sent twice at once, and the round closed between the two.
    if (outcome === 'late' && (await isResent())) return;
    requireAccepted(outcome);
    if (outcome === 'stored' && kind !== 'answer') {
      this.#shell.metrics.count('blindsum_messages_accepted_total', { round });
    }
    this.#parts.runners.wake(sessionId);
  }

  /** A certificate that ends before r1 does would make everybody else refuse the roster. */
  #checkOutlasts(
    header: SessionHeader,
    row: SessionRow,
    certificate: Signed | null,
    revoked: ReadonlySet<string>,
  ): void {
    if (header.task.pinned !== null) return;
    const { organiser, deps } = this.#shell;
    const nowMs = row.phaseDeadlineMs + header.opening.roundMs;
    checkCertificate(certificate, this.#caller.identity, { organiser, revoked, nowMs, verify: deps.verify });
  }

  /** Only who was accused may answer, so that answers cannot fill the store. */
  async #requireComplaint(row: SessionRow, holder: string): Promise<void> {
    const header = await this.#shell.store.getRecord(row.id, 'r2', holder);
    const complaints = header === null ? [] : maskedInputCodec.decode(header.signed.payload).complaints;
    if (!complaints.some(({ dealer }) => toHex(dealer) === this.#hex)) {
      refuse('UNKNOWN_PARTICIPANT', 'peer', 'this holder made no complaint about this dealer');
    }
  }
}
