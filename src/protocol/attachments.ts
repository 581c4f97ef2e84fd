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

/** One packet per holder, in order. */
export const encodePackets = (packets: readonly SharePacket[]): Uint8Array =>
  encodeCanonical(packets.map(packetValue));

export function decodePackets(bytes: Uint8Array): SharePacket[] {
  const value = decode(bytes);
  if (!Array.isArray(value)) refuse('MALFORMED', 'peer', 'not a list of share packets');
  return (value as CborValue[]).map(asPacket);
}

/** Packets as they were encoded: decoded, those of thousands of dealers are several times their bytes. */
export interface PackedPackets {
  readonly count: number;
  /** @param index below `count` */
  at(index: number): SharePacket;
}

export function packedPackets(bytes: Uint8Array): PackedPackets {
  const packets = decodePackets(bytes);
  const ends = new Uint32Array(packets.length);
  let end = bytes.length - packets.reduce((total, packet) => total + encodedBytes(packet), 0);
  const first = end;
  packets.forEach((packet, index) => {
    ends[index] = end += encodedBytes(packet);
  });
  return {
    count: packets.length,
    at: (index) => packetAt(bytes, ends[index - 1] ?? first, ends[index] as number, index),
  };
}

const packetValue = ({ ciphertext, leaves }: SharePacket): Uint8Array[] => [ciphertext, ...leaves];

/** One array of few byte strings: a head of a byte, then a head and the bytes of each. */
const encodedBytes = (packet: SharePacket): number =>
  packetValue(packet).reduce((sum, { length }) => sum + headBytes(length) + length, 1);

const headBytes = (length: number): number =>
  length < 24 ? 1 : length < 2 ** 8 ? 2 : length < 2 ** 16 ? 3 : 5;

/** Of bytes that were decoded before, and are not checked a second time. */
function packetAt(bytes: Uint8Array, from: number, to: number, position: number): SharePacket {
  const parts: Uint8Array[] = [];
  for (let at = from + 1; at < to;) {
    const short = (bytes[at] as number) & 31;
    const width = short < 24 ? 0 : 2 ** (short - 24);
    let length = width === 0 ? short : 0;
    for (let index = at + 1; index <= at + width; index += 1)
      length = length * 256 + (bytes[index] as number);
    at += 1 + width;
    parts.push(bytes.slice(at, (at += length)));
  }
  const [ciphertext, ...leaves] = parts;
  return { position, ciphertext: ciphertext as Uint8Array, leaves };
}

function asPacket(value: CborValue, position: number): SharePacket {
  const [ciphertext, ...leaves] = isArrayOfBytes(value) ? value : [];
  if (ciphertext === undefined) refuse('MALFORMED', 'peer', 'not a list of share packets');
  return { position, ciphertext, leaves };
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
