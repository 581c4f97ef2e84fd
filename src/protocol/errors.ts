/**
 * The one error class and the closed list of reason codes (PROTOCOL §9). Every refusal of the protocol, every failed
 * call of the client library and every non-zero exit of the command line carries one of these codes. The codes double
 * as metric labels. A message never contains a secret, a share or an input value.
 */
export const ERROR_CODES = {
  // Shape and authenticity of messages
  MALFORMED: 'a message or file does not have the exact form the specification gives',
  BAD_SIGNATURE: 'a signature does not verify under the key that had to make it',
  CONTEXT_MISMATCH: 'two parties hold different session contexts: they were shown different sessions',
  CONFLICT: 'a second, different message where only the first one counts',
  LATE: 'the round had closed when the message arrived',
  WRONG_ROUND: 'the message belongs to another round',
  UNKNOWN_SESSION: 'no such session',
  UNKNOWN_TASK: 'no such task',
  UNKNOWN_PARTICIPANT: 'the identity is not among those the opening invites',
  WEAK_KEY: 'a session key is not canonical or of low order',
  DUPLICATE_KEY: 'a session key occurs twice in the roster',
  UNSUPPORTED: 'a suite, a key type or a critical extension that this version does not know',
  UNSUPPORTED_VERSION: 'the versions of client and coordinator are too far apart',

  // Trust and policy
  NO_TRUST: 'no trust file was given',
  WRONG_COORDINATOR: 'the statement is not signed by the pinned coordinator key',
  WRONG_ORGANISER: 'the document is not signed by the pinned organiser key',
  CERTIFICATE_EXPIRED: 'the certificate is outside its period of validity',
  CERTIFICATE_REVOKED: 'the organiser has revoked the certificate',
  CERTIFICATE_UNKNOWN: 'there is no valid certificate for the identity',
  BELOW_POLICY: "a number of the task or session is below the participant's floor",
  TASK_MISMATCH: 'the opening does not belong to the task',
  SESSION_NUMBER: 'the session number was used before or jumps too far',
  STALE_ROSTER: 'the roster came too long after the own keys were sent',
  INPUT_MISMATCH: 'the downloaded input does not have the hash that the opening names',
  LINEAGE: 'the model offered is not the one that follows from the last aggregate',

  // Sets and quorums
  TOO_FEW_PARTICIPANTS: 'fewer participants than the task needs',
  USE_COMPLETE:
    'too few participants, or too many colluders or dropouts, for a ring: use suite masking/complete',
  TOO_FEW_SURVIVORS: 'fewer survivors than the quorum and the task need',
  NOT_IN_SET: 'the own identity is missing from a set it has to be in',
  BAD_SET: 'a set is not a subset of the one before, or its statement is inconsistent',
  NO_QUORUM: 'too few valid consistency signatures',
  EQUIVOCATION: 'the coordinator signed two different sets for one round',
  MISSING_HEADER: 'the signed header of a survivor is missing or shows other sets',
  ELECTORATE_CHANGED: 'the scope was opened before with another electorate or number of colluders',
  VOTE_SPENT: 'this scope was already signed for another set of survivors',
  INPUT_CHANGED: 'the same scope and input would be summed with another vector',
  LOG_FORKED: 'the log of the coordinator does not continue the one that was seen before',
  NO_RECEIPT: 'the coordinator gives no valid proof that a message is in its log',
  NOT_WITNESSED: 'fewer witnesses than demanded have cosigned the log of the coordinator',
  SESSION_DEAD: 'the session is dead in this journal; only latched bytes are sent again',

  // Shares
  MISSING_SHARES: "a neighbour's signed shares are absent",
  BAD_DEALER: 'a participant dealt shares that do not fit its own commitments',
  TOO_FEW_SHARES: 'too few shares to open the sum',
  KEY_MISMATCH: 'the sum does not open under the keys that were shared; nothing tells whose fault it is',
  AGGREGATE_MISMATCH: 'the aggregate does not have the digest that the result names',

  // Input
  WRONG_LENGTH: 'a vector does not have the length the task gives',
  MISSING_VECTOR: 'a vector of the task is missing, or one is given that the task does not have',
  NOT_FINITE: 'a coordinate is NaN or infinite',
  OVER_CLIP: 'a coordinate exceeds the clip and the caller asked to reject',
  BAD_WEIGHT: 'the weight is not an integer between 0 and the maximum of the task',
  NO_WEIGHT: 'the weights of all survivors sum to zero',
  WOULD_WRAP: 'the sum could exceed the modulus',
  BAD_TASK: 'the task is not usable as specified',

  // Upload
  DIGEST_MISMATCH: 'the bytes do not have the digest that was signed for them',
  OUT_OF_ORDER: 'a chunk does not start where the last one ended',
  TOO_LARGE: 'a message, chunk or blob exceeds its limit',
  OVERLOADED: 'the coordinator has no room at the moment; try again later',

  // Environment
  JOURNAL_LOCKED: 'another process holds the journal',
  JOURNAL_FAILED: 'the journal cannot be written, so nothing is sent',
  STORE_LOCKED: 'another coordinator has the data directory open',
  STORE_FAILED: 'the store cannot be reached or written',
  UNREACHABLE: 'the coordinator cannot be reached',
  UNAUTHENTICATED: 'the token is missing, stale, forged or for another coordinator',
  FORBIDDEN: 'the caller may not do this',
  PORT_IN_USE: 'the address to listen on is taken',
  TLS_MISMATCH: 'the TLS certificate does not match the address or the pinned CA',
  CANCELLED: 'the caller cancelled',
  DEADLINE: 'the deadline passed',
  MISSING_PACKAGE: 'an optional package is not installed',
  UNREADABLE_FILE: 'a file cannot be read or has the wrong format',
  BAD_CONFIG: 'a configuration value is wrong',
  USAGE: 'the command line is wrong',
  INTERNAL: 'a bug or a failure of the environment that has no other code',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Whose fault it is, seen from where the error is raised. */
export type Fault = 'peer' | 'caller' | 'self' | 'environment';

export interface ErrorDetails {
  /** Identity (32 bytes) to blame, when exactly one participant is at fault. */
  readonly participant?: Uint8Array;
  /** When it is worth trying again; a hint. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

export class BlindsumError extends Error {
  override readonly name = 'BlindsumError';
  readonly participant: Uint8Array | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly fault: Fault,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.participant = details.participant;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The protocol's typed refusal: raised inside a round, returned or thrown by the shell around it. */
export function refuse(code: ErrorCode, fault: Fault, message: string, details: ErrorDetails = {}): never {
  throw new BlindsumError(code, fault, message, details);
}

/** A code as somebody else wrote it: INTERNAL when it is none of the list. */
export const errorCodeOf = (text: string): ErrorCode =>
  Object.hasOwn(ERROR_CODES, text) ? (text as ErrorCode) : 'INTERNAL';

/** A text that somebody else wrote, on one line and unable to steer a terminal or to forge a line of a log. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ');

export function isBlindsumError(error: unknown, code?: ErrorCode): error is BlindsumError {
  return error instanceof BlindsumError && (code === undefined || error.code === code);
}
