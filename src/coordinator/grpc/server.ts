/**
 * The coordinator's gRPC server: participants, operators, health (grpc.health.v1) and reflection on one port.
 *
 * Security: TLS 1.3 only. Plaintext, for a proxy that ends TLS on the same machine, is refused on any address that is not
 * loopback. Callers are known before a request is read (auth.ts).
 */
import { setMaxListeners } from 'node:events';
import { constants, type ServerHttp2Stream } from 'node:http2';
import {
  type Metadata,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { toHex } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../protocol/errors.js';
import { isLoopback, parseAddress } from '../../rpc/address.js';
import { MAX_REPLY_BYTES, MAX_REQUEST_BYTES } from '../../rpc/limits.js';
import type { OperatorApi } from '../../rpc/operator-api.js';
import type { ParticipantApi } from '../../rpc/participant-api.js';
import { loadProtos, OPERATOR_SERVICE, PARTICIPANT_SERVICE } from '../../rpc/protos.js';
import { toStatus } from '../../rpc/status.js';
import type { Caller } from '../parts.js';
import { authenticate, type GrpcAuth, type Principal } from './auth.js';
import { addService, type CallEnvironment, withShortRequests } from './calls.js';
import { bind } from './bind.js';
import { InputStaging } from './input-staging.js';
import { operatorHandlers } from './operator-service.js';
import { participantHandlers } from './participant-service.js';
import { Reading } from './reading.js';
import { Tls13ServerCredentials } from './tls13-credentials.js';

export interface GrpcServerOptions {
  /** The interface as this caller may use it; called for every call. May refuse by throwing. */
  readonly participant: (caller: Caller) => ParticipantApi | Promise<ParticipantApi>;
  readonly operator: OperatorApi;
  readonly auth: GrpcAuth;
  /** 'host:port'; port 0 takes a free one. */
  readonly listen: string;
  /** PEM. Null: plaintext, on loopback addresses only. */
  readonly tls: { readonly certPem: string; readonly keyPem: string } | null;
  readonly limits?: {
    /** Longest input blob. Default 1 GiB. */
    readonly maxInputBytes?: number;
    /** Calls at a time on one connection. Default 256. */
    readonly maxStreams?: number;
    /** Longest wait for a client that does not read what is streamed to it. Default 30 s. */
    readonly drainMs?: number;
  };
  /** For tests: every metadata value and message of every request. */
  readonly onBytes?: (path: string, bytes: Uint8Array) => void;
  /** For the log: errors that nobody foresaw. */
  readonly onError?: (path: string, error: unknown) => void;
}

export interface GrpcServer {
  readonly port: number;
  /** What health answers; true from the start. */
  setServing(serving: boolean): void;
  /** Ends watches at once, gives other calls `graceMs` to finish, then cuts them off. */
  stop(graceMs: number): Promise<void>;
}

/** What is known of a call from its beginning on. */
type Calls = WeakMap<Metadata, { readonly principal: Principal; cutOff(): void }>;

const DRAIN_MS = 30_000;
/** Streams that last as long as what they watch; they keep nothing large. */
const WATCH = /\/Watch[^/]*$/;

/** @throws BlindsumError PORT_IN_USE, BAD_CONFIG */
export async function createGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { auth, onBytes, onError, limits = {} } = options;
  const address = parseAddress(options.listen);
  const credentials = serverCredentials(options);
  const stopping = new AbortController();
  // One listener per open stream: more than ten of them are no leak.
  setMaxListeners(0, stopping.signal);
  const calls: Calls = new WeakMap();
  const environment: CallEnvironment = {
    onBytes,
    onError,
    stopping: stopping.signal,
    drainMs: limits.drainMs ?? DRAIN_MS,
    cutOff: (metadata) => calls.get(metadata)?.cutOff(),
  };

  const server = new Server({
    'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': limits.maxStreams ?? 256,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    interceptors: [authInterceptor(auth, calls, environment)],
  });
  const protos = loadProtos();
  const reading = new Reading();
  addService(
    server,
    protos.participant,
    participantHandlers,
    (metadata) => options.participant(callerOf(calls, metadata)),
    {
      ...environment,
      admit: (path, metadata) =>
        WATCH.test(path) ? () => undefined : reading.begin(toHex(callerOf(calls, metadata).identity)),
    },
  );
  const staging = new InputStaging(limits.maxInputBytes ?? MAX_REPLY_BYTES);
  addService(server, protos.operator, operatorHandlers(staging), () => options.operator, environment);
  const health = new HealthImplementation();
  const setServing = (serving: boolean): void => {
    for (const name of ['', PARTICIPANT_SERVICE, OPERATOR_SERVICE]) {
      health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    }
  };
  setServing(true);
  health.addToServer(withShortRequests(server));
  new ReflectionService(protos.definition).addToServer(withShortRequests(server));

  const port = await bind(server, address, credentials);
  return {
    port,
    setServing,
    async stop(graceMs) {
      setServing(false);
      stopping.abort();
      await shutDown(server, graceMs);
    },
  };
}

function serverCredentials({ tls, listen }: GrpcServerOptions): ServerCredentials {
  if (tls !== null) return new Tls13ServerCredentials(tls.certPem, tls.keyPem);
  const { host, text } = parseAddress(listen);
  if (isLoopback(host)) return ServerCredentials.createInsecure();
  throw new BlindsumError(
    'BAD_CONFIG',
    'caller',
    `${text}: without TLS the server listens on loopback addresses only`,
  );
}

/** Decides who calls before the call goes on; the handler of a refused call never starts. */
function authInterceptor(
  auth: GrpcAuth,
  calls: Calls,
  { onBytes, onError }: CallEnvironment,
): ServerInterceptor {
  return (method, call) =>
    new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, proceed) {
            if (onBytes !== undefined) recordMetadata(method.path, metadata, onBytes);
            authenticate(auth, method.path, metadata).then(
              (principal) => {
                calls.set(metadata, { principal, cutOff: () => cutOff(call) });
                proceed(metadata);
              },
              (error: unknown) => {
                if (!(error instanceof BlindsumError)) onError?.(method.path, error);
                call.sendStatus(toStatus(error));
              },
            );
          },
        });
      },
    });
}

/** grpc-js ends calls by a status only, which waits for the reader like everything else. Here the stream is reset. */
function cutOff(call: ServerInterceptingCallInterface): void {
  const { stream } = call as { readonly stream?: ServerHttp2Stream };
  stream?.close(constants.NGHTTP2_CANCEL);
}

function recordMetadata(
  path: string,
  metadata: Metadata,
  onBytes: (path: string, bytes: Uint8Array) => void,
): void {
  for (const [key, values] of Object.entries(metadata.toHttp2Headers())) {
    onBytes(path, Buffer.from(key));
    for (const value of [values].flat()) onBytes(path, Buffer.from(String(value)));
  }
}

function callerOf(calls: Calls, metadata: Metadata): Caller {
  const principal = calls.get(metadata)?.principal;
  if (principal?.kind !== 'participant') throw new Error('a call reached its handler without authentication');
  return principal.caller;
}

async function shutDown(server: Server, graceMs: number): Promise<void> {
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
}
