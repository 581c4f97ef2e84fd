/** The `limits` of a serve configuration: every key is optional, and what it means stands in the types it fills. */
import { z } from 'zod';
import type { Limits, ServerLimits } from '../coordinator/index.js';

export interface ServeLimits {
  readonly coordinator: Partial<Limits>;
  readonly server: Partial<ServerLimits>;
}

const MIB = 2 ** 20;
const count = z.int().min(1).max(1_000_000).optional();
const mebibytes = z.int().min(1).max(65_536).optional();

export const limitsSchema = z.strictObject({
  openSessions: count,
  openSessionsPerTask: count,
  tasks: count,
  uploadMiB: mebibytes,
  stagedUploadsMiB: mebibytes,
  inputMiB: mebibytes,
  connections: count,
  connectionsPerAddress: count,
  callsPerConnection: count,
  callsPerSecond: count,
  callBurst: count,
  callsAtOnce: count,
  repliesAtOnce: count,
  watches: count,
  requestsMiB: mebibytes,
  requestSeconds: count,
});

export function limitsOf(config: z.infer<typeof limitsSchema>): ServeLimits {
  const bytes = (size: number | undefined): number | undefined => size && size * MIB;
  return {
    coordinator: given({
      maxOpenSessions: config.openSessions,
      maxOpenSessionsPerTask: config.openSessionsPerTask,
      maxTasks: config.tasks,
      maxUploadBytes: bytes(config.uploadMiB),
      stageBudgetBytes: bytes(config.stagedUploadsMiB),
      maxBlobBytes: bytes(config.inputMiB),
    }),
    server: given({
      maxInputBytes: bytes(config.inputMiB),
      maxConnections: config.connections,
      maxConnectionsPerAddress: config.connectionsPerAddress,
      maxStreams: config.callsPerConnection,
      callsPerSecond: config.callsPerSecond,
      callBurst: config.callBurst,
      maxCalls: config.callsAtOnce,
      maxReplies: config.repliesAtOnce,
      maxWatches: config.watches,
      maxReceivingBytes: bytes(config.requestsMiB),
      requestMs: config.requestSeconds && config.requestSeconds * 1000,
    }),
  };
}

/** Without the keys that were not set: those would take the place of the defaults. */
const given = <T extends object>(limits: { [K in keyof T]: T[K] | undefined }): Partial<T> =>
  Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)) as Partial<T>;
