/** Standard Base64 with padding (RFC 4648 §4), strictly: one text for each byte string, as everywhere in the formats. */
import { requireBytes } from './bytes.js';

/** Longest run of characters that one call of fromCharCode takes everywhere. */
const PIECE = 0x8000;

export function toBase64(bytes: Uint8Array): string {
  requireBytes(bytes, 'bytes');
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(binary);
}

/** Null for anything but the one encoding of some bytes: white space, missing padding, spare bits that are not zero. */
export function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : null;
}
