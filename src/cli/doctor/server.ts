/** The coordinator's side of `doctor`: what `serve --config` would run into, and what it would not notice. */
import { readIdentity, readPublicKey } from '../../client/node/key-files.js';
import type { Role } from '../../coordinator/grpc/roles.js';
import { inspectStore } from '../store/inspect.js';
import { readConfig, type ServeConfig } from '../serve-config/load.js';
import { resolveConfig } from '../serve-config/index.js';
import type { Resolved } from '../serve-config/resolve.js';
import { readTls } from '../serve/tls-files.js';
import { readTokens } from '../serve/token-files.js';
import { certificateOf, keyMatches } from '../x509.js';
import { reasonOf } from '../errors.js';
import { type Check, checked, fail, ok, warn } from './checks.js';
import { checkExpiry, checkVersions } from './common.js';
import { checkDisk } from './disk.js';
import { checkPorts } from './port.js';

export async function checkServer(path: string): Promise<readonly Check[]> {
  let resolved: Resolved;
  try {
    resolved = resolveConfig({ config: path });
  } catch (error) {
    return [checkVersions(), fail('configuration', reasonOf(error))];
  }
  const keys = [
    ...(await checked('coordinatorKey', () => {
      readIdentity(resolved.file('coordinatorKey') as string);
      return ok('coordinatorKey', 'is a private key');
    })),
    ...(await checked('organiser', () => {
      readPublicKey(resolved.file('organiser') as string);
      return ok('organiser', 'is a public key');
    })),
  ];
  let config: ServeConfig;
  try {
    config = readConfig(resolved, false);
  } catch (error) {
    return [checkVersions(), ...keys, fail('configuration', reasonOf(error))];
  }
  return [
    checkVersions(),
    ok('configuration', `${path} can be used`),
    ...keys,
    ...config.warnings.map((warning) => warn('permissions', warning)),
    ...(await checked('operatorTokens', () => checkTokens(config))),
    ...(await checked('tls', () => checkTls(config))),
    ...(config.store.kind === 'sqlite' ? checkDisk(config.store.folder) : []),
    ...(await checked('store', () => inspectStore(config.store))),
    ...(await checked('listen', () => checkPorts(config))),
  ];
}

function checkTokens({ operatorTokens }: ServeConfig): Check {
  const tokens = readTokens(operatorTokens);
  const namesOf = (role: Role): string[] => [
    ...new Set(tokens.filter((token) => token.role === role).map(({ name }) => name)),
  ];
  const [operators, auditors] = [namesOf('operator'), namesOf('auditor')];
  if (operators.length === 0)
    return warn('operatorTokens', 'nobody can open a session: blindsum token create');
  const more = auditors.length === 0 ? '' : `; auditors: ${auditors.join(', ')}`;
  return ok('operatorTokens', `of ${operators.join(', ')}${more}`);
}

function checkTls({ tls }: ServeConfig): readonly Check[] {
  if (tls === null) return [];
  const { certPem, keyPem, clientCaPem } = readTls(tls);
  const certificate = certificateOf(certPem, tls.certificate);
  return [
    checkExpiry('tls', certificate),
    keyMatches(certificate, keyPem)
      ? ok('tls', 'the key belongs to the certificate')
      : fail('tls', `${tls.key} is not the key of ${tls.certificate}`),
    ...(clientCaPem === undefined
      ? []
      : [checkExpiry('tls.clientCa', certificateOf(clientCaPem, tls.clientCa ?? ''))]),
  ];
}
