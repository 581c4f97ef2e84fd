/**
 * TLS certificates for development and tests: a CA of its own, and one server certificate from it. In production the
 * operator brings a certificate; `serve --dev` writes these to its folder.
 */
import { isIP } from 'node:net';
import { generate } from 'selfsigned';

export interface DevTls {
  /** What clients pin. */
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const ALWAYS = ['localhost', '127.0.0.1', '::1'];
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/**
 * EC P-256, valid for a year. The CA's key is thrown away: nobody can make a second certificate.
 * @param hosts names and IP addresses besides localhost, 127.0.0.1 and ::1
 */
export async function createDevTls(hosts: readonly string[]): Promise<DevTls> {
  const common = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // The clocks of two machines differ.
    notBeforeDate: new Date(Date.now() - HOUR_MS),
    notAfterDate: new Date(Date.now() + YEAR_MS),
  } as const;
  const ca = await generate([{ name: 'commonName', value: 'blindsum development CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'blindsum coordinator' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [...new Set([...ALWAYS, ...hosts])].map(altName) },
    ],
  });
  return { caPem: ca.cert, certPem: server.cert, keyPem: server.private };
}

function altName(host: string): { type: 2; value: string } | { type: 7; ip: string } {
  return isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host };
}
