/** blindsum/operator: write and sign tasks, enrol participants, open sessions, fetch results. */
export * from './task-spec.js';
export * from './choose-suite.js';
export * from './task-warnings.js';
export * from './organiser.js';
export * from './outcome.js';
export * from './hierarchy.js';
export * from './cohort-sum.js';
export * from './run-session.js';
export { followSession } from './follow-session.js';
export * from './grpc-operator.js';
export type * from '../rpc/operator-api.js';
export { fromHex, toHex } from '../../crypto/bytes.js';
