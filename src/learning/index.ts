/** "blindsum/learning": federated averaging over TensorFlow.js models. */
export {
  type Backend,
  importTensorFlow,
  loadTensorFlow,
  MissingPackageError,
  type TensorFlow,
} from './backend.js';
export {
  evaluateModel,
  type FederatedDriver,
  federatedDriver,
  type FederatedDriverOptions,
  type Retry,
  type TrainingStep,
} from './driver.js';
export { type LineageRecord, type LineageStore, memoryLineage } from './lineage.js';
export { fileLineage } from './lineage-file.js';
export { decodeModel, encodeModel, MAX_MODEL_BYTES, ModelFileError, type ModelMeta } from './model-file.js';
export {
  type ModelVector,
  modelVectors,
  setModelVectors,
  type VectorSpec,
  vectorSpecs,
} from './model-vectors.js';
export {
  type LocalUpdate,
  type OfferedModel,
  trainParticipant,
  type TrainingOutcome,
  type TrainParticipant,
} from './participant.js';
export { firstModel, modelDigest, nextModel, type Place, placeOf } from './step.js';
export { type LearningTask, learningTaskSpec } from './task-spec.js';
export { evaluate, type Examples, trainLocally, type TrainingOptions } from './train.js';
