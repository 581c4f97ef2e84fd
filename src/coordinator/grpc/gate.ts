/**
 * What every call passes before it reaches its handler, cheapest first: size of its metadata, version, who calls, how
 * often, how many at a time, and how its request comes in. Nothing of a request is read before its caller is known.
 */
import { constants, type ServerHttp2Stream } from 'node:http2';
import { Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { toHex } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../protocol/errors.js';
import { requestLimits } from '../../rpc/limits.js';
import { toStatus } from '../../rpc/status.js';
import { readRevision, VERSION, versionProblem } from '../../rpc/version.js';
import { authenticate, type GrpcAuth, isOpenToAnyone, type Principal } from './auth.js';
import type { CallRate } from './call-rate.js';
import type { Places } from './places.js';
import type { Receiving } from './receiving.js';
import type { ServerLimits } from './server-limits.js';

export interface Passed {
  readonly principal: Principal;
  /** grpc-js ends calls by a status only, which waits for the reader like everything else. Here the stream is reset. */
  cutOff(): void;
}

export interface GateOptions {
  readonly auth: GrpcAuth;
  readonly revision: number;
  readonly limits: ServerLimits;
  readonly rate: CallRate;
  /** Calls in progress. */
  readonly places: Places;
  readonly receiving: Receiving;
  /** Told of the connection of every call: whether its token and certificate were good. */
  readonly onAuthenticated: (session: ServerHttp2Stream['session'], isGood: boolean) => void;
  /** What is known of a call from here on, by its metadata. */
  readonly calls: WeakMap<Metadata, Passed>;
  readonly onBytes?: ((path: string, bytes: Uint8Array) => void) | undefined;
  readonly onError?: ((path: string, error: unknown) => void) | undefined;
}

export const createGate =
  (options: GateOptions): ServerInterceptor =>
  (method, call) => {
    const { revision, calls, onBytes, onError } = options;
    const stream = (call as { readonly stream?: ServerHttp2Stream }).stream;
    const named = (metadata: Metadata | null | undefined): Metadata => {
      const own = metadata ?? new Metadata();
      own.set(VERSION, String(revision));
      return own;
    };
    let isOver = false;
    let entry: Entry | undefined;
    const refuse = (error: unknown): void => {
      if (!(error instanceof BlindsumError)) onError?.(method.path, error);
      const status = toStatus(error);
      call.sendStatus({ ...status, metadata: named(status.metadata) });
    };
    return new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, proceed) {
            if (onBytes !== undefined) recordMetadata(method.path, metadata, onBytes);
            identify(options, method.path, metadata, stream)
              .then((principal) => {
                if (isOver) return;
                entry = enter(options, method.path, principal, stream, (error) => {
                  refuse(error);
                  stream?.close(constants.NGHTTP2_NO_ERROR);
                });
                calls.set(metadata, { principal, cutOff: () => stream?.close(constants.NGHTTP2_CANCEL) });
                proceed(metadata);
              })
              .catch(refuse);
          },
          onReceiveHalfClose(proceed) {
            entry?.received(method.responseStream);
            proceed();
          },
          onCancel() {
            isOver = true;
            entry?.leave();
          },
        });
      },
      sendMetadata: (metadata, next) => next(named(metadata)),
      sendStatus: (status, next) => next({ ...status, metadata: named(status.metadata) }),
    });
  };

/** Who calls, if it may. */
async function identify(
  options: GateOptions,
  path: string,
  metadata: Metadata,
  stream: ServerHttp2Stream | undefined,
): Promise<Principal> {
  const { auth, revision, limits, rate, onAuthenticated } = options;
  checkMetadata(metadata, limits);
  if (isOpenToAnyone(path)) return { kind: 'anyone' };
  const problem = versionProblem({ client: readRevision(metadata.get(VERSION)), coordinator: revision });
  if (problem !== null) throw problem;
  try {
    const principal = await authenticate(auth, path, metadata, ({ identity }) => rate.count(toHex(identity)));
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

interface Entry {
  /** The request is whole. */
  received(isStream: boolean): void;
  leave(): void;
}

/** Takes the places of a call. @throws BlindsumError OVERLOADED */
function enter(
  { limits, places, receiving }: GateOptions,
  path: string,
  principal: Principal,
  stream: ServerHttp2Stream | undefined,
  refuse: (error: BlindsumError) => void,
): Entry | undefined {
  // Their requests are short and may last, like a conversation with the reflection service.
  if (principal.kind === 'anyone') return undefined;
  const caller = principal.kind === 'operator' ? 'operator' : toHex(principal.caller.identity);
  const leavePlace = principal.kind === 'operator' ? () => undefined : places.take(caller);
  const reception = receiving.begin(caller, requestLimits(path).bytes);
  const timer = setTimeout(() => {
    refuse(new BlindsumError('DEADLINE', 'peer', `the request did not come within ${limits.requestMs} ms`));
  }, limits.requestMs).unref();
  const leave = (): void => {
    clearTimeout(timer);
    reception.done();
    leavePlace();
  };
  stream?.on('data', (piece: Uint8Array) => {
    try {
      reception.add(piece.length);
    } catch (error) {
      refuse(error as BlindsumError);
    }
  });
  return {
    received(isStream) {
      clearTimeout(timer);
      // What it is about is counted by itself, for as long as it takes.
      if (isStream) leave();
    },
    leave,
  };
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
