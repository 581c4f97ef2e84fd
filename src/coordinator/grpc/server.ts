/**
 * The coordinator's gRPC server: participants, operators, witnesses, health (grpc.health.v1) and reflection on one port.
 *
 * Security: TLS 1.3 only. Plaintext, for a proxy that ends TLS on the same machine, is refused on any address that is not
 * loopback. Callers are known before a request is read (auth.ts).
 */
import { setMaxListeners } from 'node:events';
import { type Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { toHex } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../protocol/errors.js';
import { isLoopback, parseAddress } from '../../rpc/address.js';
import { MAX_REQUEST_BYTES } from '../../rpc/limits.js';
import type { WitnessApi } from '../../rpc/log-api.js';
import type { OperatorApi } from '../../rpc/operator-api.js';
import type { ParticipantApi } from '../../rpc/participant-api.js';
import { loadProtos, OPERATOR_SERVICE, PARTICIPANT_SERVICE, WITNESS_SERVICE } from '../../rpc/protos.js';
import { PROTOCOL_REVISION } from '../../rpc/version.js';
import { type Logger, silentLogger } from '../logger.js';
import { type Metrics, one, silentMetrics } from '../metrics/port.js';
import { NO_QUOTAS, type Quotas } from '../organisations.js';
import type { Caller } from '../caller.js';
import { silentSpan, silentTracer, type Tracer } from '../tracing/port.js';
import type { GrpcAuth, Principal } from './auth.js';
import { createCallObserver, WATCH } from './call-observer.js';
import { CallQuotas } from './call-quotas.js';
import { CallRate } from './call-rate.js';
import { addService, type CallEnvironment } from './calls.js';
import { createGate, type Passed } from './gate.js';
import { InputStaging } from './input-staging.js';
import { listen, type Listener, readTraffic } from './listen.js';
import { NewestFirst } from './newest-first.js';
import { operatorHandlers } from './operator-service.js';
import { participantHandlers } from './participant-service.js';
import { Places } from './places.js';
import { Receiving } from './receiving.js';
import { RequestBuffers } from './request-buffers.js';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from './server-limits.js';
import { strikes } from './strikes.js';
import { Tls13ServerCredentials, type TlsPair } from './tls13-credentials.js';
import { witnessHandlers } from './witness-service.js';

export interface GrpcServerOptions {
  /** The interface as this caller may use it; called for every call. May refuse by throwing. */
  readonly participant: (caller: Caller) => ParticipantApi | Promise<ParticipantApi>;
  /** The interface as the operator of this name may use it. */
  readonly operator: (name: string) => OperatorApi;
  /** The interface of the witness with this key; needed where `auth` lets witnesses in. */
  readonly witness?: (key: Uint8Array) => WitnessApi;
  readonly auth: GrpcAuth;
  /** 'host:port'; port 0 takes a free one. */
  readonly listen: string;
  /** Null: plaintext, on loopback addresses only. */
  readonly tls: TlsPair | null;
  readonly limits?: Partial<ServerLimits>;
  /** Those on calls; those on uploads are the coordinator's. */
  readonly quotas?: Quotas;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly tracer?: Tracer;
  /** For tests: every metadata value and message of every request. */
  readonly onBytes?: (path: string, bytes: Uint8Array) => void;
  /** For the log: errors that nobody foresaw. */
  readonly onError?: (path: string, error: unknown) => void;
  /** For tests: the version that this end speaks. */
  readonly revision?: number;
  /** For tests: milliseconds since any moment, never going back. */
  readonly elapsedMs?: () => number;
}

export interface GrpcServer {
  readonly port: number;
  /** What health answers; true from the start. */
  setServing(serving: boolean): void;
  /**
   * For connections from now on; those that are open go on with what they have.
   * @throws BlindsumError BAD_CONFIG, and nothing has changed
   */
  replaceTls(tls: TlsPair): void;
  /** Ends watches at once, gives other calls `graceMs` to finish, then cuts them off. */
  stop(graceMs: number): Promise<void>;
}

/** @throws BlindsumError PORT_IN_USE, BAD_CONFIG */
export async function createGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { auth, onBytes, onError, revision = PROTOCOL_REVISION } = options;
  const { elapsedMs = () => performance.now(), metrics = silentMetrics, logger = silentLogger } = options;
  const { tracer = silentTracer } = options;
  const limits = { ...DEFAULT_SERVER_LIMITS, ...options.limits };
  const address = parseAddress(options.listen);
  const credentials = serverCredentials(options, limits);
  const stopping = new AbortController();
  // One listener per open stream: more than ten of them are no leak.
  setMaxListeners(0, stopping.signal);
  const calls = new WeakMap<Metadata, Passed>();
  const observer = createCallObserver({ metrics, logger, tracer, elapsedMs });
  const environment: CallEnvironment = {
    onBytes,
    onError,
    onRefused: ({ metadata, ...call }, error) => {
      const { principal = null, span = silentSpan } = calls.get(metadata) ?? {};
      observer.refused({ ...call, principal, span }, error);
    },
    spanOf: (metadata) => calls.get(metadata)?.span,
    stopping: stopping.signal,
    drainMs: limits.drainMs,
    cutOff: (metadata) => calls.get(metadata)?.cutOff(),
  };

  // A proxy that ends TLS brings the calls of many on one connection.
  const strike = options.tls === null ? () => undefined : strikes(limits.maxStrikes);
  const receiving = new Receiving(limits);
  const server = new Server({
    'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': limits.maxStreams,
    // Counts of every call and message that nobody asks for.
    'grpc.enable_channelz': 0,
    'grpc.max_connection_idle_ms': limits.idleMs,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    interceptors: [
      createGate({
        auth,
        revision,
        limits,
        rate: new CallRate({ ...limits, nowMs: elapsedMs }),
        places: new Places(limits.maxCalls, 'calls are in progress'),
        quotas: new CallQuotas(options.quotas ?? NO_QUOTAS, elapsedMs),
        openPlaces: new NewestFirst(limits.maxOpenCalls, limits.maxOpenCallsPerConnection),
        receiving,
        buffers: new RequestBuffers(),
        onAuthenticated: (session, isGood) => {
          if (isGood && session?.destroyed === false) listener.know(session.socket);
          strike(session, isGood);
        },
        calls,
        observer,
        onBytes,
        onError,
      }),
    ],
  });
  const protos = loadProtos();
  const callerOf = (metadata: Metadata): Caller => principalOf(calls, metadata, 'participant').caller;
  const replies = new Places(limits.maxReplies, 'replies are still being read');
  const watches = new Places(limits.maxWatches, 'watches are open');
  addService(
    server,
    protos.participant,
    participantHandlers,
    (metadata) => options.participant(callerOf(metadata)),
    {
      ...environment,
      admit: (path, metadata) =>
        (WATCH.test(path) ? watches : replies).take(toHex(callerOf(metadata).identity)),
    },
  );
  const staging = new InputStaging(limits.maxInputBytes);
  addService(
    server,
    protos.operator,
    operatorHandlers(staging),
    (metadata) => options.operator(principalOf(calls, metadata, 'operator').name),
    environment,
  );
  addService(
    server,
    protos.witness,
    witnessHandlers,
    (metadata) => {
      const { key } = principalOf(calls, metadata, 'witness');
      if (options.witness === undefined) throw new Error('witnesses are let in, and nothing answers them');
      return options.witness(key);
    },
    environment,
  );
  const health = new HealthImplementation();
  const setServing = (serving: boolean): void => {
    for (const name of ['', PARTICIPANT_SERVICE, OPERATOR_SERVICE, WITNESS_SERVICE]) {
      health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    }
  };
  setServing(true);
  health.addToServer(server);
  new ReflectionService(protos.definition).addToServer(server);

  const injector = server.createConnectionInjector(credentials);
  const listener = await listen(address, limits, (socket) => injector.injectConnection(socket));
  metrics.read('blindsum_receiving_bytes', () => one(receiving.bytes));
  readTraffic(metrics, listener);
  return {
    port: listener.port,
    setServing,
    replaceTls(tls) {
      if (credentials instanceof Tls13ServerCredentials) credentials.replace(tls);
    },
    async stop(graceMs) {
      setServing(false);
      stopping.abort();
      await shutDown(server, listener, graceMs);
    },
  };
}

function serverCredentials(options: GrpcServerOptions, limits: ServerLimits): ServerCredentials {
  const { tls } = options;
  if (tls !== null) return new Tls13ServerCredentials(tls, limits);
  const { host, text } = parseAddress(options.listen);
  if (isLoopback(host)) return ServerCredentials.createInsecure();
  throw new BlindsumError(
    'BAD_CONFIG',
    'caller',
    `${text}: without TLS the server listens on loopback addresses only`,
  );
}

/** Who makes the call; the gate lets nobody else near the handlers of a service. */
function principalOf<K extends Principal['kind']>(
  calls: WeakMap<Metadata, Passed>,
  metadata: Metadata,
  kind: K,
): Extract<Principal, { kind: K }> {
  const principal = calls.get(metadata)?.principal;
  if (principal?.kind !== kind) throw new Error('a call reached its handler without authentication');
  return principal as Extract<Principal, { kind: K }>;
}

async function shutDown(server: Server, listener: Listener, graceMs: number): Promise<void> {
  listener.close();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
  listener.destroy();
}
