/**
 * Complaints come before uploads (PROTOCOL §5.1), in suites whose sum cannot do without any share: a dealer that somebody
 * complains about is left out while that costs nothing, before its upload is in the running sum. Nobody uploads until all
 * of U2 have sent their headers, or half of the round is over; then no complaint is taken any more, and who is still
 * accused has to answer first.
 */
import { positionOf } from '../protocol/context.js';
import { complaintsOf, type OpenComplaint, provenBad } from '../protocol/coordinator/complaints.js';
import type { Frozen } from '../protocol/coordinator/state.js';
import { refuse } from '../protocol/errors.js';
import { maskedInputCodec } from '../protocol/messages.js';
import type { Signed } from '../protocol/signed.js';
import type { SessionRow } from '../storage/port.js';
import { type SessionViews, sizeOf } from './session-views.js';
import type { Shell } from './shell.js';

/** How soon to ask again. */
const LATER_MS = 500;

interface Known {
  readonly headers: number;
  readonly answers: number;
  readonly complaints: readonly OpenComplaint[];
}

export class ComplaintWindow {
  readonly #shell: Shell;
  readonly #views: SessionViews;
  /** Of the session asked about last: hundreds ask about the same. */
  #known: (Known & { readonly session: string }) | null = null;

  constructor(shell: Shell, views: SessionViews) {
    this.#shell = shell;
    this.#views = views;
  }

  /** @throws BlindsumError LATE for a header with complaints that comes too late to be heard */
  requireHeard(row: SessionRow, frozen: Frozen, header: Signed): void {
    if (!this.#applies(frozen) || !this.#isHalfOver(row, frozen)) return;
    if (maskedInputCodec.decode(header.payload).complaints.length === 0) return;
    refuse('LATE', 'peer', 'complaints are heard in the first half of the round'); // check: B1
  }

  /**
   * @returns null when the sender may upload; else when to ask again
   * @throws BlindsumError BAD_DEALER for a sender that is proven to have dealt unusable shares
   */
  async waitMs(row: SessionRow, frozen: Frozen, sender: Uint8Array): Promise<number | null> {
    if (!this.#applies(frozen)) return null;
    const { headers, complaints } = await this.#read(row, frozen);
    if (headers < sizeOf(frozen.u2) && !this.#isHalfOver(row, frozen)) return LATER_MS; // check: B1
    const position = positionOf(frozen.session, sender);
    if (provenBad(frozen, complaints, this.#shell.deps).includes(position)) {
      refuse(
        'BAD_DEALER',
        'peer',
        'the shares that this participant dealt are unusable: its input is left out',
      );
    } // check: B1
    const isAccused = complaints.some(({ dealer, state }) => dealer === position && state === 'open');
    if (isAccused) return LATER_MS; // check: B1
    return null;
  }

  #applies({ session }: Frozen): boolean {
    return this.#shell.deps.suite(session.task.suite).needsEveryShare;
  }

  #isHalfOver(row: SessionRow, { header }: Frozen): boolean {
    return this.#shell.clock.now() >= row.phaseDeadlineMs - header.opening.roundMs / 2;
  }

  /** Read again only when a header or an answer has come. */
  async #read(row: SessionRow, frozen: Frozen): Promise<Known> {
    const { store, deps } = this.#shell;
    const [headers, answers] = await Promise.all([
      store.countRecords(row.id, 'r2'),
      store.countRecords(row.id, 'answer'),
    ]);
    const known = this.#known;
    if (known?.session === row.id && known.headers === headers && known.answers === answers) return known;
    const [sent, answered, dealers] = await Promise.all([
      store.readRecords(row.id, 'r2'),
      store.readRecords(row.id, 'answer'),
      this.#views.dealers(row),
    ]);
    this.#known = {
      session: row.id,
      headers: sent.length,
      answers: answered.length,
      complaints: complaintsOf(frozen, sent, answered, dealers, deps),
    };
    return this.#known;
  }
}
