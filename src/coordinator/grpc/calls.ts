/**
 * From gRPC calls to calls of an interface and back: one wrapper for unary calls, one for server streams. Sizes and form
 * of requests, deadlines, cancellation and errors are handled here, once for all methods; backpressure in pump.ts.
 */
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
import { isBytes, toHex } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../protocol/errors.js';
import { requestLimits } from '../../rpc/limits.js';
import { isUnexpected, toStatus } from '../../rpc/status.js';
import { silentSpan, type Span } from '../tracing/port.js';
import { pump } from './pump.js';
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
  /** Told of every call that fails, with the session that its request names. */
  readonly onRefused?:
    | ((call: { path: string; metadata: Metadata; session: string | null }, error: unknown) => void)
    | undefined;
  /** What is shown of a call in a trace. */
  readonly spanOf?: ((metadata: Metadata) => Span | undefined) | undefined;
  /** Aborted when the server stops: ends the streams that would not end by themselves. */
  readonly stopping: AbortSignal;
  /** Longest wait for a client that does not read what is streamed to it. */
  readonly drainMs: number;
  /** Ends a call that a status cannot end, because its client does not read. */
  readonly cutOff: (metadata: Metadata) => void;
  /** Called before a stream begins. @returns to be called, perhaps twice, once it is over @throws BlindsumError */
  readonly admit?: ((path: string, metadata: Metadata) => () => void) | undefined;
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

/** gRPC says so at the end of every call: one error for all spares each the making of its own. */
const OVER = new Error('the call is over');

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
    call.once('cancelled', () => ended.abort(OVER));
    traced(call, environment, () => run(call, ended.signal))
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
    const { stopping, drainMs, admit } = environment;
    const ended = new AbortController();
    const end = (): void => ended.abort(OVER);
    let leave = (): void => undefined;
    call.once('cancelled', end);
    stopping.addEventListener('abort', end, { once: true });
    const answer = async (): Promise<void> => {
      leave = admit?.(call.getPath(), call.metadata) ?? leave;
      const { result } = await run(call, ended.signal);
      await pump(call, result as AsyncIterable<unknown>, ended.signal, drainMs);
      if (stopping.aborted) throw stopped();
    };
    traced(call, environment, answer)
      .then(
        () => void call.end(),
        (error: unknown) => {
          const reason = stopping.aborted ? stopped() : error;
          report(environment, call, reason);
          call.emit('error', toStatus(reason));
        },
      )
      .finally(() => {
        stopping.removeEventListener('abort', end);
        whenOver(call, environment, leave);
      });
  };
}

/** Even the status waits until what was written before it has been read: for as long again, then the call is cut off. */
function whenOver(
  call: ServerWritableStream<Received, unknown>,
  { drainMs, cutOff }: CallEnvironment,
  leave: () => void,
): void {
  if (call.cancelled) return leave();
  const timer = setTimeout(() => {
    cutOff(call.metadata);
    leave();
  }, drainMs).unref();
  // gRPC says so at the end of every call, whatever the end was.
  call.once('cancelled', () => {
    clearTimeout(timer);
    leave();
  });
}

const stopped = (): BlindsumError =>
  new BlindsumError('UNREACHABLE', 'environment', 'the coordinator is stopping');

/** What a call does is part of its span. */
function traced<T>(call: Call, { spanOf }: CallEnvironment, work: () => Promise<T>): Promise<T> {
  const span = spanOf?.(call.metadata) ?? silentSpan;
  span.set({ ...idIn(call.request, 'session'), ...idIn(call.request, 'task') });
  return span.run(work);
}

function report({ onError, onRefused }: CallEnvironment, call: Call, error: unknown): void {
  if (isUnexpected(error)) onError?.(call.getPath(), error);
  const { session = null } = idIn(call.request, 'session');
  onRefused?.({ path: call.getPath(), metadata: call.metadata, session }, error);
}

/** Attacker-controlled: only what looks like an id is passed on. */
function idIn<Name extends 'session' | 'task'>(request: Received, name: Name): { [K in Name]?: string } {
  const fields = ('value' in request ? request.value : {}) as Readonly<Record<string, unknown>>;
  const id = fields[`${name}Id`];
  return isBytes(id, 32) ? ({ [name]: toHex(id) } as { [K in Name]: string }) : {};
}
