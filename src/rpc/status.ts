/**
 * The only map between BlindsumError and gRPC status. The status code is for proxies and other languages; code, fault
 * and blamed participant travel in trailing metadata, the message in the status itself.
 *
 * Security: what is not a BlindsumError leaves the coordinator as 'internal error', without its text. On the client
 * everything here comes from the coordinator and is attacker-controlled: codes outside the closed list are dropped, the
 * message is cut and stripped of control characters before it can reach a terminal or a log.
 */
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { BlindsumError, ERROR_CODES, type ErrorCode, type Fault, printable } from '../protocol/errors.js';
import { TLS_ERROR } from './tls-credentials.js';

export const CODE = 'blindsum-code';
export const FAULT = 'blindsum-fault';
export const PARTICIPANT = 'blindsum-participant-bin';
/** With OVERLOADED: when to try again, decimal milliseconds. */
export const RETRY_AFTER = 'blindsum-retry-after-ms';

const FAULTS: readonly string[] = ['peer', 'caller', 'self', 'environment'] satisfies Fault[];
const MESSAGE_LENGTH = 500;

/** Codes that are not here are preconditions of the protocol that do not hold. */
const STATUS_OF: Partial<Record<ErrorCode, status>> = {
  MALFORMED: status.INVALID_ARGUMENT,
  BAD_SIGNATURE: status.INVALID_ARGUMENT,
  WEAK_KEY: status.INVALID_ARGUMENT,
  BAD_TASK: status.INVALID_ARGUMENT,
  BAD_CONFIG: status.INVALID_ARGUMENT,
  DIGEST_MISMATCH: status.INVALID_ARGUMENT,
  UNSUPPORTED: status.UNIMPLEMENTED,
  UNSUPPORTED_VERSION: status.UNIMPLEMENTED,
  CONFLICT: status.ALREADY_EXISTS,
  DUPLICATE_KEY: status.ALREADY_EXISTS,
  UNKNOWN_SESSION: status.NOT_FOUND,
  UNKNOWN_TASK: status.NOT_FOUND,
  UNKNOWN_PARTICIPANT: status.PERMISSION_DENIED,
  CERTIFICATE_EXPIRED: status.PERMISSION_DENIED,
  CERTIFICATE_REVOKED: status.PERMISSION_DENIED,
  CERTIFICATE_UNKNOWN: status.PERMISSION_DENIED,
  FORBIDDEN: status.PERMISSION_DENIED,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  OUT_OF_ORDER: status.OUT_OF_RANGE,
  TOO_LARGE: status.RESOURCE_EXHAUSTED,
  OVERLOADED: status.RESOURCE_EXHAUSTED,
  UNREACHABLE: status.UNAVAILABLE,
  STORE_FAILED: status.UNAVAILABLE,
  CANCELLED: status.CANCELLED,
  DEADLINE: status.DEADLINE_EXCEEDED,
  INTERNAL: status.INTERNAL,
};

export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** For the server. */
export function toStatus(error: unknown): GrpcStatus {
  const known = asBlindsumError(error);
  const metadata = new Metadata();
  metadata.set(CODE, known.code);
  metadata.set(FAULT, known.fault);
  if (known.participant !== undefined) metadata.set(PARTICIPANT, Buffer.from(known.participant));
  if (known.retryAfterMs !== undefined) metadata.set(RETRY_AFTER, String(Math.ceil(known.retryAfterMs)));
  const code = STATUS_OF[known.code] ?? status.FAILED_PRECONDITION;
  return { code, details: shown(known.message), metadata };
}

/** True for what nobody foresaw: the server logs it, the caller learns nothing about it. */
export function isUnexpected(error: unknown): boolean {
  return !isAbort(error) && !(error instanceof BlindsumError && error.code !== 'INTERNAL');
}

/** What the caller of a failed call is told. */
export const codeOf = (error: unknown): ErrorCode => asBlindsumError(error).code;

function asBlindsumError(error: unknown): BlindsumError {
  if (error instanceof BlindsumError && error.code !== 'INTERNAL') return error;
  if (isAbort(error)) return new BlindsumError('CANCELLED', 'caller', 'the call was cancelled');
  return new BlindsumError('INTERNAL', 'self', 'internal error');
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** What the client was doing; appears in messages. */
export interface CallContext {
  /** 'GetRoster' */
  readonly method: string;
  /** 'host:port' */
  readonly address: string;
  /** Without TLS. */
  readonly insecure?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** For the client: the refusal as the coordinator raised it, or what went wrong on the way. */
export function fromServiceError(error: ServiceError, call: CallContext): BlindsumError {
  if (call.signal?.aborted === true) {
    return new BlindsumError('CANCELLED', 'caller', `${call.method}: cancelled`, { cause: error });
  }
  return refusal(error) ?? failure(error, call);
}

function refusal(error: ServiceError): BlindsumError | undefined {
  const code = textOf(error, CODE);
  const fault = textOf(error, FAULT);
  if (code === undefined || !Object.hasOwn(ERROR_CODES, code)) return undefined;
  const participant = error.metadata?.get(PARTICIPANT)[0];
  const retryAfter = textOf(error, RETRY_AFTER);
  return new BlindsumError(
    code as ErrorCode,
    fault !== undefined && FAULTS.includes(fault) ? (fault as Fault) : 'peer',
    shown(error.details ?? ''),
    {
      cause: error,
      ...(Buffer.isBuffer(participant) && participant.length === 32
        ? { participant: new Uint8Array(participant) }
        : {}),
      ...(retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter)
        ? { retryAfterMs: Number(retryAfter) }
        : {}),
    },
  );
}

function textOf(error: ServiceError, key: string): string | undefined {
  const value = error.metadata?.get(key)[0];
  return typeof value === 'string' ? value : undefined;
}

/** gRPC says so of calls for which there was no connection; in all other cases the coordinator may have had the call. */
const NEVER_SENT = /^(No connection established|Name resolution failed)/;

/** @param error what `fromServiceError` made */
export function wasNeverSent({ cause }: BlindsumError): boolean {
  const { code, details } = (cause ?? {}) as Partial<ServiceError>;
  return code === status.UNAVAILABLE && NEVER_SENT.test(details ?? '');
}
/** With TLS 1.3 what the coordinator says of the client's certificate comes after the handshake. */
const TLS_ALERT = /SSL routines:[^:]*:[a-z0-9/ ]*alert ([a-z ]+)/;

/** What gRPC says of a stream that ended without a status: not the coordinator's own words. */
const CUT_OFF = /^Received RST_STREAM with code /;

const TOO_LARGE_TEXT = /larger than|exceeds? max/i;

function failure(error: ServiceError, { method, address, insecure }: CallContext): BlindsumError {
  const details = shown(error.details ?? '');
  const raise = (code: ErrorCode, fault: Fault, message: string): BlindsumError =>
    new BlindsumError(code, fault, message, { cause: error });
  switch (error.code) {
    case status.UNAVAILABLE:
      return details.includes(TLS_ERROR) || TLS_ALERT.test(details)
        ? raise(
            'TLS_MISMATCH',
            'environment',
            `no trusted TLS connection to ${address}: ${tlsReason(details)}`,
          )
        : raise(
            'UNREACHABLE',
            'environment',
            `the coordinator at ${address} cannot be reached: ${lastReason(details, insecure)}`,
          );
    case status.CANCELLED:
      return raise('UNREACHABLE', 'environment', `${method}: the connection to ${address} was lost`);
    case status.DEADLINE_EXCEEDED:
      return raise('DEADLINE', 'environment', `${method}: no answer from ${address} in time`);
    case status.UNAUTHENTICATED:
      return raise('UNAUTHENTICATED', 'caller', `${method}: ${details}`);
    case status.PERMISSION_DENIED:
      return raise('FORBIDDEN', 'caller', `${method}: ${details}`);
    case status.UNIMPLEMENTED:
      return raise('UNSUPPORTED', 'peer', `${address} does not offer ${method}`);
    case status.RESOURCE_EXHAUSTED:
      return raise(
        TOO_LARGE_TEXT.test(details) ? 'TOO_LARGE' : 'OVERLOADED',
        'peer',
        `${method}: ${details}`,
      );
    case status.INTERNAL:
      // Its process ended in the middle of the answer.
      if (CUT_OFF.test(details))
        return raise('UNREACHABLE', 'environment', `${method}: the connection to ${address} was lost`);
      return raise('INTERNAL', 'peer', `${method}: ${details}`);
    default:
      return raise('INTERNAL', 'peer', `${method}: ${status[error.code] ?? error.code} ${details}`);
  }
}

/** The last clause of a chain such as 'No connection established. Last error: Error: …'. */
function lastReason(details: string, insecure = false): string {
  const last = details.split(/Last error: /i).at(-1) ?? details;
  if (/^Failed to connect\b/.test(last) && insecure)
    return 'it ended the connection (does it ask for TLS? this one is plaintext, as asked for: insecure)';
  // What Node's TLS server does with a client certificate that it does not accept, without a word.
  if (/^Failed to connect\b/.test(last))
    return 'it ended the connection after the handshake (if it asks for client certificates: does it accept this one?)';
  return last.replace(/^(Error|null)[:.]? */, '').replace(/\.?\s*Resolution note:.*$/, '') || 'no connection';
}

function tlsReason(details: string): string {
  const text = lastReason(details).replace(TLS_ERROR, '');
  const alert = TLS_ALERT.exec(text)?.[1];
  if (alert === 'certificate required') return 'it wants a certificate of the client (--tls-cert, --tls-key)';
  if (alert !== undefined && /ca$|certificate/.test(alert))
    return `it does not accept the client's certificate: ${alert}`;
  if (/wrong version number|packet length/i.test(text)) return 'it does not speak TLS';
  if (/protocol version|no protocols available|unsupported protocol/i.test(text))
    return 'it does not speak TLS 1.3';
  return text.replace(/^[0-9A-F]+:error:[0-9A-F]+:/, '');
}

/** Short, and fit for a status, a terminal and a log. */
const shown = (text: string): string => printable(text.slice(0, MESSAGE_LENGTH)).trim();
