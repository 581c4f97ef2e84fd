/** A CA for client certificates, and one certificate from it. */
import { generate } from 'selfsigned';
import type { ClientTls } from '../../src/rpc/tls-credentials.js';

export async function makeClientTls(): Promise<{ readonly caPem: string; readonly clientTls: ClientTls }> {
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const ca = await generate([{ name: 'commonName', value: 'CA of clients' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const client = await generate([{ name: 'commonName', value: 'hospital a' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  return { caPem: ca.cert, clientTls: { certPem: client.cert, keyPem: client.private } };
}
