/**
 * The client's end of a gRPC connection to one address, shared by participants and operators (several addresses:
 * failover.ts). Node only.
 *
 * TLS 1.3, pinned to the CA that is given; plaintext only when asked for, and only on this machine. A call never hangs:
 * short ones have a deadline, long replies must keep coming, and pings find a dead connection below a watch.
 */
import { setMaxListeners } from 'node:events';
import { Client, type ClientReadableStream, type Metadata, type ServiceError } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { BlindsumError } from '../protocol/errors.js';
import { parseAddress } from './address.js';
import { channelCredentials, channelOptions, type ChannelSecurity } from './channel-options.js';
import { MAX_REPLY_BYTES } from './limits.js';
import { fromServiceError } from './status.js';
import { PROTOCOL_REVISION, readRevision, VERSION, versionProblem } from './version.js';

type Method<Request, Reply> = MethodDefinition<Request, object, object, Reply>;

/** For tests: every protobuf message as it is sent and received. */
export type OnBytes = (direction: 'up' | 'down', method: string, bytes: Uint8Array) => void;

export interface ChannelSettings extends ChannelSecurity {
  readonly onBytes?: OnBytes;
  /** Deadline of calls with one reply, and longest silence within a long reply. Default 30 s. */
  readonly timeoutMs?: number;
  /** Longest reply that is accepted, all pages together. Default 1 GiB. */
  readonly maxReplyBytes?: number;
  /** For tests: the version that this end speaks. */
  readonly revision?: number;
}

export interface ByteCounts {
  /** Bytes of protobuf messages sent. */
  readonly up: number;
  readonly down: number;
}

export interface GrpcChannel {
  readonly maxReplyBytes: number;
  unary<Q, R>(method: Method<Q, R>, request: Q, signal?: AbortSignal): Promise<R>;
  /** One long reply: at most maxReplyBytes, never silent for longer than timeoutMs. */
  reply<Q, R>(method: Method<Q, R>, request: Q, signal?: AbortSignal): AsyncGenerator<R>;
  /** Events for as long as it takes. Ends without an error when `signal` aborts. */
  watch<Q, R>(method: Method<Q, R>, request: Q, signal: AbortSignal): AsyncGenerator<R>;
  bytes(): ByteCounts;
  /** Ends all calls. */
  close(): void;
}

/** Committing an upload or storing an input makes the coordinator hash it. */
const SLOW_METHODS = new Set(['CommitUpload', 'PutInput', 'CreateTask']);
const SLOW_FACTOR = 4;
/** Counted per message, so that a stream of empty messages ends too. */
const MESSAGE_OVERHEAD = 64;

/**
 * @param coordinator 'https://host:port' or 'host:port'
 * @param metadata made anew for every call: tokens expire
 * @throws BlindsumError BAD_CONFIG
 */
export function openChannel(
  coordinator: string,
  options: ChannelSettings,
  metadata: () => Promise<Metadata>,
): GrpcChannel {
  const { onBytes, timeoutMs = 30_000, maxReplyBytes = MAX_REPLY_BYTES } = options;
  const { revision = PROTOCOL_REVISION } = options;
  const address = parseAddress(coordinator);
  const client = new Client(address.text, channelCredentials(options, address), channelOptions(address));
  const closed = new AbortController();
  // One listener per call in progress: more than ten of them are no leak.
  setMaxListeners(0, closed.signal);
  const counts = { up: 0, down: 0 };

  function wire<Q, R>(method: Method<Q, R>, received: (length: number) => void) {
    const name = nameOf(method);
    return {
      serialize: (request: Q): Buffer => {
        const bytes = method.requestSerialize(request);
        counts.up += bytes.length;
        onBytes?.('up', name, bytes);
        return bytes;
      },
      deserialize: (bytes: Buffer): R => {
        counts.down += bytes.length;
        onBytes?.('down', name, bytes);
        received(bytes.length);
        return method.responseDeserialize(bytes);
      },
    };
  }

  async function begin(name: string, signal: AbortSignal | undefined): Promise<Metadata> {
    const made = await metadata();
    made.set(VERSION, String(revision));
    if (closed.signal.aborted) throw new BlindsumError('CANCELLED', 'caller', 'the connection was closed');
    if (signal?.aborted) throw new BlindsumError('CANCELLED', 'caller', `${name}: cancelled`);
    return made;
  }

  function mapError(error: unknown, method: string, signal: AbortSignal | undefined): BlindsumError {
    const cancelled = closed.signal.aborted ? closed.signal : signal;
    const named = (error as Partial<ServiceError>).metadata?.get(VERSION) ?? [];
    // What a version that is too far away gives as its reason cannot be relied on. Proxies name none.
    const problem = named.length > 0 && cancelled?.aborted !== true ? problemOf(named) : null;
    return (
      problem ??
      fromServiceError(error as ServiceError, {
        method,
        address: address.text,
        insecure: options.insecure,
        signal: cancelled,
      })
    );
  }

  const problemOf = (named: readonly unknown[]): BlindsumError | null =>
    versionProblem({ client: revision, coordinator: readRevision(named) });

  async function unary<Q, R>(method: Method<Q, R>, request: Q, signal?: AbortSignal): Promise<R> {
    const name = nameOf(method);
    const callMetadata = await begin(name, signal);
    const { serialize, deserialize } = wire(method, () => undefined);
    const deadline = Date.now() + timeoutMs * (SLOW_METHODS.has(name) ? SLOW_FACTOR : 1);
    let named: readonly unknown[] = [];
    return new Promise<R>((resolve, reject) => {
      const settle = (error: ServiceError | null, reply?: R): void => {
        stopListening();
        const problem = error === null ? problemOf(named) : mapError(error, name, signal);
        if (problem === null) resolve(reply as R);
        else reject(problem);
      };
      const call = client.makeUnaryRequest<Q, R>(
        method.path,
        serialize,
        deserialize,
        request,
        callMetadata,
        { deadline },
        settle,
      );
      call.once('metadata', (reply) => (named = reply.get(VERSION)));
      const stopListening = onAbort([signal, closed.signal], () => call.cancel());
    });
  }

  async function* stream<Q, R>(
    method: Method<Q, R>,
    request: Q,
    signal: AbortSignal | undefined,
    bounds: { silenceMs: number; totalBytes: number },
  ): AsyncGenerator<R> {
    const name = nameOf(method);
    const callMetadata = await begin(name, signal);
    let total = 0;
    let broken: BlindsumError | undefined;
    const { serialize, deserialize } = wire(method, (length) => (total += length + MESSAGE_OVERHEAD));
    const call: ClientReadableStream<R> = client.makeServerStreamRequest<Q, R>(
      method.path,
      serialize,
      deserialize,
      request,
      callMetadata,
    );
    // Also after the loop has gone, cancelling raises one.
    call.on('error', () => undefined);
    let named: readonly unknown[] = [];
    call.once('metadata', (reply) => (named = reply.get(VERSION)));
    // An empty reply has nothing but a status.
    call.once(
      'status',
      ({ metadata: trailers }) => (named = named.length > 0 ? named : trailers.get(VERSION)),
    );
    const fail = (code: 'DEADLINE' | 'TOO_LARGE', message: string): void => {
      broken ??= new BlindsumError(code, code === 'DEADLINE' ? 'environment' : 'peer', `${name}: ${message}`);
      call.cancel();
    };
    const stopListening = onAbort([signal, closed.signal], () => call.cancel());
    const silence = watchdog(bounds.silenceMs, () =>
      fail('DEADLINE', `no answer from ${address.text} in time`),
    );
    try {
      for await (const message of call as AsyncIterable<R>) {
        broken ??= problemOf(named) ?? undefined;
        if (total > bounds.totalBytes)
          fail('TOO_LARGE', `the reply is longer than ${bounds.totalBytes} bytes`);
        if (broken !== undefined) break;
        silence.pause();
        yield message;
        silence.resume();
      }
      broken ??= problemOf(named) ?? undefined;
    } catch (error) {
      broken ??= mapError(error, name, signal);
    } finally {
      silence.pause();
      stopListening();
      call.cancel();
    }
    if (broken !== undefined) throw broken;
  }

  return {
    maxReplyBytes,
    unary,
    reply: (method, request, signal) =>
      stream(method, request, signal, { silenceMs: timeoutMs, totalBytes: maxReplyBytes }),
    async *watch(method, request, signal) {
      try {
        yield* stream(method, request, signal, { silenceMs: Infinity, totalBytes: Infinity });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    bytes: () => ({ ...counts }),
    close() {
      closed.abort();
      client.close();
    },
  };
}

const nameOf = (method: { path: string }): string => method.path.slice(method.path.lastIndexOf('/') + 1);

/** @returns what takes the listeners away again */
function onAbort(signals: readonly (AbortSignal | undefined)[], listener: () => void): () => void {
  const present = signals.filter((signal) => signal !== undefined);
  for (const signal of present) signal.addEventListener('abort', listener, { once: true });
  return () => present.forEach((signal) => signal.removeEventListener('abort', listener));
}

/** Barks once when `ms` pass without a pause. The time that the reader takes between messages does not count. */
function watchdog(ms: number, bark: () => void): { pause(): void; resume(): void } {
  let timer: NodeJS.Timeout | undefined;
  const resume = (): void => {
    if (ms !== Infinity) timer = setTimeout(bark, ms);
  };
  resume();
  return { pause: () => clearTimeout(timer), resume };
}
