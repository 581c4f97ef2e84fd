/**
 * Lineage (PROTOCOL §7): what a participant remembers of a training, so that nobody feeds it models of their own
 * choosing. A sum over updates of nearly the same model, over different sets, could single somebody out; so
 *   - who saw the last aggregate accepts only the model that follows from it, as the next step;
 *   - who did not (it dropped out, or the session aborted) accepts the same model again, at the same attempt in the same
 *     bytes (the same scope, hence one vote) or at a higher attempt; or any model as the next step, as it cannot know
 *     which one follows;
 *   - a step further ahead, those in between having been taken without it, only if the application allows missed steps;
 *   - nothing is accepted for an earlier step, and attempts at one step are bounded by the participant's own policy.
 * What this cannot do: aggregates are taken as the coordinator signs them. One that withholds an aggregate (to its
 * participants an abort like any other) or signs a wrong one chooses the next model. Losing the record loses the check.
 */
import { refuse } from '../client/index.js';
import type { Place } from './step.js';

export interface LineageRecord extends Place {
  /** Digest of the bytes that were offered last; see inputDigest. */
  readonly input: string;
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
  /** See inputDigest. */
  readonly input: string;
  /** See modelDigest. */
  readonly digest: string;
}

export interface LineageRules {
  /** Of the participant's policy. */
  readonly maxAttempts: number;
  /** Whether a model may be accepted although steps before it were taken without this participant. */
  readonly allowMissedSteps: boolean;
}

/** @throws BlindsumError LINEAGE, BELOW_POLICY (fault peer) */
export function checkLineage(
  record: LineageRecord | null,
  offer: Offer,
  { maxAttempts, allowMissedSteps }: LineageRules,
): void {
  const { step, attempt, digest } = offer;
  if (attempt > maxAttempts) {
    refuse('BELOW_POLICY', 'peer', `attempt ${attempt} at step ${step}; the policy accepts ${maxAttempts}`);
  } // check: A1, A11
  if (record === null) return;
  if (step < record.step) {
    refuse('LINEAGE', 'peer', `step ${step} is offered after step ${record.step}`);
  } // check: A1, A11
  if (step === record.step) checkSameStep(record, offer); // check: A1, A11
  if (step === record.step + 1 && record.next !== null && digest !== record.next) {
    refuse(
      'LINEAGE',
      'peer',
      `the model of step ${step} does not follow from the aggregate of step ${record.step}`,
    );
  } // check: A1, A11
  if (step > record.step + 1 && !allowMissedSteps) {
    refuse(
      'LINEAGE',
      'peer',
      `step ${step} is offered after step ${record.step}: if steps were taken without this participant, allowMissedSteps lets it go on`,
    );
  } // check: A1, A11
}

function checkSameStep(record: LineageRecord, { step, attempt, input, digest }: Offer): void {
  if (record.next !== null) refuse('LINEAGE', 'peer', `step ${step} has been summed and is offered again`); // check: A1, A11
  if (digest !== record.offered) refuse('LINEAGE', 'peer', `another model is offered for step ${step}`); // check: A1, A11
  if (attempt < record.attempt) {
    refuse(
      'LINEAGE',
      'peer',
      `attempt ${attempt} at step ${step} is offered after attempt ${record.attempt}`,
    );
  } // check: A1, A11
  if (attempt === record.attempt && input !== record.input) {
    refuse('LINEAGE', 'peer', `attempt ${attempt} at step ${step} is offered again as other bytes`);
  } // check: A1, A11
}

/** The record once an offer was accepted, before any work for it is sent. */
export const offered = ({ step, attempt, input, digest }: Offer): LineageRecord => ({
  step,
  attempt,
  input,
  offered: digest,
  next: null,
});
