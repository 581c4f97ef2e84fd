/**
 * Signed notes (c2sp.org/signed-note): a text and lines of Ed25519 signatures under it (PROTOCOL §12.2).
 *
 * Security: only signatures of keys that the caller names count; all others are ignored, as the format asks. A key is
 * known by its name and the first four bytes of a hash, but it is the key itself that has to verify. A note has one form:
 * what is read and written again is the same text.
 */
import { concatBytes, equalBytes, utf8 } from '../../../crypto/bytes.js';
import { fromBase64, toBase64 } from '../../../crypto/base64.js';
import { sha256 } from '../../../crypto/hash.js';
import { refuse } from '../errors.js';

/** What a key signs with: the note itself, or a cosignature (c2sp.org/tlog-cosignature). */
export const SIGNATURE_TYPE = { note: 0x01, cosignature: 0x04 } as const;
export type SignatureType = (typeof SIGNATURE_TYPE)[keyof typeof SIGNATURE_TYPE];

export interface NoteKey {
  /** Neither white space nor '+'. */
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly type: SignatureType;
}

export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** All that follows the key id. */
  readonly signature: Uint8Array;
}

export interface Note {
  /** Ends with a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Longest note that is read, in characters. */
export const MAX_NOTE_LENGTH = 65_536;
const MAX_SIGNATURES = 64;
const DASH = '\u2014';
const KEY_ID_BYTES = 4;
const LINE = new RegExp(`^${DASH} ([^\\s+]+) ([A-Za-z0-9+/=]+)$`, 'u');

/** 4 bytes. */
export const noteKeyId = ({ name, publicKey, type }: NoteKey): Uint8Array =>
  sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(type), publicKey)).slice(0, KEY_ID_BYTES);

/** With its newline. */
export const signatureLine = ({ name, keyId, signature }: NoteSignature): string =>
  `${DASH} ${name} ${toBase64(concatBytes(keyId, signature))}\n`;

export const formatNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map(signatureLine).join('')}`;

/** @throws BlindsumError MALFORMED (fault peer) */
export function parseNote(note: string): Note {
  const split = note.lastIndexOf('\n\n');
  // eslint-disable-next-line no-control-regex
  if (note.length > MAX_NOTE_LENGTH || split < 0 || /[\u0000-\u0009\u000b-\u001f]/.test(note)) {
    refuse('MALFORMED', 'peer', 'not a signed note');
  }
  const lines = note.slice(split + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0 || lines.length > MAX_SIGNATURES) {
    refuse('MALFORMED', 'peer', 'not a signed note: expected lines of signatures at its end');
  }
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/** Without its newline. @throws BlindsumError MALFORMED (fault peer) */
export function parseSignatureLine(line: string): NoteSignature {
  const [, name, encoded] = LINE.exec(line) ?? [];
  const bytes = encoded === undefined ? null : fromBase64(encoded);
  if (name === undefined || bytes === null || bytes.length <= KEY_ID_BYTES) {
    refuse('MALFORMED', 'peer', 'not a signature line of a note');
  }
  return { name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) };
}

/** Those that claim to be by this key; whether they verify is for the caller to see. */
export function signaturesOf(note: Note, key: NoteKey): NoteSignature[] {
  const id = noteKeyId(key);
  return note.signatures.filter(({ name, keyId }) => name === key.name && equalBytes(keyId, id));
}
