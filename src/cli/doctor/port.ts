/** The address to listen on: free, in use by this very coordinator, or by somebody else. */
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import { parseAddress } from '../../rpc/address.js';
import type { ServeConfig } from '../serve-config/index.js';
import { readTls } from '../serve/tls-files.js';
import { certificateOf } from '../x509.js';
import { reasonOf } from '../errors.js';
import { type Check, fail, ok } from './checks.js';

const ANSWER_MS = 5000;

export async function checkPort({ listen, tls }: ServeConfig): Promise<Check> {
  const { host, port, text } = parseAddress(listen);
  const problem = await bind(host, port);
  if (problem === null) return ok('listen', `${text} is free`);
  if ((problem as NodeJS.ErrnoException).code !== 'EADDRINUSE')
    return fail('listen', `cannot listen on ${text}: ${reasonOf(problem)}`);
  if (tls === null) return fail('listen', `${text} is in use`);
  const own = certificateOf(readTls(tls).certPem, tls.certificate).fingerprint256;
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return (await fingerprintAt(reached, port)) === own
    ? ok('listen', `${text} is in use by this coordinator`)
    : fail('listen', `${text} is in use by another program`);
}

const bind = (host: string, port: number): Promise<Error | null> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen({ host, port }, () => probe.close(() => resolve(null)));
  });

/** Of the certificate that is shown there, trusted or not: nothing is sent. Null when none is. */
const fingerprintAt = (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    const end = (fingerprint: string | null): void => {
      socket.destroy();
      resolve(fingerprint);
    };
    socket.setTimeout(ANSWER_MS, () => end(null));
    socket.once('secureConnect', () => end(socket.getPeerCertificate().fingerprint256));
    socket.once('error', () => end(null));
  });
