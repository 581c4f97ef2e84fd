/** The coordinator's certificate and key, read from their files and looked at before they are used. */
import { readText } from '../../client/node/files.js';
import type { TlsPair } from '../../coordinator/index.js';
import { refuse } from '../../protocol/errors.js';
import { filesOf, type Reloadable } from './reload.js';
import { certificateOf, expiresMs, keyMatches } from '../x509.js';

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly clientCa: string | undefined;
}

/** @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG */
export function readTls({ certificate, key, clientCa }: TlsFiles): TlsPair {
  const pair = { certPem: readText(certificate), keyPem: readText(key) };
  if (clientCa === undefined) return pair;
  const clientCaPem = readText(clientCa);
  // TLS would take what is cut off for a CA that nobody has a certificate from.
  certificateOf(clientCaPem, clientCa);
  return { ...pair, clientCaPem };
}

/**
 * That the two files belong together; TLS itself would only say that something is wrong with one of them.
 * @throws BlindsumError BAD_CONFIG naming the files
 */
export function requirePair({ certPem, keyPem }: TlsPair, { certificate, key }: TlsFiles): void {
  if (!keyMatches(certificateOf(certPem, certificate), keyPem))
    refuse('BAD_CONFIG', 'caller', `${key} is not the private key of ${certificate}`);
}

/** For the log: which one it is, and until when. @throws BlindsumError BAD_CONFIG when it has expired */
function describeTls({ certPem }: TlsPair, path: string): { fingerprint256: string; expires: string } {
  const certificate = certificateOf(certPem, path);
  const expires = new Date(expiresMs(certificate)).toISOString();
  if (expiresMs(certificate) <= Date.now())
    refuse('BAD_CONFIG', 'caller', `${path}: the certificate expired at ${expires}`);
  return { fingerprint256: certificate.fingerprint256, expires };
}

/**
 * @param readAs state of the files before they were read first
 * @param replace takes over a pair, or refuses it by throwing
 */
export const reloadableTls = (
  files: TlsFiles,
  readAs: string,
  replace: (pair: TlsPair) => void,
): Reloadable => ({
  what: 'TLS certificate',
  files: filesOf(files),
  readAs,
  reload() {
    const pair = readTls(files);
    requirePair(pair, files);
    const described = describeTls(pair, files.certificate);
    replace(pair);
    return described;
  },
});
