/**
 * Keys and signed documents as files: one line of text each for keys, a PEM-like block for certificates and grants.
 * Used by connect() and by the command line.
 *
 * Security: a key file is the identity. It is written with mode 0600 and not over another file unless asked for.
 */
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { fromHex, toHex } from '../../../crypto/bytes.js';
import { identityFromSeed, isAcceptableIdentity } from '../../../crypto/signature.js';
import { decodeSigned, encodeSigned } from '../../protocol/attachments.js';
import { type Signed, type Signer, signerFromSeed } from '../../protocol/signed.js';
import { readText, systemProblem, unreadable } from './files.js';

const SECRET = 'blindsum-identity-v1:';
const PUBLIC = 'blindsum-public-v1:';

/** What a block holds. */
export type SignedKind = 'CERTIFICATE' | 'GRANT' | 'REVOCATION';

export interface WriteOptions {
  /** Default false: a file that exists is an error. */
  readonly overwrite?: boolean;
}

/** @returns the secret seed, 32 bytes @throws BlindsumError UNREADABLE_FILE */
export function readIdentity(path: string): Uint8Array {
  const line = readText(path).trim();
  if (line.startsWith(PUBLIC)) throw unreadable(path, 'is a public key; the identity is the .key file');
  const match = /^blindsum-identity-v1:([A-Za-z0-9_-]{43})$/.exec(line);
  const seed = Uint8Array.from(Buffer.from(match?.[1] ?? '', 'base64url'));
  if (seed.length !== 32) throw unreadable(path, `is not an identity: expected one line ${SECRET}…`);
  return seed;
}

/** @throws BlindsumError UNREADABLE_FILE */
export function readSigner(path: string): Signer {
  const { seed, publicKey } = identityFromSeed(readIdentity(path));
  return signerFromSeed(seed, publicKey);
}

/** For the person at the terminal: what is wrong with the permissions of a key file; null for nothing. */
export function keyFileWarning(path: string): string | null {
  if (process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return null;
  return `${path}: others on this machine can read it; chmod 600 it`;
}

/** @throws BlindsumError UNREADABLE_FILE, also when the file exists */
export function writeIdentity(path: string, seed: Uint8Array, options: WriteOptions = {}): void {
  if (seed.length !== 32) throw new RangeError(`seed: expected 32 bytes, got ${seed.length}`);
  write(path, `${SECRET}${Buffer.from(seed).toString('base64url')}\n`, 0o600, options);
}

/** a.key → a.pub */
export const publicKeyPath = (keyPath: string): string => `${keyPath.replace(/\.key$/, '')}.pub`;

export function writePublicKey(path: string, publicKey: Uint8Array): void {
  write(path, `${PUBLIC}${toHex(publicKey)}\n`, 0o644, { overwrite: true });
}

/** @returns 32 bytes @throws BlindsumError UNREADABLE_FILE */
export function readPublicKey(path: string): Uint8Array {
  const line = readText(path).trim();
  if (line.startsWith(SECRET))
    throw unreadable(path, 'is a secret identity; pass the .pub file, and never give the .key file away');
  const match = /^blindsum-public-v1:([0-9a-fA-F]{64})$/.exec(line);
  const key = fromHex(match?.[1] ?? '');
  if (!isAcceptableIdentity(key)) throw unreadable(path, `is not a public key: expected one line ${PUBLIC}…`);
  return key;
}

const begin = (kind: SignedKind): string => `-----BEGIN BLINDSUM ${kind}-----`;
const end = (kind: SignedKind): string => `-----END BLINDSUM ${kind}-----`;

/** Base64 of CBOR [payload, signature] between two lines that say what it is. */
export function formatSigned(kind: SignedKind, signed: Signed): string {
  const lines =
    Buffer.from(encodeSigned(signed))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [begin(kind), ...lines, end(kind), ''].join('\n');
}

export function writeSigned(path: string, kind: SignedKind, signed: Signed): void {
  write(path, formatSigned(kind, signed), 0o644, { overwrite: true });
}

/** The form only; who signed it the client checks. @throws BlindsumError UNREADABLE_FILE */
export function readSigned(path: string, kind: SignedKind): Signed {
  const text = readText(path);
  const from = text.indexOf(begin(kind));
  const to = text.indexOf(end(kind));
  if (from < 0 || to < from)
    throw unreadable(path, `is not a ${kind.toLowerCase()}: expected ${begin(kind)}`);
  const base64 = text.slice(from + begin(kind).length, to).replace(/\s+/g, '');
  try {
    return decodeSigned(Uint8Array.from(Buffer.from(base64, 'base64')));
  } catch (cause) {
    throw unreadable(path, `is a damaged ${kind.toLowerCase()}`, cause);
  }
}

function write(path: string, text: string, mode: number, { overwrite = false }: WriteOptions): void {
  try {
    writeFileSync(path, text, { mode, flag: overwrite ? 'w' : 'wx' });
    // `mode` counts only for a file that is new.
    if (overwrite) chmodSync(path, mode); // check: C13
  } catch (cause) {
    const exists = (cause as { code?: string }).code === 'EEXIST';
    const why = exists ? 'exists already; nothing is written over it' : systemProblem(cause);
    throw unreadable(path, why, cause);
  }
}
