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
import { checkLineage, type LineageStore, memoryLineage, offered } from './lineage.js';
import { ModelFileError, type ModelMeta } from './model-file.js';
import { modelVectors } from './model-vectors.js';
import { modelDigest, nextModel, type Place, placeOf, updateOf, withModel } from './step.js';
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
  /** Attempts at one step: `trust.anchors.policy.maxAttempts`. Default 2, as in the policy. */
  readonly maxAttempts?: number;
  /** Default: in memory. */
  readonly lineage?: LineageStore;
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

/** More than any policy's attempts, so that every attempt at every step has a seed of its own. */
const SEEDS_PER_STEP = 64;

/**
 * Takes part in session after session of a training task and yields what became of each; ends when `signal` aborts or
 * after `maxSessions`. The weight is the number of own records. One call per task at a time.
 * A model that does not follow from the last aggregate, or one attempt too many, fails its session with LINEAGE or
 * BELOW_POLICY; nothing is sent for it.
 */
export async function* trainParticipant(
  client: Client,
  {
    task,
    data,
    training,
    maxAttempts = 2,
    lineage = memoryLineage(),
    review,
    onUpdate,
    ...options
  }: TrainParticipant,
): AsyncGenerator<TrainingOutcome, void, undefined> {
  let current: { place: Place; bytes: Uint8Array } | null = null;

  async function work(input: Uint8Array | null, session: SessionInfo) {
    current = null;
    const bytes = input ?? refuse('MALFORMED', 'peer', 'the session has no model: its input is empty');
    return reading(() =>
      withModel(bytes, async (model, meta) => {
        const place = placeOf(meta);
        const offer = { ...place, digest: await modelDigest(bytes) };
        checkLineage(await lineage.load(task), offer, maxAttempts);
        await review?.({ ...place, meta, model, session });
        await lineage.save(task, offered(offer));
        const examples = typeof data === 'function' ? await data(meta) : data;
        const before = modelVectors(model);
        await trainLocally(model, examples, trainingAt(training, place));
        const update = { vectors: updateOf(model, before), weight: examples.labels.length };
        onUpdate?.({ session: session.id, ...place, ...update });
        current = { place, bytes };
        return update;
      }),
    );
  }

  for await (const outcome of client.participate(task, work, options)) {
    const done = current as { place: Place; bytes: Uint8Array } | null;
    current = null;
    if (outcome.kind === 'failed') yield outcome;
    else if (done === null) yield { ...outcome, kind: 'recovered' };
    else {
      const model = await nextModel(done.bytes, outcome.result.mean);
      const digests = { offered: await modelDigest(done.bytes), next: await modelDigest(model) };
      await lineage.save(task, { ...done.place, ...digests });
      yield { ...outcome, ...done.place, model };
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
