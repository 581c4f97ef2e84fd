/** The `limits` of a serve configuration; what each means in full stands in the types it fills. */
import { z } from 'zod';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../../coordinator/grpc/server-limits.js';
import { DEFAULT_LIMITS, type Limits } from '../../coordinator/shell.js';

export interface ServeLimits {
  readonly coordinator: Partial<Limits>;
  readonly server: Partial<ServerLimits>;
}

const MIB = 2 ** 20;
const node = DEFAULT_LIMITS;
const port = DEFAULT_SERVER_LIMITS;

const count = (standard: number, description: string) =>
  z.int().min(1).max(1_000_000).default(standard).meta({ description });
const mebibytes = (bytes: number, description: string) =>
  z
    .int()
    .min(1)
    .max(65_536)
    .default(bytes / MIB)
    .meta({ description });

export const limitsSchema = z.strictObject({
  openSessions: count(node.maxOpenSessions, 'sessions that have not ended'),
  openSessionsPerTask: count(node.maxOpenSessionsPerTask, 'of one task'),
  tasks: count(node.maxTasks, 'tasks, closed ones too'),
  uploadMiB: mebibytes(node.maxUploadBytes, 'longest upload of one participant; larger tasks are refused'),
  stagedUploadsMiB: mebibytes(
    node.stageBudgetBytes,
    'uploads on their way in, in memory; who finds no room waits',
  ),
  inputMiB: mebibytes(node.maxBlobBytes, 'longest input of a session'),
  connections: count(port.maxConnections, 'at a time'),
  connectionsPerAddress: count(port.maxConnectionsPerAddress, 'of one address; of IPv6, of one /64 network'),
  callsPerConnection: count(port.maxStreams, 'calls at a time on one connection'),
  callsPerSecond: count(port.callsPerSecond, 'calls of one participant, in the long run'),
  callBurst: count(port.callBurst, 'calls of one participant at once, after a pause'),
  callsAtOnce: count(port.maxCalls, 'calls of one participant at a time'),
  repliesAtOnce: count(port.maxReplies, 'rosters, shares, inputs that one participant reads at a time'),
  watches: count(port.maxWatches, 'watches of one participant at a time'),
  requestsMiB: mebibytes(port.maxReceivingBytes, 'requests on their way in, in memory'),
  requestSeconds: count(port.requestMs / 1000, 'until a request is whole'),
});

export const limitsOf = (config: z.infer<typeof limitsSchema>): ServeLimits => ({
  coordinator: {
    maxOpenSessions: config.openSessions,
    maxOpenSessionsPerTask: config.openSessionsPerTask,
    maxTasks: config.tasks,
    maxUploadBytes: config.uploadMiB * MIB,
    stageBudgetBytes: config.stagedUploadsMiB * MIB,
    maxBlobBytes: config.inputMiB * MIB,
  },
  server: {
    maxInputBytes: config.inputMiB * MIB,
    maxConnections: config.connections,
    maxConnectionsPerAddress: config.connectionsPerAddress,
    maxStreams: config.callsPerConnection,
    callsPerSecond: config.callsPerSecond,
    callBurst: config.callBurst,
    maxCalls: config.callsAtOnce,
    maxReplies: config.repliesAtOnce,
    maxWatches: config.watches,
    maxReceivingBytes: config.requestsMiB * MIB,
    requestMs: config.requestSeconds * 1000,
  },
});
