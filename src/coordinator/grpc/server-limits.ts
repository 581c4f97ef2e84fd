/**
 * What the server takes from whoever connects. Only availability depends on these numbers. A participant of an honest
 * session stays far below all of them.
 */
const KIB = 1024;
const MIB = 1024 * KIB;

export interface ServerLimits {
  /** Longest input blob. */
  readonly maxInputBytes: number;

  /** Connections at a time. For a new one, one on which nobody has logged in gives way. */
  readonly maxConnections: number;
  /** Of one address; of IPv6, of one /64 network. */
  readonly maxConnectionsPerAddress: number;
  /** Longest TLS handshake. */
  readonly handshakeMs: number;
  /** A connection without a call for so long is closed; clients connect again by themselves. */
  readonly idleMs: number;
  /** Calls at a time on one connection. */
  readonly maxStreams: number;
  /** Refused tokens and certificates in a row, after which a connection is closed. */
  readonly maxStrikes: number;

  /** Names, values and 32 bytes for each entry, as HTTP/2 counts them. */
  readonly maxMetadataBytes: number;
  readonly maxMetadataEntries: number;

  /** Calls of one participant, in the long run and at once. */
  readonly callsPerSecond: number;
  readonly callBurst: number;
  /** Calls of one participant at a time, streams until their request has come. */
  readonly maxCalls: number;
  /** Long replies that one participant reads at a time. */
  readonly maxReplies: number;
  /** Watches of one participant at a time. */
  readonly maxWatches: number;
  /** Calls without a token (health, reflection) at a time. */
  readonly maxOpenCalls: number;
  readonly maxOpenCallsPerConnection: number;

  /** Requests on their way in, all together. */
  readonly maxReceivingBytes: number;
  readonly maxReceivingBytesPerCaller: number;
  /** From the begin of a call until its request is whole; of a short call without a token, until it is over. */
  readonly requestMs: number;
  /** Longest wait for a client that does not read what is streamed to it. */
  readonly drainMs: number;
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  maxInputBytes: 1024 * MIB,
  maxConnections: 4096,
  maxConnectionsPerAddress: 1024,
  handshakeMs: 10_000,
  idleMs: 600_000,
  maxStreams: 256,
  maxStrikes: 32,
  maxMetadataBytes: 8 * KIB,
  maxMetadataEntries: 64,
  callsPerSecond: 100,
  callBurst: 2000,
  maxCalls: 16,
  maxReplies: 4,
  maxWatches: 64,
  maxOpenCalls: 64,
  maxOpenCallsPerConnection: 8,
  maxReceivingBytes: 256 * MIB,
  maxReceivingBytesPerCaller: 16 * MIB,
  requestMs: 60_000,
  drainMs: 30_000,
};
