/**
 * What every call passes before it reaches its handler, cheapest first: size of its metadata, version, who calls, how
 * often, how many at a time, and how its request comes in. Nothing of a request is read before its caller is known.
 */
import { constants, type ServerHttp2Stream } from 'node:http2';
import { Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { toHex } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../protocol/errors.js';
import { toStatus } from '../../rpc/status.js';
import { readRevision, VERSION, versionProblem } from '../../rpc/version.js';
import { silentSpan, type Span } from '../tracing/port.js';
import { TRACEPARENT } from '../tracing/traceparent.js';
import { authenticate, type GrpcAuth, isOpenToAnyone, type Principal } from './auth.js';
import type { CallObserver, ObservedCall } from './call-observer.js';
import type { CallRate } from './call-rate.js';
import { endStream, enter, type Entry, type EntryOptions } from './entry.js';
import { RememberedTokens } from './remembered-tokens.js';
import type { Decoder } from './request-buffers.js';
import type { ServerLimits } from './server-limits.js';

export interface Passed {
  readonly principal: Principal;
  readonly span: Span;
  /** grpc-js ends calls by a status only, which waits for the reader like everything else. Here the stream is reset. */
  cutOff(): void;
}

export interface GateOptions extends EntryOptions {
  readonly auth: GrpcAuth;
  readonly revision: number;
  readonly rate: CallRate;
  /** Told of the connection of every call: whether its token and certificate were good. */
  readonly onAuthenticated: (session: ServerHttp2Stream['session'], isGood: boolean) => void;
  /** What is known of a call from here on, by its metadata. */
  readonly calls: WeakMap<Metadata, Passed>;
  readonly observer: CallObserver;
  readonly onBytes?: ((path: string, bytes: Uint8Array) => void) | undefined;
  readonly onError?: ((path: string, error: unknown) => void) | undefined;
}

/** What grpc-js knows of a call and keeps to itself. */
interface Internals {
  decoder?: Decoder;
  readonly stream?: ServerHttp2Stream;
  /** The header `grpc-encoding`, which it takes out of the metadata. */
  readonly incomingEncoding?: string;
}

export function createGate(options: GateOptions): ServerInterceptor {
  const tokens = new RememberedTokens();
  return (method, call) => {
    const { revision, calls, observer, onBytes, onError } = options;
    const receiver = call as unknown as Internals;
    const { stream, incomingEncoding } = receiver;
    const named = (metadata: Metadata | null | undefined): Metadata => {
      const own = metadata ?? new Metadata();
      own.set(VERSION, String(revision));
      return own;
    };
    const answering = (metadata: Metadata): Metadata => {
      metadata.set('grpc-accept-encoding', 'identity');
      return named(metadata);
    };
    let isOver = false;
    let entry: Entry | undefined;
    let principal: Principal | null = null;
    let observed: ObservedCall | undefined;
    let span = silentSpan;
    const refuse = (error: unknown): void => {
      if (!(error instanceof BlindsumError)) onError?.(method.path, error);
      observer.refused({ path: method.path, principal, session: null, span }, error);
      const status = toStatus(error);
      call.sendStatus({ ...status, metadata: answering(status.metadata) });
    };
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, proceed) {
            const begun = (observed = observer.begin(method));
            if (onBytes !== undefined) recordMetadata(method.path, metadata, onBytes);
            identify(options, tokens, { path: method.path, metadata, stream, encoding: incomingEncoding })
              .then((found) => {
                if (isOver) return;
                principal = found;
                if (found.kind !== 'anyone') span = begun.admit(traceparentOf(metadata));
                entry = enter(options, { method, principal, stream, receiver, refuse });
                const cutOff = (): void => stream?.close(constants.NGHTTP2_CANCEL);
                calls.set(metadata, { principal, span, cutOff });
                proceed(metadata);
              })
              // Who goes on sending all the same would keep the connection from being idle.
              .catch((error: unknown) => endStream(stream, () => refuse(error)));
          },
          onReceiveHalfClose(proceed) {
            // What its request was may be another's by now.
            if (isOver) return;
            entry?.received();
            proceed();
          },
          onCancel() {
            isOver = true;
            entry?.leave();
            observed?.end();
          },
        });
      },
      sendMetadata: (metadata, next) => next(answering(metadata)),
      sendMessage(message, next) {
        entry?.answered();
        next(message);
      },
      sendStatus(status, next) {
        entry?.answered();
        next({ ...status, metadata: named(status.metadata) });
      },
    });
  };
}

interface Arrival {
  readonly path: string;
  readonly metadata: Metadata;
  readonly stream: ServerHttp2Stream | undefined;
  readonly encoding: string | undefined;
}

/** Who calls, if it may. */
async function identify(
  options: GateOptions,
  tokens: RememberedTokens,
  arrival: Arrival,
): Promise<Principal> {
  const { auth, revision, limits, rate, onAuthenticated } = options;
  const { path, metadata, stream, encoding } = arrival;
  checkMetadata(metadata, limits);
  // gRPC inflates a message before anything here sees how long it has become.
  if (encoding !== 'identity') {
    throw new BlindsumError('UNSUPPORTED', 'peer', 'compressed requests are not taken');
  }
  if (isOpenToAnyone(path)) return { kind: 'anyone' };
  const problem = versionProblem({ client: readRevision(metadata.get(VERSION)), coordinator: revision });
  if (problem !== null) throw problem;
  try {
    const principal = await authenticate(auth, path, metadata, tokens, ({ identity }) =>
      rate.count(toHex(identity)),
    );
    onAuthenticated(stream?.session, true);
    return principal;
  } catch (error) {
    const isStranger = error instanceof BlindsumError && error.code !== 'OVERLOADED';
    if (isStranger) onAuthenticated(stream?.session, false);
    throw error;
  }
}

function checkMetadata(metadata: Metadata, { maxMetadataBytes, maxMetadataEntries }: ServerLimits): void {
  const entries = entriesOf(metadata);
  const bytes = entries.reduce((sum, [key, value]) => sum + key.length + value.length + 32, 0);
  if (entries.length <= maxMetadataEntries && bytes <= maxMetadataBytes) return;
  throw new BlindsumError(
    'TOO_LARGE',
    'peer',
    `metadata of ${entries.length} entries and ${bytes} bytes, at most ${maxMetadataEntries} and ${maxMetadataBytes}`,
  );
}

/** Of several nobody knows which is meant. */
function traceparentOf(metadata: Metadata): string | undefined {
  const values = metadata.get(TRACEPARENT);
  return values.length === 1 ? String(values[0]) : undefined;
}

function recordMetadata(
  path: string,
  metadata: Metadata,
  onBytes: (path: string, bytes: Uint8Array) => void,
): void {
  for (const [key, value] of entriesOf(metadata)) {
    onBytes(path, Buffer.from(key));
    onBytes(path, Buffer.from(value));
  }
}

const entriesOf = (metadata: Metadata): [string, string][] =>
  Object.entries(metadata.toHttp2Headers()).flatMap(([key, values]) =>
    [values].flat().map((value): [string, string] => [key, String(value)]),
  );
