/** Sizes on the wire. Server and client use the same ones, so that what one may send the other takes. */
import { MAX_CHUNK_BYTES } from './participant-api.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Lists are cut into pages of about this size; an entry that is longer makes a page of its own. */
export const PAGE_BYTES = 256 * KIB;
/** Blobs are sent in chunks of this size. */
export const BLOB_CHUNK_BYTES = 512 * KIB;

/** Largest request of any method; nothing longer is ever buffered. */
export const MAX_REQUEST_BYTES = 8 * MIB;
/** Largest message a client takes from a coordinator; a task with a clip per coordinate is the long one. */
export const MAX_REPLY_MESSAGE_BYTES = 64 * MIB;
/** Largest reply, all its pages or chunks together, unless the caller says otherwise. */
export const MAX_REPLY_BYTES = 1024 * MIB;

/** A request is refused before it is parsed when it exceeds one of these. */
export interface RequestLimits {
  readonly bytes: number;
  /** Fields of the message; each entry of a list is one. */
  readonly elements: number;
  /** Fields of each message within it. */
  readonly parts: number;
}

/** Most packets of shares, or shares, of one request. */
export const MAX_PARTS = 20_000;

/** Methods that take no more than ids, some documents and one short signed message. */
const DEFAULT: RequestLimits = { bytes: 64 * KIB, elements: 1000, parts: 6 };
const ONE_CHUNK = { bytes: MAX_CHUNK_BYTES + 4 * KIB };

const REQUEST_LIMITS: Readonly<Record<string, Partial<RequestLimits>>> = {
  // Packets for 10,000 neighbours are about 1.5 MiB, those of floats more.
  ShareKeys: { bytes: MAX_REQUEST_BYTES },
  // One share or a reason for each neighbour.
  Unmask: { bytes: 2 * MIB },
  // The header has a digest for each of up to 4096 vectors, and complaints.
  BeginUpload: { bytes: 512 * KIB },
  PutChunk: ONE_CHUNK,
  PutInput: ONE_CHUNK,
  // As many identities as there is room for.
  CreateTask: { bytes: MAX_REQUEST_BYTES, elements: MAX_REQUEST_BYTES / 32 },
};

/**
 * Longest request of the services that anybody may call, health and reflection; of a conversation, all its requests
 * together, because each may have a long answer.
 */
export const MAX_OPEN_REQUEST_BYTES = 4 * KIB;

/** @param path '/blindsum.v1.ParticipantService/PutChunk' */
export function requestLimits(path: string): RequestLimits {
  const method = path.slice(path.lastIndexOf('/') + 1);
  return Object.hasOwn(REQUEST_LIMITS, method) ? { ...DEFAULT, ...REQUEST_LIMITS[method] } : DEFAULT;
}
