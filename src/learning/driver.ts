/**
 * The operator's side of federated averaging: opens a session with the model as its input, takes the mean of the
 * updates, makes the next model. It sees aggregates only.
 *
 * A session that aborts before anybody can have voted is opened again as it was. After votes the same input could only
 * be summed over the same participants again, which are no longer there; so it becomes a new attempt: the attempt number
 * is part of the input, hence a new scope, and participants train afresh (PROTOCOL §7). Both are bounded.
 */
import type { OperatorApi, RunSession, SessionSummary } from '../operator/index.js';
import { runSession } from '../operator/index.js';
import { type BlindsumError, isBlindsumError } from '../client/index.js';
import { evaluate, type Examples } from './train.js';
import { atAttempt, nextModel, type Place, placeOf, withModel } from './step.js';

export interface FederatedDriverOptions extends Omit<RunSession, 'input' | 'joinMs' | 'roundMs'> {
  /** The first model: see firstModel. */
  readonly model: Uint8Array;
  /** Longest time until all have trained and joined, and longest time of every later round, in milliseconds. */
  readonly joinMs: number;
  readonly roundMs: number;
  /** Attempts at one step; participants' policies accept 2 unless they say otherwise. */
  readonly maxAttempts?: number;
  /** Sessions for one step, of all attempts together. Default 4. */
  readonly maxSessions?: number;
  /** A session aborted and the step is tried again. */
  readonly onRetry?: (retry: Retry) => void;
}

export interface Retry extends Place {
  readonly session: SessionSummary;
  readonly error: BlindsumError;
}

export interface TrainingStep extends Place {
  readonly session: SessionSummary;
  /** Mean of the updates, weighted by records, by the names of the model's weights. */
  readonly mean: Readonly<Record<string, Float64Array>>;
  /** Participants whose update is in the mean. */
  readonly survivors: number;
  /** Records of all survivors. */
  readonly weight: number;
  /** The next model. */
  readonly model: Uint8Array;
  /** Sessions that aborted on the way. */
  readonly aborted: readonly Retry[];
}

export interface FederatedDriver {
  /** The present model, as bytes. */
  readonly model: Uint8Array;
  /**
   * One training step. One at a time.
   * @throws BlindsumError the abort's code when the last allowed session aborted; what the connection throws
   */
  step(
    override?: Partial<Pick<FederatedDriverOptions, 'joinMs' | 'roundMs' | 'onChange'>>,
  ): Promise<TrainingStep>;
  /** Accuracy and mean loss of the present model. */
  evaluate(examples: Examples): Promise<{ accuracy: number; loss: number }>;
}

export function federatedDriver(operator: OperatorApi, options: FederatedDriverOptions): FederatedDriver {
  const { maxAttempts = 2, maxSessions = 4, onRetry } = options;
  let model = options.model;

  async function once(place: Place, input: Uint8Array, times: Partial<FederatedDriverOptions>) {
    let last: SessionSummary | null = null;
    const onChange = (session: SessionSummary): void => {
      last = session;
      (times.onChange ?? options.onChange)?.(session);
    };
    try {
      return await runSession(operator, { ...options, ...times, input, onChange });
    } catch (error) {
      const session = last as SessionSummary | null;
      // Only what the coordinator ended may be tried again; a lost connection says nothing about the session.
      if (session?.phase !== 'aborted' || !isBlindsumError(error) || error.code === 'CANCELLED') throw error;
      return { ...place, session, error };
    }
  }

  async function step(times: Partial<FederatedDriverOptions> = {}): Promise<TrainingStep> {
    const aborted: Retry[] = [];
    let input = model;
    for (;;) {
      const place = await withModel(input, (_, meta) => Promise.resolve(placeOf(meta)));
      const done = await once(place, input, times);
      if (!('error' in done)) {
        const { vectors, survivors, weight } = done.aggregate;
        const mean = Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, vector.mean]));
        model = await nextModel(input, mean);
        return { ...place, session: done.session, mean, survivors, weight: weight ?? 0, model, aborted };
      }
      aborted.push(done);
      // Votes are cast once U3 is stated, and only then.
      const attempt = place.attempt + (done.session.u3 === null ? 0 : 1);
      if (aborted.length >= maxSessions || attempt > maxAttempts) throw done.error;
      input = await atAttempt(input, attempt);
      onRetry?.(done);
    }
  }

  return {
    get model() {
      return model;
    },
    step,
    evaluate: (examples) => evaluateModel(model, examples),
  };
}

/** Accuracy and mean loss of a model given as bytes. @throws ModelFileError, RangeError */
export const evaluateModel = (
  bytes: Uint8Array,
  examples: Examples,
): Promise<{ accuracy: number; loss: number }> => withModel(bytes, (model) => evaluate(model, examples));
