/**
 * How simulated participants reach the coordinator: calls within the process, or one TLS connection each over loopback.
 */
import type { Coordinator } from '../../coordinator/index.js';
import { createDevTls, createGrpcServer } from '../../coordinator/index.js';
import { createGrpcTransport } from '../../client/node/grpc-transport.js';
import { createTokenSource } from '../../client/node/token.js';
import type { Signer } from '../../protocol/signed.js';
import { type Connection, countedBytes } from './counted-bytes.js';
import type { Observers } from './options.js';

export interface Network {
  connect(identity: Signer): Connection;
  close(): Promise<void>;
}

export function memoryNetwork(coordinator: Coordinator): Network {
  return {
    connect: ({ publicKey }) =>
      countedBytes(coordinator.participant({ identity: publicKey, certificate: null })),
    close: async () => undefined,
  };
}

/** Calls may take long here: all participants and the coordinator share one processor. */
const TIMEOUT_MS = 600_000;

export async function grpcNetwork(
  coordinator: Coordinator,
  now: () => number,
  { onBytes, logger, tracer }: Observers = {},
): Promise<Network> {
  const tls = await createDevTls([]);
  const server = await createGrpcServer({
    participant: (caller) => coordinator.participant(caller),
    operator: () => coordinator.operator,
    auth: {
      coordinatorKey: coordinator.publicKey,
      operatorTokens: () => [],
      authorize: ({ identity, certificate }) => coordinator.authorize(identity, certificate),
      nowMs: now,
    },
    listen: '127.0.0.1:0',
    tls,
    limits: { drainMs: TIMEOUT_MS },
    ...(onBytes === undefined ? {} : { onBytes }),
    ...(logger === undefined ? {} : { logger }),
    ...(tracer === undefined ? {} : { tracer }),
  });
  return {
    connect(signer) {
      const transport = createGrpcTransport({
        coordinator: `https://127.0.0.1:${server.port}`,
        ca: tls.caPem,
        certificate: null,
        token: createTokenSource({ signer, coordinatorKey: coordinator.publicKey, nowMs: now }),
        timeoutMs: TIMEOUT_MS,
      });
      return { api: transport, bytes: () => transport.bytes(), close: () => transport.close() };
    },
    close: () => server.stop(100),
  };
}
