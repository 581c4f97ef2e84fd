/** Checks that both sides need: versions and certificates. */
import { PROTOCOL_REVISION } from '../../rpc/version.js';
import { packageVersion } from '../package-version.js';
import { expiresMs, type X509Certificate } from '../x509.js';
import { type Check, fail, ok, warn } from './checks.js';

const LEAST_NODE = [20, 19] as const;
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

export function checkVersions(node = process.versions.node): Check {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const text = `blindsum ${packageVersion()}, protocol revision ${PROTOCOL_REVISION}, Node ${node}`;
  const isOld = major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]);
  return isOld
    ? fail('versions', `${text}: Node ${LEAST_NODE.join('.')} or later is needed`)
    : ok('versions', text);
}

export function checkExpiry(name: string, certificate: X509Certificate, nowMs = Date.now()): Check {
  const until = new Date(expiresMs(certificate)).toISOString();
  const days = (expiresMs(certificate) - nowMs) / DAY_MS;
  if (Date.parse(certificate.validFrom) > nowMs)
    return fail(
      name,
      `the certificate is not valid before ${certificate.validFrom}: look at the clock of this machine`,
    );
  if (days <= 0) return fail(name, `the certificate expired at ${until}: replace it`);
  if (days < SOON_DAYS)
    return warn(name, `the certificate expires at ${until}, in ${Math.floor(days)} days: replace it`);
  return ok(name, `the certificate for ${certificate.subjectAltName ?? 'no name'} is valid until ${until}`);
}
