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

const SMALL = 64 * KIB;
const ONE_CHUNK = MAX_CHUNK_BYTES + 4 * KIB;

/** Methods that take more than ids and one short signed message. The rest get `SMALL`. */
const REQUEST_LIMITS: Readonly<Record<string, number>> = {
  // Packets for 10,000 neighbours are about 3 MiB.
  ShareKeys: MAX_REQUEST_BYTES,
  // One share or a reason for each neighbour.
  Unmask: MAX_REQUEST_BYTES,
  AnswerComplaint: MIB,
  // The header has a digest for each of up to 4096 vectors, and complaints.
  BeginUpload: MIB,
  CommitUpload: MIB,
  PutChunk: ONE_CHUNK,
  PutInput: ONE_CHUNK,
  CreateTask: MAX_REQUEST_BYTES,
};

/** @param path '/blindsum.v1.ParticipantService/PutChunk' */
export function requestLimit(path: string): number {
  const method = path.slice(path.lastIndexOf('/') + 1);
  return Object.hasOwn(REQUEST_LIMITS, method) ? (REQUEST_LIMITS[method] as number) : SMALL;
}
