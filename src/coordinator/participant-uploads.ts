/**
 * Round 2 as one participant sends it: the signed header first, which is final, then the bytes it names, then the commit
 * that makes header, bytes and running sum durable together. Only a committed upload counts for U3.
 */
import { toHex } from '../../crypto/bytes.js';
import { acceptHeader, checkUpload } from '../protocol/coordinator/r2-masked-input.js';
import { isBlindsumError, refuse } from '../protocol/errors.js';
import { uploadBytes } from '../protocol/suite.js';
import { sameSigned, type Signed } from '../protocol/signed.js';
import type { BeginUploadReply } from '../rpc/participant-api.js';
import type { SessionRow } from '../storage/port.js';
import { invitedTo } from './membership.js';
import { requireAccepted, requireRound } from './outcome.js';
import type { Caller } from './caller.js';
import type { Parts } from './parts.js';
import type { Shell } from './shell.js';

export class ParticipantUploads {
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

  /** The header is accepted even when there is no room yet for the bytes: a complaint in it must not wait. */
  async begin(sessionId: string, signed: Signed, signal?: AbortSignal): Promise<BeginUploadReply> {
    const { store, clock, deps } = this.#shell;
    const row = await this.#row(sessionId, signal);
    const { task } = await this.#parts.views.header(row);
    const parts = deps
      .suite(task.suite)
      .layout(task)
      .map(({ byteLength }) => byteLength);
    const total = uploadBytes(deps.suite(task.suite), task);
    const isAccepted = await this.#isAccepted(sessionId, signed);
    if (isAccepted && (await this.#hasInput(sessionId))) return { nextOffset: total };
    requireRound(row, 'r2', clock.now());
    const frozen = await this.#parts.views.frozen(row);
    const { uploads, uploadQuotas, complaintWindow } = this.#parts;
    const { identity } = this.#caller;
    if (!isAccepted) {
      const dealers = await this.#parts.views.dealers(row);
      const record = acceptHeader(frozen, { sender: identity, signed }, dealers, deps);
      complaintWindow.requireHeard(row, frozen, signed);
      requireAccepted(await store.putRecord(sessionId, 'r2', record));
      this.#parts.runners.wake(sessionId);
    }
    this.#parts.runners.of(row);
    const retryAfterMs = await complaintWindow.waitMs(row, frozen, identity);
    if (retryAfterMs !== null) return { retryAfterMs };
    if (!uploads.has(sessionId, this.#hex)) uploadQuotas.admit(this.#caller, total);
    const reply = uploads.begin(sessionId, this.#hex, parts);
    if ('nextOffset' in reply) return reply;
    await uploads.waitForRoom(this.#hex, this.#shell.limits.uploadWaitMs, signal);
    requireRound(await this.#row(sessionId, signal), 'r2', clock.now());
    return uploads.begin(sessionId, this.#hex, parts);
  }

  async putChunk(
    sessionId: string,
    offset: number,
    chunk: Uint8Array,
    signal?: AbortSignal,
  ): Promise<{ nextOffset: number }> {
    const row = await this.#row(sessionId, signal);
    requireRound(row, 'r2', this.#shell.clock.now());
    if (chunk.length === 0) refuse('MALFORMED', 'peer', 'a chunk has at least one byte');
    const nextOffset = this.#parts.uploads.append(sessionId, this.#hex, offset, chunk);
    this.#parts.uploadQuotas.count(this.#caller, chunk.length);
    return { nextOffset };
  }

  async commit(sessionId: string, signal?: AbortSignal): Promise<void> {
    const { store, clock, deps, metrics } = this.#shell;
    const row = await this.#row(sessionId, signal);
    if (await this.#hasInput(sessionId)) return;
    requireRound(row, 'r2', clock.now());
    const frozen = await this.#parts.views.frozen(row);
    const header = await store.getRecord(sessionId, 'r2', this.#hex);
    if (header === null) refuse('OUT_OF_ORDER', 'peer', 'an upload begins with its header');
    const { signed } = header;
    // A complaint that was on its way when the upload began is in the store by now.
    if ((await this.#parts.complaintWindow.waitMs(row, frozen, this.#caller.identity)) !== null) {
      refuse('OUT_OF_ORDER', 'peer', 'a complaint came meanwhile: begin again');
    } // check: B1
    const { task } = frozen.session;
    const sums = deps.suite(task.suite).accumulator(task);
    try {
      await this.#parts.uploads.commit(sessionId, this.#hex, async (upload) => {
        const { bytes, digests } = upload;
        checkUpload(frozen, signed, bytes, deps, digests);
        const input = { sender: this.#hex, signed, upload: bytes, keep: this.#shell.escrow };
        const outcome = await store.commitInput(sessionId, input, sums);
        requireAccepted(outcome);
        if (outcome === 'stored') metrics.count('blindsum_messages_accepted_total', { round: 'r2' });
      });
    } catch (error) {
      // Sent twice at once: the other call has committed it meanwhile.
      const mayBeCommitted = isBlindsumError(error, 'OUT_OF_ORDER') || isBlindsumError(error, 'LATE');
      if (!mayBeCommitted || !(await this.#hasInput(sessionId))) throw error;
    }
    this.#parts.runners.wake(sessionId);
  }

  async #isAccepted(sessionId: string, signed: Signed): Promise<boolean> {
    const header = await this.#shell.store.getRecord(sessionId, 'r2', this.#hex);
    return header !== null && sameSigned(header.signed, signed);
  }

  #hasInput(sessionId: string): Promise<boolean> {
    return this.#shell.store.hasInput(sessionId, this.#hex);
  }

  #row(sessionId: string, signal?: AbortSignal): Promise<SessionRow> {
    return invitedTo(this.#shell.store, sessionId, this.#caller.identity, signal);
  }
}
