/**
 * blindsum: secure aggregation. The portable surface: errors, documents, the pure protocol, the client. Services and
 * Node shells are under their own entry points (blindsum/client/node, blindsum/coordinator, blindsum/operator).
 */
export {
  BlindsumError,
  ERROR_CODES,
  type ErrorCode,
  type Fault,
  isBlindsumError,
} from './protocol/errors.js';
export { ROUNDS, type Phase, type Round } from './protocol/phase.js';
export {
  certificateCodec,
  type Certificate,
  taskCodec,
  type Task,
  taskHash,
  type VectorSpec,
} from './protocol/documents.js';
export { type Policy, policySchema } from './protocol/policy.js';
export { proposedColluders, quorum, requiredBits, weightBits } from './protocol/parameters.js';
export { decodeAggregate, type DecodedAggregate, quantiseInput } from './protocol/quantise.js';
export { openSigned, type Signed, type Signer, signerFromSeed } from './protocol/signed.js';
export type { Engine, Suite } from './protocol/suite.js';
export { suiteById } from './protocol/suites/index.js';
export * from './client/index.js';
