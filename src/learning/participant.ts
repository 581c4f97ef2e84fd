/**
 * A participant's side of federated averaging: checks the model it is offered, trains it on its own records and hands
 * the update to the client, which masks it. The records and the update stay in this process.
 */
import type { LayersModel } from '@tensorflow/tfjs-layers';

import type {
  BlindsumError,
  Client,
  ContributionResult,
  ParticipateOptions,
  SessionInfo,
} from '../client/index.js';
import { refuse } from '../client/index.js';
import { checkLineage, type LineageStore, memoryLineage, type Offer, offered } from './lineage.js';
import { ModelFileError, type ModelMeta } from './model-file.js';
import { modelVectors } from './model-vectors.js';
import { inputDigest, modelDigest, nextModel, type Place, placeOf, updateOf, withModel } from './step.js';
import { type Examples, trainLocally, type TrainingOptions } from './train.js';

/** What a participant does with one model. */
export interface OfferedModel extends Place {
  readonly meta: ModelMeta;
  readonly model: LayersModel;
  readonly session: SessionInfo;
}

export interface LocalUpdate extends Place {
  /** Hash of the opening, hex. */
  readonly session: string;
  /** Trained minus given weights, by the names of the model's weights, before clip and quantisation. */
  readonly vectors: Readonly<Record<string, Float64Array>>;
  /** Records that it was trained on. */
  readonly weight: number;
}

export interface TrainParticipant extends Omit<ParticipateOptions, 'weight'> {
  /** Task id, hex. */
  readonly task: string;
  /** Own records, or what makes them of the model's meta (standardisation that all share). */
  readonly data: Examples | ((meta: ModelMeta) => Examples | Promise<Examples>);
  /**
   * Another `seed` per step and attempt is what makes an attempt a fresh one; given as options, the seed counts up by
   * itself.
   */
  readonly training: TrainingOptions | ((place: Place) => TrainingOptions);
  /** Default: in memory. */
  readonly lineage?: LineageStore;
  /**
   * Go on although steps were taken without this participant (it was away), whose models it cannot check. Gives up most
   * of the lineage: a coordinator may always say so, and thereby choose the model, the same one for ever if it likes,
   * each time over another set of participants. What stays: steps only grow, and at each only one model is accepted, in
   * at most as many attempts as the policy says (`maxAttempts`). Default false: such a model is refused, with LINEAGE.
   */
  readonly allowMissedSteps?: boolean;
  /** Looks at what is offered before any work is done; throw to refuse. */
  readonly review?: (offer: OfferedModel) => void | Promise<void>;
  /** The update, just before it is masked. For tests and demonstrations. */
  readonly onUpdate?: (update: LocalUpdate) => void;
}

export type TrainingOutcome =
  | (Place & {
      readonly kind: 'closed';
      readonly session: string;
      readonly result: ContributionResult;
      /** The model after this step, as bytes: what the next session must offer. */
      readonly model: Uint8Array;
    })
  /** A session that the process before this one took part in; which model it was about is not known any more. */
  | { readonly kind: 'recovered'; readonly session: string; readonly result: ContributionResult }
  | { readonly kind: 'failed'; readonly session: string; readonly error: BlindsumError };

/** The model that is being summed over. */
interface Current {
  readonly offer: Offer;
  readonly bytes: Uint8Array;
}

/** More than any policy's attempts, so that every attempt at every step has a seed of its own. */
const SEEDS_PER_STEP = 64;

/**
 * Takes part in session after session of a training task and yields what became of each; ends when `signal` aborts or
 * after `maxSessions`. The weight is the number of own records. One call per task at a time.
 * A model that does not follow from the last aggregate, or an attempt beyond the `maxAttempts` of the participant's
 * policy, fails its session with LINEAGE or BELOW_POLICY; nothing is sent for it.
 */
export async function* trainParticipant(
  client: Client,
  {
    task,
    data,
    training,
    lineage = memoryLineage(),
    allowMissedSteps = false,
    review,
    onUpdate,
    ...options
  }: TrainParticipant,
): AsyncGenerator<TrainingOutcome, void, undefined> {
  let current: Current | null = null;

  async function work(input: Uint8Array | null, session: SessionInfo) {
    current = null;
    const bytes = input ?? refuse('MALFORMED', 'peer', 'the session has no model: its input is empty');
    return reading(() =>
      withModel(bytes, async (model, meta) => {
        const place = placeOf(meta);
        const offer = { ...place, input: await inputDigest(bytes), digest: await modelDigest(bytes) };
        const { maxAttempts } = session.policy;
        checkLineage(await lineage.load(task), offer, { maxAttempts, allowMissedSteps }); // check: A1
        await review?.({ ...place, meta, model, session }); // check: A2
        await lineage.save(task, offered(offer));
        const examples = typeof data === 'function' ? await data(meta) : data;
        const before = modelVectors(model);
        await trainLocally(model, examples, trainingAt(training, place));
        const update = { vectors: updateOf(model, before), weight: examples.labels.length };
        onUpdate?.({ session: session.id, ...place, ...update });
        current = { offer, bytes };
        return update;
      }),
    );
  }

  for await (const outcome of client.participate(task, work, options)) {
    const done = current as Current | null;
    current = null;
    if (outcome.kind === 'failed') yield outcome;
    else if (done === null) yield { ...outcome, kind: 'recovered' };
    else {
      const model = await nextModel(done.bytes, outcome.result.mean);
      await lineage.save(task, { ...offered(done.offer), next: await modelDigest(model) });
      const { step, attempt } = done.offer;
      yield { ...outcome, step, attempt, model };
    }
  }
}

function trainingAt(training: TrainParticipant['training'], place: Place): TrainingOptions {
  if (typeof training === 'function') return training(place);
  return { ...training, seed: training.seed + place.step * SEEDS_PER_STEP + place.attempt };
}

/** Bytes that are no model are the peer's fault, like everything else in a session's input. */
async function reading<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (cause) {
    if (!(cause instanceof ModelFileError)) throw cause;
    return refuse('MALFORMED', 'peer', `the input of the session is ${cause.message}`, { cause });
  }
}
