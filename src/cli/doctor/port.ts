/** The addresses to listen on: free, in use by this very coordinator, or by somebody else. */
import { createServer } from 'node:net';
import { identityFromSeed } from '../../../crypto/signature.js';
import { wipe } from '../../../crypto/bytes.js';
import { type Address, parseAddress } from '../../rpc/address.js';
import type { ServeConfig } from '../serve-config/index.js';
import { readTls } from '../serve/tls-files.js';
import { certificateOf } from '../x509.js';
import { reasonOf } from '../errors.js';
import { askCoordinator, askMetrics } from './ask-port.js';
import { type Check, fail, ok, warn } from './checks.js';

type Ports = Pick<ServeConfig, 'listen' | 'tls' | 'coordinatorSeed' | 'metrics'>;

export async function checkPorts(config: Ports): Promise<readonly Check[]> {
  const listen = await checkListen(config);
  if (config.metrics.listen === null) return [listen.check];
  return [listen.check, await checkMetrics(config.metrics.listen, config.listen, listen.isOwn)];
}

interface Found {
  readonly check: Check;
  /** This coordinator is what answers there. */
  readonly isOwn: boolean;
}

const somebodyElse = (message: string): Found => ({ check: fail('listen', message), isOwn: false });

async function checkListen({ listen, tls, coordinatorSeed }: Ports): Promise<Found> {
  const address = parseAddress(listen);
  const { text } = address;
  const problem = await bind(address);
  if (problem === null) return { check: ok('listen', `${text} is free`), isOwn: false };
  if (!isInUse(problem)) return somebodyElse(`cannot listen on ${text}: ${reasonOf(problem)}`);
  if (tls === null) return somebodyElse(`${text} is in use`);
  const { seed, publicKey } = identityFromSeed(coordinatorSeed);
  wipe(seed);
  const { certPem } = readTls(tls);
  const own = certificateOf(certPem, tls.certificate).fingerprint256;
  const { fingerprint256, code } = await askCoordinator(reachable(address), publicKey);
  if (fingerprint256 === own)
    return { check: ok('listen', `${text} is in use by this coordinator`), isOwn: true };
  // It knew the key as its own, and then did not know the token.
  if (code === 'UNAUTHENTICATED') {
    const message = `${text} is in use by this coordinator, with another certificate than ${tls.certificate}: it has not taken the new one, and its log (not reloaded) says why; SIGHUP reads it again`;
    return { check: warn('listen', message), isOwn: true };
  }
  if (code === 'WRONG_COORDINATOR')
    return somebodyElse(`${text} is in use by a coordinator with another key`);
  if (fingerprint256 !== null && tls.clientCa !== undefined)
    return somebodyElse(
      `${text} is in use, with another certificate than ${tls.certificate}; whether by this coordinator cannot be asked, as it wants a client certificate`,
    );
  return somebodyElse(`${text} is in use by another program`);
}

async function checkMetrics(listen: string, main: string, isRunning: boolean): Promise<Check> {
  const name = 'metrics.listen';
  const address = parseAddress(listen);
  const { port, text } = address;
  if (port !== 0 && text === parseAddress(main).text)
    return fail(name, `${text} is the address of listen: give it a port of its own`);
  const problem = await bind(address);
  if (problem === null) return ok(name, `${text} is free`);
  if (!isInUse(problem)) return fail(name, `cannot listen on ${text}: ${reasonOf(problem)}`);
  if (!(await askMetrics(reachable(address)))) return fail(name, `${text} is in use by another program`);
  return isRunning
    ? ok(name, `${text} is in use by this coordinator`)
    : fail(name, `${text} is in use by another coordinator`);
}

const isInUse = (problem: Error): boolean => (problem as NodeJS.ErrnoException).code === 'EADDRINUSE';

const bind = ({ host, port }: Address): Promise<Error | null> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen({ host, port }, () => probe.close(() => resolve(null)));
  });

/** host:port under which this machine reaches what it listens on. */
function reachable({ host, port, text }: Address): string {
  if (host === '0.0.0.0') return `127.0.0.1:${port}`;
  return host === '::' ? `[::1]:${port}` : text;
}
