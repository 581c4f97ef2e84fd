/**
 * From gRPC calls to calls of an interface and back: one wrapper for unary calls, one for server streams. Sizes and form
 * of requests, deadlines, cancellation, backpressure and errors are handled here, once for all methods.
 */
import { once } from 'node:events';
import type {
  Metadata,
  sendUnaryData,
  Server,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { BlindsumError } from '../../protocol/errors.js';
import { MAX_OPEN_REQUEST_BYTES, requestLimits } from '../../rpc/limits.js';
import { isUnexpected, toStatus } from '../../rpc/status.js';
import { checkElements, shapeOf } from './request-shape.js';

type Handler<Api, M> =
  M extends MethodDefinition<infer _Q, infer Reply, infer Request, infer _R>
    ? (api: Api, request: Request, signal: AbortSignal) => Promise<Reply> | AsyncIterable<Reply>
    : never;

/** One handler per method of a service; unary ones return a promise, streaming ones an async iterable. */
export type Handlers<Service, Api> = {
  [K in keyof Service as string extends K ? never : K]: Handler<Api, Service[K]>;
};

export interface CallEnvironment {
  /** For tests: request metadata and messages, as they reach this process. */
  readonly onBytes?: ((path: string, bytes: Uint8Array) => void) | undefined;
  /** For the log: errors that nobody foresaw. The caller sees 'internal error'. */
  readonly onError?: ((path: string, error: unknown) => void) | undefined;
  /** Aborted when the server stops: ends the streams that would not end by themselves. */
  readonly stopping: AbortSignal;
}

/** What a request deserialises to: a refusal must be able to say why. */
type Received = { readonly value: unknown } | { readonly problem: BlindsumError };
type Call = ServerUnaryCall<Received, unknown> | ServerWritableStream<Received, unknown>;
type AnyHandler = (
  api: unknown,
  request: unknown,
  signal: AbortSignal,
) => Promise<unknown> | AsyncIterable<unknown>;
type Run = (call: Call, signal: AbortSignal) => Promise<{ result: ReturnType<AnyHandler> }>;

/** @param apiOf the interface of the caller, found by the metadata of the call */
export function addService<Service extends ServiceDefinition, Api>(
  server: Pick<Server, 'addService'>,
  service: Service,
  handlers: Handlers<Service, Api>,
  apiOf: (metadata: Metadata) => Api | Promise<Api>,
  environment: CallEnvironment,
): void {
  const implementation: UntypedServiceImplementation = {};
  for (const [name, handler] of Object.entries(handlers) as [string, AnyHandler][]) {
    const run: Run = async (call, signal) => {
      if (Number(call.getDeadline()) <= Date.now()) {
        throw new BlindsumError('DEADLINE', 'caller', 'the deadline had passed when the call arrived');
      }
      if ('problem' in call.request) throw call.request.problem;
      return { result: handler(await apiOf(call.metadata), call.request.value, signal) };
    };
    implementation[name] = service[name]?.responseStream
      ? streaming(run, environment)
      : unary(run, environment);
  }
  server.addService(guarded(service, environment), implementation);
}

/** The same methods, whose requests are recorded, measured and parsed without ever throwing. */
function guarded(service: ServiceDefinition, { onBytes }: CallEnvironment): ServiceDefinition {
  return withDeserializer(service, (method) => {
    const limits = requestLimits(method.path);
    const shape = shapeOf((method.requestType?.type as { name: string }).name);
    return (bytes): Received => {
      onBytes?.(method.path, bytes);
      try {
        if (bytes.length > limits.bytes) throw tooLarge(bytes.length, limits.bytes);
        checkElements(bytes, shape, limits);
        return { value: method.requestDeserialize(bytes) };
      } catch (cause) {
        if (cause instanceof BlindsumError) return { problem: cause };
        return {
          problem: new BlindsumError('MALFORMED', 'peer', 'the request is not valid protobuf', { cause }),
        };
      }
    };
  });
}

/** For services of others, which anybody may call: their requests are a name or two. */
export const withShortRequests = (server: Pick<Server, 'addService'>): Pick<Server, 'addService'> => ({
  addService(service: ServiceDefinition, implementation: UntypedServiceImplementation) {
    const short = withDeserializer(service, ({ requestDeserialize }) => (bytes): unknown => {
      // gRPC answers INTERNAL, without the text.
      if (bytes.length > MAX_OPEN_REQUEST_BYTES) throw tooLarge(bytes.length, MAX_OPEN_REQUEST_BYTES);
      return requestDeserialize(bytes);
    });
    server.addService(short, implementation);
  },
});

type Method = ServiceDefinition[string] & Partial<Pick<MethodDefinition<object, object>, 'requestType'>>;

const withDeserializer = (
  service: ServiceDefinition,
  deserializer: (method: Method) => (bytes: Buffer) => unknown,
): ServiceDefinition =>
  Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      { ...method, requestDeserialize: deserializer(method) },
    ]),
  );

const tooLarge = (length: number, limit: number): BlindsumError =>
  new BlindsumError('TOO_LARGE', 'peer', `a request of ${length} bytes, more than ${limit}`);

function unary(run: Run, environment: CallEnvironment) {
  return (call: ServerUnaryCall<Received, unknown>, callback: sendUnaryData<unknown>): void => {
    const ended = new AbortController();
    call.once('cancelled', () => ended.abort());
    run(call, ended.signal)
      .then(({ result }) => result as Promise<unknown>)
      .then(
        (reply) => callback(null, reply),
        (error: unknown) => {
          report(environment, call, error);
          callback(toStatus(error));
        },
      );
  };
}

function streaming(run: Run, environment: CallEnvironment) {
  return (call: ServerWritableStream<Received, unknown>): void => {
    const ended = new AbortController();
    const end = (): void => ended.abort();
    call.once('cancelled', end);
    environment.stopping.addEventListener('abort', end, { once: true });
    run(call, ended.signal)
      .then(({ result }) => pump(call, result as AsyncIterable<unknown>, ended.signal))
      .then(
        () => {
          if (!environment.stopping.aborted) return call.end();
          return void call.emit('error', toStatus(stopped()));
        },
        (error: unknown) => {
          const reason = environment.stopping.aborted ? stopped() : error;
          report(environment, call, reason);
          call.emit('error', toStatus(reason));
        },
      )
      .finally(() => environment.stopping.removeEventListener('abort', end));
  };
}

/** Writes as fast as the client reads, until the source ends or `signal` aborts, and always closes the source. */
async function pump(
  call: ServerWritableStream<Received, unknown>,
  source: AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), aborted]);
      if (step === null || step.done) return;
      if (!call.write(step.value)) await Promise.race([once(call, 'drain'), aborted]);
      if (signal.aborted) return;
    }
  } finally {
    // Not awaited: a source that still waits for something would hold up the end of the call.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

const stopped = (): BlindsumError =>
  new BlindsumError('UNREACHABLE', 'environment', 'the coordinator is stopping');

function report({ onError }: CallEnvironment, call: Call, error: unknown): void {
  if (isUnexpected(error)) onError?.(call.getPath(), error);
}
