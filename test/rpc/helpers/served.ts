/** The coordinator of test/client behind a real server over TLS, and participants that reach it over gRPC. */
import { createGrpcTransport, type GrpcTransport } from '../../../src/client/node/grpc-transport.js';
import { createTokenSource } from '../../../src/client/node/token.js';
import { operatorToken } from '../../../src/coordinator/grpc/operator-tokens.js';
import {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
} from '../../../src/coordinator/grpc/server.js';
import { createGrpcOperator, type GrpcOperator } from '../../../src/operator/grpc-operator.js';
import type { ConnectionOptions } from '../../../src/rpc/failover.js';
import { makeWorld, sumOf, valuesOf, type World, type WorldOptions } from '../../client/helpers/world.js';
import { coordinator as coordinatorParty, type Party } from '../../helpers/protocol.js';
import { devTls, OPERATOR_TOKEN } from '../fakes.js';

export interface Served {
  readonly made: World;
  readonly server: GrpcServer;
  transport(index: number, options?: Partial<ConnectionOptions>): GrpcTransport;
  operator(options?: Partial<ConnectionOptions>): GrpcOperator;
  close(): Promise<void>;
}

export async function serve(
  options: Partial<GrpcServerOptions> = {},
  worldOptions: WorldOptions = {},
): Promise<Served> {
  const made = await makeWorld(worldOptions);
  const { caPem, certPem, keyPem } = await devTls();
  const server = await createGrpcServer({
    participant: (caller) => made.coordinator.participant(caller),
    operator: () => made.coordinator.operator,
    auth: {
      coordinatorKey: coordinatorParty.identity,
      operatorTokens: () => [operatorToken('operator', OPERATOR_TOKEN)],
      authorize: ({ identity, certificate }) => made.coordinator.authorize(identity, certificate),
    },
    listen: '127.0.0.1:0',
    tls: { certPem, keyPem },
    ...options,
  });
  const open: { close(): void }[] = [];
  const kept = <T extends { close(): void }>(client: T): T => {
    open.push(client);
    return client;
  };
  const to = { coordinator: `127.0.0.1:${server.port}`, ca: caPem };
  return {
    made,
    server,
    transport(index, more = {}) {
      const { signer } = made.parties[index] as Party;
      const token = createTokenSource({ signer, coordinatorKey: coordinatorParty.identity });
      return kept(createGrpcTransport({ ...to, token, certificate: null, ...more }));
    },
    operator: (more = {}) => kept(createGrpcOperator({ ...to, token: OPERATOR_TOKEN, ...more })),
    async close() {
      for (const client of open) client.close();
      await server.stop(1000);
      await made.stop();
    },
  };
}

/** A whole session of everybody. @returns the sums that the participants got, and the one they should get */
export async function runSession(
  served: Served,
  options: Partial<ConnectionOptions> = {},
): Promise<{ sums: unknown[]; expected: Float64Array }> {
  const { made } = served;
  const { taskId, joinMs, roundMs } = made;
  const everyone = made.parties.map((_, index) => index);
  const contributions = everyone.map((index) =>
    made
      .client(index, { transport: served.transport(index, options) })
      .contribute({ task: taskId, vectors: { counts: valuesOf(index) } }),
  );
  await served.operator(options).openSession({ taskId, inputDigest: null, joinMs, roundMs });
  const results = await Promise.all(contributions);
  return { sums: results.map(({ sum }) => sum.counts), expected: sumOf(everyone) };
}
