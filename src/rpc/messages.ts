/**
 * Thin maps between protobuf messages and the plain values of the two interfaces, one value each. Nothing is checked
 * here but presence: who reads a value verifies its signatures and hashes.
 *
 * Bytes are copied out of the message: a view would keep the whole page alive, and a structured clone of a small view
 * would carry along the pool that Node took it from, with other messages in it.
 */
import { BlindsumError } from '../protocol/errors.js';
import type { Phase } from '../protocol/phase.js';
import type { Signed } from '../protocol/signed.js';
import type { UploadPaths } from '../protocol/upload-root.js';
import type { AnswerDelivery__Output } from './generated/blindsum/v1/AnswerDelivery.js';
import type { BeginUploadReply as BeginUploadMessage } from './generated/blindsum/v1/BeginUploadReply.js';
import type { BeginUploadReply__Output } from './generated/blindsum/v1/BeginUploadReply.js';
import type { HeadersPage__Output } from './generated/blindsum/v1/HeadersPage.js';
import type { PhaseEvent__Output } from './generated/blindsum/v1/PhaseEvent.js';
import type { RosterEntry__Output } from './generated/blindsum/v1/RosterEntry.js';
import type { ShareDelivery__Output } from './generated/blindsum/v1/ShareDelivery.js';
import type { Signed__Output } from './generated/blindsum/v1/Signed.js';
import type {
  AnswerDelivery,
  BeginUploadReply,
  PhaseEvent,
  RosterEntry,
  ShareDelivery,
} from './participant-api.js';

type Mutable<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer E)[]
    ? Mutable<E>[]
    : T extends object
      ? { -readonly [K in keyof T]: Mutable<T[K]> }
      : T;

/** A plain value as a message to send: generated types have no `readonly`, yet nothing writes to what is sent. */
export const message = <T>(value: T): Mutable<T> => value as Mutable<T>;

export const toBytes = (buffer: Uint8Array): Uint8Array => new Uint8Array(buffer);
export const toByteList = (buffers: readonly Uint8Array[]): Uint8Array[] => buffers.map(toBytes);

/** The id of a task or session. @throws BlindsumError MALFORMED (fault caller) */
export function idBytes(id: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(id))
    throw new BlindsumError('MALFORMED', 'caller', 'an id has 64 lower-case hexadecimal digits');
  return Buffer.from(id, 'hex');
}

/** What a request is about. @throws BlindsumError MALFORMED (fault caller) */
export const ofTask = (id: string) => ({ taskId: idBytes(id) });
export const ofSession = (id: string) => ({ sessionId: idBytes(id) });

export const idOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Protobuf fields are optional one and all: a message without a part it needs is MALFORMED. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined)
    throw new BlindsumError('MALFORMED', 'peer', `${what} is missing`);
  return value;
}

export function toOptionalSigned(from: Signed__Output | null): Signed | null {
  return from === null ? null : { payload: toBytes(from.payload), signature: toBytes(from.signature) };
}

export function toSigned(from: Signed__Output | null, what = 'the signed message'): Signed {
  return present(toOptionalSigned(from), what);
}

export const toSignedList = (messages: readonly Signed__Output[]): Signed[] =>
  messages.map((from) => toSigned(from));

/** Offsets and times: 64 bits on the wire, exact in JavaScript up to 2^53. */
export function toInteger(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new BlindsumError('MALFORMED', 'peer', `${what} is out of range`);
  return value;
}

const PHASES = {
  PHASE_R0: 'r0',
  PHASE_R1: 'r1',
  PHASE_R2: 'r2',
  PHASE_R3: 'r3',
  PHASE_R4: 'r4',
  PHASE_CLOSED: 'closed',
  PHASE_ABORTED: 'aborted',
} as const satisfies Record<string, Phase>;
type PhaseName = keyof typeof PHASES;
const PHASE_NAMES = new Map(Object.entries(PHASES).map(([name, phase]) => [phase, name as PhaseName]));

export const fromPhase = (phase: Phase): PhaseName => present(PHASE_NAMES.get(phase), 'the phase');

/** An unknown number arrives as that number. */
export const toPhase = (name: string | number): Phase =>
  present(Object.hasOwn(PHASES, name) ? PHASES[name as PhaseName] : null, 'the phase');

export const toPhaseEvent = (from: PhaseEvent__Output): PhaseEvent => ({
  phase: toPhase(from.phase),
  deadlineInMs: from.deadlineInMs,
  complaints: from.complaints,
});

export const toRosterEntry = (from: RosterEntry__Output): RosterEntry => ({
  identity: toBytes(from.identity),
  certificate: toOptionalSigned(from.certificate),
  r0Hash: toBytes(from.r0Hash),
  r0: toOptionalSigned(from.r0),
});

export const toShareDelivery = (from: ShareDelivery__Output): ShareDelivery => ({
  position: from.position,
  ciphertext: toBytes(from.ciphertext),
  leaves: toByteList(from.leaves),
  r1: toSigned(from.r1, 'the signed r1 message of a dealer'),
  proof: toByteList(from.proof),
});

/** Null in suites that show all headers. */
export const toUploadPaths = ({ uploads, paths }: HeadersPage__Output): UploadPaths | null =>
  uploads.length === 0
    ? null
    : { root: toBytes(uploads), paths: paths.map(({ hashes }) => toByteList(hashes)) };

export const toAnswerDelivery = (from: AnswerDelivery__Output): AnswerDelivery => ({
  answer: toSigned(from.answer, 'the signed answer'),
  shares: toByteList(from.shares),
});

export const fromBeginUploadReply = (reply: BeginUploadReply): BeginUploadMessage =>
  'nextOffset' in reply ? { nextOffset: reply.nextOffset } : { retryAfterMs: reply.retryAfterMs };

export function toBeginUploadReply(from: BeginUploadReply__Output): BeginUploadReply {
  switch (from.reply) {
    case 'nextOffset':
      return { nextOffset: toInteger(present(from.nextOffset, 'the offset'), 'the offset') };
    case 'retryAfterMs':
      return { retryAfterMs: toInteger(present(from.retryAfterMs, 'the delay'), 'the delay') };
    default:
      throw new BlindsumError('MALFORMED', 'peer', 'the reply to BeginUpload is empty');
  }
}
