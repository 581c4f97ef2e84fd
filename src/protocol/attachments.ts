/** Bulk data of a record as bytes, so that stores need not know it: certificates, packets of shares, revealed shares. */
import { type CborValue, decodeCanonical, encodeCanonical } from '../../crypto/canonical.js';
import { refuse } from './errors.js';
import type { SharePacket } from './shares.js';
import { type Signed, signedLeaf } from './signed.js';

/** CBOR [payload, signature], the same bytes as a leaf of the session tree. */
export const encodeSigned = signedLeaf;

/** @throws BlindsumError MALFORMED */
export function decodeSigned(bytes: Uint8Array): Signed {
  const value = decode(bytes);
  if (!isArrayOfBytes(value) || value.length !== 2) refuse('MALFORMED', 'peer', 'not a signed message');
  return { payload: value[0] as Uint8Array, signature: value[1] as Uint8Array };
}

/** One packet per roster position, in order. */
export const encodePackets = (packets: readonly SharePacket[]): Uint8Array =>
  encodeCanonical(packets.map(({ ciphertext, leaves }) => [ciphertext, ...leaves]));

export function decodePackets(bytes: Uint8Array): SharePacket[] {
  const value = decode(bytes);
  if (!Array.isArray(value) || !value.every((packet) => isArrayOfBytes(packet) && packet.length > 0))
    refuse('MALFORMED', 'peer', 'not a list of share packets');
  return (value as Uint8Array[][]).map(([ciphertext, ...leaves], position) => ({
    position,
    ciphertext: ciphertext as Uint8Array,
    leaves,
  }));
}

export const encodeShareList = (shares: readonly Uint8Array[]): Uint8Array => encodeCanonical([...shares]);

export function decodeShareList(bytes: Uint8Array): Uint8Array[] {
  const value = decode(bytes);
  if (!isArrayOfBytes(value)) refuse('MALFORMED', 'peer', 'not a list of shares');
  return value;
}

function decode(bytes: Uint8Array): CborValue {
  try {
    return decodeCanonical(bytes);
  } catch (cause) {
    refuse('MALFORMED', 'peer', 'not canonical CBOR', { cause });
  }
}

const isArrayOfBytes = (value: unknown): value is Uint8Array[] =>
  Array.isArray(value) && value.every((item) => item instanceof Uint8Array);
