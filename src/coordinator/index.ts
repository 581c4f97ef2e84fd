/** "blindsum/coordinator": the aggregator service to embed or to serve over gRPC. */
export { createCoordinator, type Coordinator, type CoordinatorOptions } from './coordinator.js';
export { type Clock, systemClock, type Timer } from './clock.js';
export { type Logger, silentLogger } from './logger.js';
export type { Organisation, Quota, Quotas } from './organisations.js';
export type { Caller } from './caller.js';
export type { Witness } from '../protocol/transcript/cosignature.js';
export { DEFAULT_LIMITS, type Limits } from './shell.js';
export type { GrpcAuth } from './grpc/auth.js';
export { type OperatorToken, operatorToken } from './grpc/operator-tokens.js';
export type { Role } from './grpc/roles.js';
export type { TlsPair } from './grpc/tls13-credentials.js';
export * from './grpc/server.js';
export { DEFAULT_SERVER_LIMITS, type ServerLimits } from './grpc/server-limits.js';
export { createDevTls, type DevTls } from './tls.js';
export { createMemoryStore, type MemoryStoreOptions } from '../storage/memory.js';
export { createSqliteStore, type SqliteStoreOptions } from '../storage/sqlite/index.js';
export { createPostgresStore, type PostgresStoreOptions } from '../storage/postgres/index.js';
export type * from '../storage/port.js';
