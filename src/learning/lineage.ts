/**
 * Lineage (PROTOCOL §7): what a participant remembers of a training, so that nobody feeds it models of their own
 * choosing. A sum over updates of nearly the same model, over different sets, could single somebody out; so
 *   - who saw the last aggregate accepts only the model that follows from it;
 *   - who did not (it dropped out) accepts the same model again at a higher attempt, a later step, nothing earlier;
 *   - attempts at one step are bounded by the participant's own policy.
 * A participant that missed steps cannot know what followed, and accepts; nor can one that lost this record.
 */
import { refuse } from '../client/index.js';
import type { Place } from './step.js';

export interface LineageRecord extends Place {
  /** Digest of the model that was offered last; see modelDigest. */
  readonly offered: string;
  /** Digest of the model that follows from the aggregate over it; null while no aggregate was seen. */
  readonly next: string | null;
}

/** Where the record is kept, by task id. Losing it weakens the check, nothing else. */
export interface LineageStore {
  load(task: string): Promise<LineageRecord | null>;
  /** Durable, as far as the application wants it, when it resolves. */
  save(task: string, record: LineageRecord): Promise<void>;
}

export function memoryLineage(): LineageStore {
  const records = new Map<string, LineageRecord>();
  return {
    load: (task) => Promise.resolve(records.get(task) ?? null),
    save: (task, record) => {
      records.set(task, record);
      return Promise.resolve();
    },
  };
}

export interface Offer extends Place {
  readonly digest: string;
}

/**
 * @param maxAttempts of the participant's policy
 * @throws BlindsumError LINEAGE, BELOW_POLICY (fault peer)
 */
export function checkLineage(record: LineageRecord | null, offer: Offer, maxAttempts: number): void {
  const { step, attempt, digest } = offer;
  if (attempt > maxAttempts) {
    refuse('BELOW_POLICY', 'peer', `attempt ${attempt} at step ${step}; the policy accepts ${maxAttempts}`);
  }
  if (record === null) return;
  if (step < record.step) {
    refuse('LINEAGE', 'peer', `step ${step} is offered after step ${record.step}`);
  }
  if (step === record.step) checkSameStep(record, offer);
  if (step === record.step + 1 && record.next !== null && digest !== record.next) {
    refuse(
      'LINEAGE',
      'peer',
      `the model of step ${step} does not follow from the aggregate of step ${record.step}`,
    );
  }
}

function checkSameStep(record: LineageRecord, { step, attempt, digest }: Offer): void {
  if (record.next !== null) refuse('LINEAGE', 'peer', `step ${step} has been summed and is offered again`);
  if (digest !== record.offered) refuse('LINEAGE', 'peer', `another model is offered for step ${step}`);
  if (attempt < record.attempt) {
    refuse(
      'LINEAGE',
      'peer',
      `attempt ${attempt} at step ${step} is offered after attempt ${record.attempt}`,
    );
  }
}

/** The record once an offer was accepted, before any work for it is sent. */
export const offered = ({ step, attempt, digest }: Offer): LineageRecord => ({
  step,
  attempt,
  offered: digest,
  next: null,
});
