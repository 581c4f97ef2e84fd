/**
 * What the coordinator signs (PROTOCOL §3): opening, sets, result, abort. Without these signatures a coordinator that
 * tells two participants different things would leave no evidence.
 */
import { z } from 'zod';
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { bytes, bytes32, codec, integers, list, text, uint, uint32 } from './codec.js';
import { MAX_PARTICIPANTS, MAX_VECTORS } from './documents.js';
import type { Signed } from './signed.js';

/** The last root of a session's tree. */
const checkpointSchema = z.strictObject({ session: bytes32, size: uint32, root: bytes32 });
export type Checkpoint = z.infer<typeof checkpointSchema>;

export const openingCodec = codec(LABEL.opening, {
  suite: text(64),
  task: bytes32,
  /** Greater than any session of the task that a participant joined, by less than 2^20. */
  session: uint,
  nonce: bytes32,
  /** SHA-256 of the exact model or query; null when the session has none. */
  input: z.union([z.null(), bytes32]),
  electorate: z.strictObject({ hash: bytes32, size: uint32 }),
  /** By the coordinator's clock, for information; no participant relies on them for safety. */
  openedMs: uint,
  joinMs: uint,
  roundMs: uint,
  /** Sessions of the task that ended and that no earlier opening named. */
  previous: list(checkpointSchema, 4096),
  /** H(Signed grant) of the organiser's exceptions of the one-vote rule that this session may use. */
  grants: list(bytes32, 64),
  keyTypes: list(text(32), 8, 1),
  privacy: z.null(),
  critical: list(text(64), 16),
});
export type Opening = ReturnType<typeof openingCodec.decode>;

export const setCodec = codec(LABEL.setStatement, {
  ctx: bytes32,
  /** 1: keys accepted, 2: shares accepted, 3: masked input accepted. */
  set: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  /** One bit per roster position, least significant first; unused bits are zero. */
  members: bytes(),
  /** Session tree before this statement became its next leaf. */
  size: uint32,
  root: bytes32,
  /** The suite's integers, in the statement of U1 only. */
  parameters: integers(16),
});
export type SetStatement = ReturnType<typeof setCodec.decode>;

export const resultCodec = codec(LABEL.result, {
  ctx: bytes32,
  u3: bytes32,
  survivors: uint32,
  /** SHA-256 of each vector of the aggregate, packed like an upload. */
  digests: list(bytes32, MAX_VECTORS + 1, 1),
  size: uint32,
  root: bytes32,
});
export type Result = ReturnType<typeof resultCodec.decode>;

export const abortCodec = codec(LABEL.abort, {
  opening: bytes32,
  code: text(64),
  message: z.string().max(500),
  round: text(16),
  /** Identities proven to be at fault; a next session may leave them out. */
  blamed: list(bytes32, MAX_PARTICIPANTS),
  size: uint32,
  root: bytes32,
});
export type Abort = ReturnType<typeof abortCodec.decode>;

/** Session id, 32 bytes. */
export const openingHash = (opening: Signed): Uint8Array => hashTuple(LABEL.opening, opening.payload);
/** SHA-256 that the opening names the input by. */
export const inputHash = (input: Uint8Array): Uint8Array => hashTuple(LABEL.input, input);
