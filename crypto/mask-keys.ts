/**
 * Keys of the mask streams (PROTOCOL §4 "Masks"): one stream per session, vector and pair of neighbours, and
 * one per session, vector and participant for the self mask.
 *
 * Security: a stream used twice cancels in the difference of two masked inputs and shows both. That is why
 * session, vector and both parties with their keys are all in the derivation.
 */
import { compareBytes, requireBytes, wipe } from './bytes.js';
import { type CborValue, withCanonical } from './canonical.js';
import { withHkdf } from './hash.js';
import { KEY_BYTES } from './key-agreement.js';
import { LABEL } from './labels.js';
import { STREAM_KEY_BYTES, STREAM_NONCE_BYTES, type StreamKey } from './prg.js';

export interface MaskParty {
  /** Ed25519 identity, 32 bytes. */
  readonly identity: Uint8Array;
  /** This session's mask public key (s), 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface PairwiseMaskInput {
  /** What `agree` gave for the two mask keys, 32 bytes. Not retained. */
  readonly agreed: Uint8Array;
  /** The session's context hash, 32 bytes. */
  readonly ctx: Uint8Array;
  /** The vector's name in the task. */
  readonly vector: string;
  /** The neighbour with the lower roster index, which is the one with the smaller identity. It subtracts the mask. */
  readonly low: MaskParty;
  /** The neighbour with the higher index. */
  readonly high: MaskParty;
}

/**
 * The stream that `low` and `high` share for one vector.
 * @throws RangeError when `low` does not come before `high`: swapped roles would give another stream.
 */
export function derivePairwiseMaskKey({ agreed, ctx, vector, low, high }: PairwiseMaskInput): StreamKey {
  requireBytes(agreed, 'agreed', KEY_BYTES); // check: C5
  requireBytes(low.identity, 'low.identity', KEY_BYTES);
  requireBytes(low.publicKey, 'low.publicKey', KEY_BYTES);
  requireBytes(high.identity, 'high.identity', KEY_BYTES);
  requireBytes(high.publicKey, 'high.publicKey', KEY_BYTES);
  if (compareBytes(low.identity, high.identity) >= 0)
    throw new RangeError('low: must come before high in the roster');
  const info = [
    LABEL.pairwiseMask, // check: C4
    vector, // check: C1
    low.identity, // check: C1, C4
    high.identity, // check: C1, C4
    low.publicKey, // check: C1, C4
    high.publicKey, // check: C1, C4
  ];
  return streamKey(agreed, ctx, vector, info);
}

export interface SelfMaskInput {
  /** The self-mask seed b, 32 bytes. Not retained. */
  readonly seed: Uint8Array;
  readonly ctx: Uint8Array;
  readonly vector: string;
  /** Whose mask it is, 32 bytes. */
  readonly identity: Uint8Array;
}

/** The stream of one participant's self mask for one vector. */
export function deriveSelfMaskKey({ seed, ctx, vector, identity }: SelfMaskInput): StreamKey {
  requireBytes(seed, 'seed', KEY_BYTES); // check: C5
  requireBytes(identity, 'identity', KEY_BYTES);
  const info = [
    LABEL.selfMask, // check: C4
    vector, // check: C1
    identity, // check: C1, C4
  ];
  return streamKey(seed, ctx, vector, info);
}

function streamKey(ikm: Uint8Array, ctx: Uint8Array, vector: string, info: CborValue): StreamKey {
  requireBytes(ctx, 'ctx', KEY_BYTES);
  if (vector === '') throw new RangeError('vector: expected a name');
  const input = {
    ikm,
    salt: ctx, // check: C1, C4
  };
  const output = withHkdf(input, (expand) =>
    withCanonical(info, (bytes) => expand(bytes, STREAM_KEY_BYTES + STREAM_NONCE_BYTES)),
  );
  try {
    return { key: output.slice(0, STREAM_KEY_BYTES), nonce: output.slice(STREAM_KEY_BYTES) };
  } finally {
    wipe(output);
  }
}
