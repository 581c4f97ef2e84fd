/** An interface that remembers what it was asked and answers with fixed values, and a server in front of it. */
import { identityFromSeed } from '../../crypto/signature.js';
import { createTokenSource } from '../../src/client/node/token.js';
import { createGrpcTransport, type GrpcTransport } from '../../src/client/node/grpc-transport.js';
import { operatorToken } from '../../src/coordinator/grpc/operator-tokens.js';
import {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
} from '../../src/coordinator/grpc/server.js';
import { createDevTls, type DevTls } from '../../src/coordinator/tls.js';
import { createGrpcOperator, type GrpcOperator } from '../../src/operator/grpc-operator.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { type Signed, type Signer, signerFromSeed } from '../../src/protocol/signed.js';
import type { OperatorApi } from '../../src/rpc/operator-api.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';

/** `length` bytes that differ from seed to seed and from place to place. */
export function fill(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17 + (i >>> 8) * 7) & 0xff);
}
export const signed = (seed: number, length = 90): Signed => ({
  payload: fill(length, seed),
  signature: fill(64, seed + 1),
});
export const identities = (count: number, seed = 0): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => fill(32, seed + i));

export const signer = (seed: number): Signer => {
  const { seed: secret, publicKey } = identityFromSeed(fill(32, seed));
  return signerFromSeed(secret, publicKey);
};
export const PARTICIPANT = signer(1);
export const COORDINATOR = signer(2);
export const OPERATOR_TOKEN = 'operator-token-of-the-tests-32-characters';

let tls: Promise<DevTls> | undefined;
/** Made once per test file. */
export const devTls = (): Promise<DevTls> => (tls ??= createDevTls([]));

export interface World {
  readonly server: GrpcServer;
  readonly address: string;
  readonly caPem: string;
  participant(options?: Partial<Parameters<typeof createGrpcTransport>[0]>): GrpcTransport;
  operator(options?: Partial<Parameters<typeof createGrpcOperator>[0]>): GrpcOperator;
  close(): Promise<void>;
}

/** A real server on a free port, behind TLS, and clients for it. Methods that a test does not give do not exist. */
export async function startWorld(
  participant: Partial<ParticipantApi>,
  operator: Partial<OperatorApi> = {},
  options: Partial<GrpcServerOptions> = {},
): Promise<World> {
  const { caPem, certPem, keyPem } = await devTls();
  const server = await createGrpcServer({
    participant: () => participant as ParticipantApi,
    operator: () => operator as OperatorApi,
    listen: '127.0.0.1:0',
    tls: { certPem, keyPem },
    ...options,
    auth: {
      coordinatorKey: COORDINATOR.publicKey,
      operatorTokens: () => [operatorToken('operator', OPERATOR_TOKEN)],
      ...options.auth,
    },
  });
  const address = `127.0.0.1:${server.port}`;
  const open: { close(): void }[] = [];
  const kept = <T extends { close(): void }>(client: T): T => {
    open.push(client);
    return client;
  };
  const token = createTokenSource({ signer: PARTICIPANT, coordinatorKey: COORDINATOR.publicKey });
  return {
    server,
    address,
    caPem,
    participant: (more = {}) =>
      kept(createGrpcTransport({ coordinator: address, ca: caPem, token, certificate: null, ...more })),
    operator: (more = {}) =>
      kept(createGrpcOperator({ coordinator: address, ca: caPem, token: OPERATOR_TOKEN, ...more })),
    async close() {
      open.forEach((client) => client.close());
      await server.stop(2000);
    },
  };
}

/** The BlindsumError that `call` ends with. */
export async function refusalOf(call: Promise<unknown>): Promise<BlindsumError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BlindsumError)) throw new Error(`expected a BlindsumError, got ${String(error)}`);
  return error;
}

export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

/** With hexadecimal for bytes, which jest compares a thousand times faster. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
