/**
 * From the records of a round to the one change that ends it. Everything is read first, then closed by the pure
 * functions; `seen` carries how much was read, so the store refuses the change when more was accepted meanwhile. Hence a
 * closing set is exactly what was accepted, and nobody who was acknowledged is missing from it.
 */
import { wipeJob } from '../../crypto/engine/job.js';
import { closeAdvertiseKeys } from '../protocol/coordinator/r0-advertise-keys.js';
import { closeShareKeys } from '../protocol/coordinator/r1-share-keys.js';
import { closeMaskedInput } from '../protocol/coordinator/r2-masked-input.js';
import { closeConsistency } from '../protocol/coordinator/r3-consistency.js';
import { closeNotUnmasked, closeUnmask, planUnmask } from '../protocol/coordinator/r4-unmask.js';
import { type AbortReason, closeAborted, type Closing } from '../protocol/coordinator/state.js';
import { refuseFailedJob } from '../protocol/engine-refusals.js';
import { isBlindsumError } from '../protocol/errors.js';
import type { Round } from '../protocol/phase.js';
import type { Job } from '../protocol/suite.js';
import type { RecordKind, SessionRecord, SessionRow, TransitionFrom } from '../storage/port.js';
import { paced } from './pace.js';
import type { SessionViews } from './session-views.js';
import { revokedIdentities, type Shell } from './shell.js';

export interface RoundClosing {
  readonly change: Closing & { readonly aggregate?: Uint8Array };
  readonly seen: NonNullable<TransitionFrom['seen']>;
  /** Hex identities, for the log and the metrics only. */
  readonly senders: Senders;
}

export interface Senders {
  /** Who did what the round asks for. */
  readonly done: readonly string[];
  /** Who began: in r2, whose header was accepted. */
  readonly begun: readonly string[];
}

type Part = Pick<Shell, 'store' | 'deps' | 'engine' | 'logger'>;

const KINDS: Readonly<Record<Round, readonly RecordKind[]>> = {
  r0: ['r0'],
  r1: ['r1'],
  r2: ['r2', 'answer'],
  r3: ['r3'],
  r4: ['r4'],
};

export class RoundCloser {
  readonly #shell: Part;
  readonly #views: SessionViews;

  constructor(shell: Part, views: SessionViews) {
    this.#shell = shell;
    this.#views = views;
  }

  /**
   * @param mayWait r4 only: whether more shares may still come
   * @returns null when it is better to wait
   */
  async close(row: SessionRow, mayWait: boolean, signal: AbortSignal): Promise<RoundClosing | null> {
    switch (row.phase) {
      case 'r0':
        return this.#closeFirst(row, signal);
      case 'r1': {
        const records = await this.#records(row, 'r1');
        return this.#simple(row, 'r1', records, closeShareKeys);
      }
      case 'r2':
        return this.#closeThird(row);
      case 'r3': {
        const records = await this.#records(row, 'r3');
        return this.#simple(row, 'r3', records, closeConsistency);
      }
      case 'r4':
        return this.#closeLast(row, mayWait, signal);
      case 'closed':
      case 'aborted':
        return null;
    }
  }

  /** Ends the session in the round it is in; the records of that round still go into the log. */
  async abort(row: SessionRow, reason: AbortReason): Promise<RoundClosing> {
    const header = await this.#views.header(row);
    const before = await this.#shell.store.readLeaves(row.id);
    const seen: Partial<Record<RecordKind | 'inputs', number>> = {};
    const signed = [];
    let senders = sendersOf([]);
    for (const kind of KINDS[row.phase as Round]) {
      // By sender, which is roster order; several answers of one dealer by holder.
      const records = await this.#records(row, kind);
      seen[kind] = records.length;
      signed.push(...records.map((record) => record.signed));
      if (kind !== 'answer') senders = sendersOf(records);
    }
    if (row.phase === 'r2') senders = { ...senders, done: await this.#shell.store.readInputs(row.id) };
    const change = closeAborted(header, row.phase, before, signed, reason, this.#shell.deps);
    return { change, seen, senders };
  }

  /** Ends it because its round cannot be closed. Of what nobody foresaw participants hear no more than that. */
  giveUp(row: SessionRow, error: unknown): Promise<RoundClosing> {
    const unforeseen = { code: 'INTERNAL', message: 'the coordinator failed to close the round' } as const;
    const { code, message } = isBlindsumError(error) ? error : unforeseen;
    return this.abort(row, { code, message, blamed: [] });
  }

  async #closeFirst(row: SessionRow, signal: AbortSignal): Promise<RoundClosing> {
    const { store, deps } = this.#shell;
    const records = await this.#records(row, 'r0');
    const revoked = await revokedIdentities(this.#shell);
    // Every participant would refuse a roster with a revoked certificate in it.
    if (records.some(({ sender }) => revoked.has(sender))) {
      const message = 'a participant was revoked after it had joined';
      return this.abort(row, { code: 'CERTIFICATE_REVOKED', message, blamed: [] });
    }
    const [header, before] = await Promise.all([this.#views.header(row), store.readLeaves(row.id)]);
    return {
      change: await paced(closeAdvertiseKeys(header, before, records, deps), signal),
      seen: { r0: records.length },
      senders: sendersOf(records),
    };
  }

  async #simple(
    row: SessionRow,
    kind: 'r1' | 'r3',
    records: SessionRecord[],
    close: typeof closeShareKeys,
  ): Promise<RoundClosing> {
    const before = await this.#shell.store.readLeaves(row.id);
    const frozen = await this.#views.frozen(row);
    return {
      change: close(frozen, before, records, this.#shell.deps),
      seen: { [kind]: records.length },
      senders: sendersOf(records),
    };
  }

  async #closeThird(row: SessionRow): Promise<RoundClosing> {
    const { store, deps } = this.#shell;
    const [headers, answers, complete, dealers, before, frozen] = await Promise.all([
      this.#records(row, 'r2'),
      this.#records(row, 'answer'),
      store.readInputs(row.id),
      this.#views.dealers(row),
      store.readLeaves(row.id),
      this.#views.frozen(row),
    ]);
    return {
      change: closeMaskedInput(frozen, before, { headers, answers, complete, dealers }, deps),
      seen: { r2: headers.length, answer: answers.length, inputs: complete.length },
      senders: { ...sendersOf(headers), done: complete },
    };
  }

  async #closeLast(row: SessionRow, mayWait: boolean, signal: AbortSignal): Promise<RoundClosing | null> {
    const { store, deps, engine, logger } = this.#shell;
    const records = await this.#records(row, 'r4');
    const [frozen, dealers, before] = await Promise.all([
      this.#views.frozen(row),
      this.#views.dealers(row),
      store.readLeaves(row.id),
    ]);
    const suite = deps.suite(frozen.session.task.suite);
    const sum = await store.readSum(row.id, suite.accumulator(frozen.session.task));
    const known = { seen: { r4: records.length }, senders: sendersOf(records) };
    let job: Job | null = null;
    try {
      const plan = await paced(planUnmask(frozen, records, dealers, sum, mayWait, deps), signal);
      job = plan.job;
      const result = await engine.run(job, { signal }).catch(refuseFailedJob);
      const change = closeUnmask(frozen, before, records, result, deps);
      // Not before there is a sum: as long as it does not open, liars may have made others look like them.
      if (plan.badHelpers.length > 0) {
        logger.warn({ session: row.id, positions: plan.badHelpers }, 'shares that do not fit were ignored');
      }
      return { change, ...known };
    } catch (error) {
      if (!isBlindsumError(error)) throw error;
      // More answers may also show which of those that are there are wrong.
      if (mayWait && (error.code === 'TOO_FEW_SHARES' || error.code === 'KEY_MISMATCH')) return null;
      return { change: closeNotUnmasked(frozen, before, records, error, deps), ...known };
    } finally {
      if (job !== null) wipeJob(job);
    }
  }

  #records(row: SessionRow, kind: RecordKind): Promise<SessionRecord[]> {
    return this.#shell.store.readRecords(row.id, kind);
  }
}

function sendersOf(records: readonly SessionRecord[]): Senders {
  const senders = records.map(({ sender }) => sender);
  return { done: senders, begun: senders };
}
