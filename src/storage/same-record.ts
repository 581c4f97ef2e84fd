/** Whether a record that came again is the accepted one; kind, sender and subject are known to be the same. */
import { sameSigned } from '../protocol/signed.js';
import type { SessionRecord } from './port.js';

export function sameRecord(a: SessionRecord, b: SessionRecord): boolean {
  if (!sameSigned(a.signed, b.signed)) return false;
  if (a.attachment === null || b.attachment === null) return a.attachment === b.attachment;
  return sameBytes(a.attachment, b.attachment);
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
