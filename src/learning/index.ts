/** "blindsum/learning": federated averaging over TensorFlow.js models. */
export {
  type Backend,
  importTensorFlow,
  loadTensorFlow,
  MissingPackageError,
  type TensorFlow,
} from './backend.js';
export { decodeModel, encodeModel, MAX_MODEL_BYTES, ModelFileError, type ModelMeta } from './model-file.js';
export {
  type ModelVector,
  modelVectors,
  setModelVectors,
  type VectorSpec,
  vectorSpecs,
} from './model-vectors.js';
export { evaluate, type Examples, trainLocally, type TrainingOptions } from './train.js';
