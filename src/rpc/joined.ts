/**
 * Lists of byte strings of one length, end to end in one field: with a tag and a length for each, what a participant sends
 * beside its vector would be a twentieth longer. Nothing is cut but into as many parts as there may be: each becomes an object.
 */
import { BlindsumError } from '../protocol/errors.js';
import { MAX_PARTS } from './limits.js';
import { toBytes } from './messages.js';
import type { SharePacket } from './participant-api.js';

const LEAF_BYTES = 32;
/** Leaves of one holder: the suites have one or two kinds of share. */
const MAX_KINDS = 4;

/**
 * @param count 0 for no bytes
 * @throws BlindsumError MALFORMED unless there are as many parts of one length, TOO_LARGE for more than MAX_PARTS
 */
export function cut(joined: Uint8Array, count: number, what: string): Uint8Array[] {
  if (count > MAX_PARTS) throw new BlindsumError('TOO_LARGE', 'peer', `${what}: more than ${MAX_PARTS}`);
  const length = count === 0 ? 0 : joined.length / count;
  if (!Number.isInteger(length) || length * count !== joined.length || (count > 0 && length === 0))
    throw new BlindsumError('MALFORMED', 'peer', `${what}: not ${count} of one length`);
  return Array.from({ length: count }, (_, index) =>
    toBytes(joined.subarray(index * length, (index + 1) * length)),
  );
}

export const joinShares = (shares: readonly Uint8Array[]) => ({
  count: shares.length,
  shares: Buffer.concat(shares),
});

interface JoinedPackets {
  readonly holders: number;
  readonly own: number;
  readonly ciphertexts: Uint8Array;
  readonly leaves: Uint8Array;
}

/** The packets of r1: the dealer's own one has no ciphertext. */
export function joinPackets(packets: readonly SharePacket[]): JoinedPackets {
  return {
    holders: packets.length,
    own: packets.findIndex(({ ciphertext }) => ciphertext.length === 0),
    ciphertexts: Buffer.concat(packets.map(({ ciphertext }) => ciphertext)),
    leaves: Buffer.concat(packets.flatMap(({ leaves }) => leaves)),
  };
}

/** @throws BlindsumError MALFORMED, TOO_LARGE */
export function cutPackets({ holders, own, ...joined }: JoinedPackets): SharePacket[] {
  if (own >= holders) throw new BlindsumError('MALFORMED', 'peer', 'r1 has no place for its sender');
  const ciphertexts = cut(joined.ciphertexts, holders - 1, 'ciphertexts');
  ciphertexts.splice(own, 0, new Uint8Array(0));
  const kinds = joined.leaves.length / holders / LEAF_BYTES;
  if (!Number.isInteger(kinds) || kinds > MAX_KINDS)
    throw new BlindsumError('MALFORMED', 'peer', `leaves: not of ${holders} holders`);
  return ciphertexts.map((ciphertext, position) => {
    const [from, to] = [position * kinds, (position + 1) * kinds].map((leaf) => leaf * LEAF_BYTES);
    return { position, ciphertext, leaves: cut(joined.leaves.subarray(from, to), kinds, 'leaves') };
  });
}
