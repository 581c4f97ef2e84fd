/**
 * The arithmetic of federated averaging, the same at the operator's and at every participant's: a training step takes
 * the model that the session's input names, participants send their updates (trained minus given weights), and the next
 * model is the given one plus the mean of the updates. Because both sides compute it alike, to the last bit, a
 * participant can check that the model it is offered next is the one that followed (lineage, PROTOCOL §7).
 *
 * "Step" counts models, "attempt" the tries at one step; a session of the protocol is one attempt.
 */
import type { LayersModel } from '@tensorflow/tfjs-layers';

import { toHex } from '../client/index.js';
import { refuse } from '../client/index.js';
import { decodeModel, encodeModel, type ModelMeta } from './model-file.js';
import { type ModelVector, modelVectors, setModelVectors } from './model-vectors.js';

/** Keys of a model's meta that this library gives a meaning. */
export const STEP = 'step';
export const ATTEMPT = 'attempt';

export interface Place {
  /** Models before this one in this training, plus 1. */
  readonly step: number;
  /** Sessions over this model that aborted after votes, plus 1. */
  readonly attempt: number;
}

/** One coordinate per weight, by the names of {@link modelVectors}. */
export type NamedValues = Readonly<Record<string, ArrayLike<number>>>;

/** @throws BlindsumError MALFORMED (fault peer) when the meta has no whole numbers ≥ 1 there */
export function placeOf(meta: ModelMeta): Place {
  const [step, attempt] = [STEP, ATTEMPT].map((key) => {
    const value = Object.hasOwn(meta, key) ? meta[key] : undefined;
    if (!Number.isSafeInteger(value) || (value as number) < 1)
      refuse('MALFORMED', 'peer', `the meta of the model has no ${key}: a whole number from 1`);
    return value as number;
  }) as [number, number];
  return { step, attempt };
}

export const withPlace = (meta: ModelMeta, { step, attempt }: Place): ModelMeta => ({
  ...meta,
  [STEP]: step,
  [ATTEMPT]: attempt,
});

/** The bytes of a first model: step 1, attempt 1. @param meta more facts, the same for everybody, in all steps */
export const firstModel = (model: LayersModel, meta: ModelMeta = {}): Uint8Array =>
  encodeModel(model, withPlace(meta, { step: 1, attempt: 1 }));

/** Trained minus given weights, as the named vectors of a session. @param before weights as they were given */
export function updateOf(model: LayersModel, before: readonly ModelVector[]): Record<string, Float64Array> {
  return Object.fromEntries(
    modelVectors(model).map(({ name, values }, v) => [
      name,
      Float64Array.from(values, (value, i) => value - (before[v]?.values[i] ?? NaN)),
    ]),
  );
}

/**
 * The model after a step: weights plus the mean of the updates, as float32; step + 1, attempt 1, the other meta kept.
 * @param mean Σ wᵢ·updateᵢ / Σ wᵢ
 * @throws BlindsumError MISSING_VECTOR, WRONG_LENGTH (fault peer) when the aggregate is another model's
 */
export async function nextModel(bytes: Uint8Array, mean: NamedValues): Promise<Uint8Array> {
  return withModel(bytes, async (model, meta) => {
    const vectors = modelVectors(model).map((vector) => ({ ...vector, values: plus(vector, mean) }));
    await setModelVectors(model, vectors);
    return encodeModel(model, withPlace(meta, { step: placeOf(meta).step + 1, attempt: 1 }));
  });
}

function plus({ name, values }: ModelVector, mean: NamedValues): Float32Array {
  const change = Object.hasOwn(mean, name) ? mean[name] : undefined;
  if (change === undefined) refuse('MISSING_VECTOR', 'peer', `the aggregate has no vector ${name}`);
  if (change.length !== values.length) {
    refuse('WRONG_LENGTH', 'peer', `vector ${name}: ${change.length} coordinates, not ${values.length}`);
  }
  return values.map((value, i) => value + (change[i] as number));
}

/** The same model at another attempt: new bytes, hence a new input hash and, for an evolving task, a new scope. */
export const atAttempt = (bytes: Uint8Array, attempt: number): Promise<Uint8Array> =>
  withModel(bytes, (model, meta) =>
    Promise.resolve(encodeModel(model, withPlace(meta, { step: placeOf(meta).step, attempt }))),
  );

/**
 * SHA-256 in hex of everything that a model is, without its attempt: weights, architecture, step and all other meta.
 * Two attempts at one step have the same.
 */
export async function modelDigest(bytes: Uint8Array): Promise<string> {
  return inputDigest(await atAttempt(bytes, 1));
}

/** SHA-256 in hex of the very bytes: a session over other bytes is another scope, be it the same model. */
export async function inputDigest(bytes: Uint8Array): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return toHex(new Uint8Array(digest));
}

/** Decodes, uses and disposes of a model. @throws ModelFileError */
export async function withModel<T>(
  bytes: Uint8Array,
  use: (model: LayersModel, meta: ModelMeta) => Promise<T>,
): Promise<T> {
  const { model, meta } = await decodeModel(bytes);
  try {
    return await use(model, meta);
  } finally {
    model.dispose();
  }
}
