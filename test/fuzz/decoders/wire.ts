/**
 * What arrives at the coordinator: tokens, and the requests of every method of all services, by the very path that the
 * server takes, from the bytes of the message through sizes, shape and parser to the call of the interface.
 */
import { EventEmitter } from 'node:events';
import { Metadata, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { toHex } from '../../../crypto/bytes.js';
import { addService } from '../../../src/coordinator/grpc/calls.js';
import { InputStaging } from '../../../src/coordinator/grpc/input-staging.js';
import { operatorHandlers } from '../../../src/coordinator/grpc/operator-service.js';
import { participantHandlers } from '../../../src/coordinator/grpc/participant-service.js';
import { verifyToken } from '../../../src/coordinator/grpc/verify-token.js';
import { witnessHandlers } from '../../../src/coordinator/grpc/witness-service.js';
import { BlindsumError, type ErrorCode, errorCodeOf } from '../../../src/protocol/errors.js';
import { loadProtos } from '../../../src/rpc/protos.js';
import { CODE, FAULT } from '../../../src/rpc/status.js';
import { coordinator, participants } from '../../helpers/protocol.js';
import type { Decoder } from '../harness.js';

const MAX_INPUT_BYTES = 2 ** 20;

/** Says that it was called, after a look at what with. */
class Reached extends Error {}
const api = new Proxy(
  {},
  {
    get: (_, method) =>
      method === 'then'
        ? undefined
        : (...args: unknown[]) => {
            requirePlain(args, String(method));
            throw new Reached();
          },
  },
);

/** Only what the interface says: plain bytes, finite non-negative numbers, texts, lists. */
function requirePlain(value: unknown, where: string): void {
  if (value instanceof AbortSignal || typeof value === 'function') return;
  if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0)) {
    throw new Error(`${where} is called with the number ${value}`);
  }
  if (value instanceof Uint8Array) {
    // A chunk is copied where it is staged, and nowhere kept.
    if (Buffer.isBuffer(value) && where !== 'putChunk')
      throw new Error(`${where} is given a view of the whole message`);
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) requirePlain(item, where);
  }
}

interface Captured {
  readonly service: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

const capture = (add: (server: { addService: (...args: never[]) => void }) => void): Captured => {
  const found: Captured[] = [];
  add({
    addService: (service: ServiceDefinition, implementation: UntypedServiceImplementation) => {
      found.push({ service, implementation });
    },
  });
  return found[0] as Captured;
};

const environment = { stopping: new AbortController().signal, drainMs: 1000, cutOff: () => undefined };
const { participant, operator, witness } = loadProtos();
const staging = new InputStaging(MAX_INPUT_BYTES);
const services: Readonly<Record<string, Captured>> = {
  participant: capture((server) =>
    addService(server as never, participant, participantHandlers, () => api as never, environment),
  ),
  operator: capture((server) =>
    addService(server as never, operator, operatorHandlers(staging), () => api as never, environment),
  ),
  witness: capture((server) =>
    addService(server as never, witness, witnessHandlers, () => api as never, environment),
  ),
};

/** The call as the server would make it; resolves when the interface was reached, or some reply made without it. */
function request({ service, implementation }: Captured, method: string, bytes: Uint8Array): Promise<void> {
  const definition = service[method];
  if (definition === undefined) throw new Error(`no method ${method}`);
  const metadata = new Metadata();
  return new Promise((resolve, reject) => {
    const settle = (error: unknown): void => {
      if (error === null || error === undefined) return resolve();
      const said = (error as { metadata?: Metadata }).metadata;
      const code = errorCodeOf(String(said?.get(CODE)[0]));
      // The status of what is not a BlindsumError is INTERNAL: here, what the interface threw to say it was reached.
      if (code === 'INTERNAL' && reached) return resolve();
      reject(
        new BlindsumError(
          code,
          said?.get(FAULT)[0] === 'caller' ? 'caller' : 'peer',
          String((error as Error).message),
        ),
      );
    };
    let reached = false;
    const onError = (_: string, error: unknown): void => {
      reached = error instanceof Reached;
      if (!reached) reject(new Error('an error that nobody foresaw', { cause: error }));
    };
    errors.current = onError;
    const call = Object.assign(new EventEmitter(), {
      request: definition.requestDeserialize(Buffer.from(bytes)) as unknown,
      metadata,
      cancelled: true,
      getDeadline: () => Infinity,
      getPath: () => definition.path,
      write: (_message: unknown, done: () => void) => done(),
      end: () => resolve(),
    });
    call.once('error', settle);
    (implementation[method] as (call: unknown, callback: (error: unknown) => void) => void)(call, settle);
  });
}

/** Who is told of errors that nobody foresaw; one request at a time. */
const errors: { current: (path: string, error: unknown) => void } = { current: () => undefined };
Object.assign(environment, { onError: (path: string, error: unknown) => errors.current(path, error) });

const NOW_MS = 1_700_000_000_000;
const issuer = toHex(participants(4)[0]?.identity as Uint8Array);
const REQUEST_CODES: readonly ErrorCode[] = [
  'MALFORMED',
  'TOO_LARGE',
  'OUT_OF_ORDER',
  'OVERLOADED',
  'DIGEST_MISMATCH',
];

export const wireDecoders: readonly Decoder[] = [
  {
    folder: 'request',
    codes: REQUEST_CODES,
    check(bytes, name) {
      const [, service, method] = /^valid-(\w+)\.(\w+)\.pb$/.exec(name) ?? [];
      return request(services[service as string] as Captured, method as string, bytes);
    },
  },
  {
    folder: 'token',
    codes: ['UNAUTHENTICATED', 'WRONG_COORDINATOR'],
    async check(bytes) {
      const token = Buffer.from(bytes).toString('latin1');
      const { identity } = await verifyToken(token, { coordinatorKey: coordinator.identity, nowMs: NOW_MS });
      if (toHex(identity) !== issuer) throw new Error('a token of somebody else');
    },
  },
];
