/**
 * What has to be known of a session beside the leaves of its tree (PROTOCOL §12.5): lists that signed bytes name by hash
 * only. First item of a transcript file; nothing in it is free, so no byte of it can be changed unseen.
 */
import { z } from 'zod';
import { LABEL } from '../../../crypto/labels.js';
import { bytes, bytes32, codec, list } from '../codec.js';
import { MAX_PARTICIPANTS } from '../documents.js';

const signed = z.strictObject({ payload: bytes(), signature: bytes(64) });

export const sessionHeadCodec = codec(LABEL.transcript, {
  /** Increasing: the opening has its hash. */
  electorate: list(bytes32, MAX_PARTICIPANTS),
  /** Of those on the roster who brought one, in roster order: the roster entries have their hashes. */
  certificates: list(signed, MAX_PARTICIPANTS),
  /** Those that the opening names, in its order. */
  grants: list(signed, 64),
});
export type SessionHead = ReturnType<typeof sessionHeadCodec.decode>;
