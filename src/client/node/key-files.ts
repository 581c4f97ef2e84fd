/**
 * Keys and certificates as files: one line of text each for keys, a PEM-like block for certificates. Used by connect()
 * and by the command line.
 *
 * Security: a key file is the identity. It is written with mode 0600 and never over another file.
 */
import { statSync, writeFileSync } from 'node:fs';
import { fromHex, toHex } from '../../../crypto/bytes.js';
import { type Identity, identityFromSeed, isAcceptableIdentity } from '../../../crypto/signature.js';
import { decodeSigned, encodeSigned } from '../../protocol/coordinator/attachments.js';
import { BlindsumError } from '../../protocol/errors.js';
import type { Signed } from '../../protocol/signed.js';
import { readText, unreadable } from './files.js';

const SECRET = 'blindsum-identity-v1:';
const PUBLIC = 'blindsum-public-v1:';
const BEGIN = '-----BEGIN BLINDSUM CERTIFICATE-----';
const END = '-----END BLINDSUM CERTIFICATE-----';

export interface IdentityFile extends Identity {
  /** For the person at the terminal: others can read the file. */
  readonly warning: string | null;
}

/** @throws BlindsumError UNREADABLE_FILE */
export function readIdentity(path: string): IdentityFile {
  const line = readText(path).trim();
  if (line.startsWith(PUBLIC)) throw unreadable(path, 'is a public key; the identity is the .key file');
  const match = /^blindsum-identity-v1:([A-Za-z0-9_-]{43})$/.exec(line);
  const seed = Uint8Array.from(Buffer.from(match?.[1] ?? '', 'base64url'));
  if (seed.length !== 32) throw unreadable(path, `is not an identity: expected one line ${SECRET}…`);
  return { ...identityFromSeed(seed), warning: permissionWarning(path) };
}

function permissionWarning(path: string): string | null {
  if (process.platform === 'win32') return null;
  return (statSync(path).mode & 0o077) === 0
    ? null
    : `${path}: others on this machine can read this key; chmod 600 it`;
}

/** Writes the key (0600) and, beside it, the public key: a.key and a.pub. @throws BlindsumError UNREADABLE_FILE when one exists */
export function writeIdentity(path: string, identity: Identity): { readonly publicPath: string } {
  const publicPath = `${path.replace(/\.key$/, '')}.pub`;
  writeNew(path, `${SECRET}${Buffer.from(identity.seed).toString('base64url')}\n`, 0o600);
  writeNew(publicPath, `${PUBLIC}${toHex(identity.publicKey)}\n`, 0o644);
  return { publicPath };
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

export const formatCertificate = (certificate: Signed): string => {
  const lines =
    Buffer.from(encodeSigned(certificate))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [BEGIN, ...lines, END, ''].join('\n');
};

export function writeCertificate(path: string, certificate: Signed): void {
  writeNew(path, formatCertificate(certificate), 0o644);
}

/** The form only; who signed it the client checks. @throws BlindsumError UNREADABLE_FILE */
export function readCertificate(path: string): Signed {
  const text = readText(path);
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw unreadable(path, `is not a certificate: expected ${BEGIN}`);
  const base64 = text.slice(from + BEGIN.length, to).replace(/\s+/g, '');
  try {
    return decodeSigned(Uint8Array.from(Buffer.from(base64, 'base64')));
  } catch (cause) {
    throw unreadable(path, 'is a damaged certificate', cause);
  }
}

function writeNew(path: string, text: string, mode: number): void {
  try {
    writeFileSync(path, text, { mode, flag: 'wx' });
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    const why = code === 'EEXIST' ? 'exists already; nothing is written over it' : message;
    throw new BlindsumError('UNREADABLE_FILE', 'caller', `${path}: ${why}`, { cause });
  }
}
