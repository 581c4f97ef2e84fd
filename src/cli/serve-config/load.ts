/** What `serve` runs with: the settings, and the secrets that they name, read from their files. */
import { dirname } from 'node:path';
import { identityFromSeed } from '../../../crypto/signature.js';
import { loadBeacon } from '../../client/node/beacon-file.js';
import { readIdentity, readPublicKey } from '../../client/node/key-files.js';
import type { Witness } from '../../coordinator/index.js';
import type { Quotas } from '../../coordinator/organisations.js';
import type { BeaconSource } from '../../protocol/beacon.js';
import { refuse } from '../../protocol/errors.js';
import { parseDuration } from '../durations.js';
import { usage } from '../errors.js';
import { type StoreConfig, storeConfig } from '../store/open.js';
import { exposedFiles, readSecret } from '../secret-file.js';
import { hasPassword, withPassword } from '../store/url.js';
import type { TlsFiles } from '../serve/tls-files.js';
import { howToMake, type TokenFiles } from '../serve/token-files.js';
import { fromEnvironment, fromFile, fromFlags, type Given } from './layers.js';
import { limitsOf, type ServeLimits } from './limits.js';
import { readQuotas } from './organisations.js';
import { type Resolved, resolveSettings } from './resolve.js';
import { OFF } from './schema.js';
import { readWitnesses } from './witnesses.js';

export interface ServeConfig {
  readonly listen: string;
  readonly tls: TlsFiles | null;
  readonly coordinatorSeed: Uint8Array;
  readonly organiser: Uint8Array;
  readonly operatorTokens: TokenFiles;
  readonly witnesses: readonly Witness[];
  readonly beacon: BeaconSource | null;
  readonly store: StoreConfig;
  readonly joinMs: number;
  readonly roundMs: number;
  /** Infinity: nothing is deleted by itself. */
  readonly retentionMs: number;
  /** Whether uploads are kept for auditors. */
  readonly escrow: boolean;
  /** Undefined: as many as the machine runs at once. */
  readonly threads: number | undefined;
  readonly log: 'debug' | 'info' | 'warn' | 'error';
  readonly metrics: { readonly listen: string | null };
  readonly tracing: { readonly endpoint: string | null; readonly sampleRatio: number };
  readonly limits: ServeLimits;
  readonly quotas: Quotas;
  /** For the log: secrets that others can read. */
  readonly warnings: readonly string[];
}

/** What the command line says; it goes before everything else. */
export interface ServeFlags {
  readonly listen?: string | undefined;
  readonly data?: string | undefined;
  readonly store?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws BlindsumError BAD_CONFIG naming the key and where it was given; UNREADABLE_FILE, USAGE */
export const resolveFile = (path: string, flags: ServeFlags, environment: Environment): Resolved =>
  resolveGiven(fromFile(path), { where: path, folder: dirname(path) }, flags, environment);

/** The same for values that are not from a file. */
export function resolveGiven(
  base: readonly Given[],
  standard: { readonly where: string; readonly folder: string },
  { listen, data, store }: ServeFlags,
  environment: Environment,
): Resolved {
  // Everybody on the machine can see the flags of a process.
  if (store !== undefined && hasPassword(store)) {
    usage(
      '--store: no password on the command line; use BLINDSUM_SERVE_STORE, storePasswordFile or PGPASSFILE',
    );
  }
  return resolveSettings([base, fromEnvironment(environment), fromFlags({ listen, data, store })], standard);
}

/** @param isInsecure no TLS, whatever is configured @throws BlindsumError BAD_CONFIG, UNREADABLE_FILE */
export function readConfig(resolved: Resolved, isInsecure: boolean): ServeConfig {
  const { settings, file } = resolved;
  const tls = isInsecure ? null : tlsFiles(resolved);
  const files = {
    coordinatorKey: file('coordinatorKey') as string,
    operatorTokens: file('operatorTokens'),
    operatorTokenFile: file('operatorTokenFile'),
    storePasswordFile: file('storePasswordFile'),
  };
  const coordinatorSeed = readIdentity(files.coordinatorKey);
  return {
    listen: settings.listen,
    tls,
    coordinatorSeed,
    organiser: readPublicKey(file('organiser') as string),
    operatorTokens: tokenFiles(resolved),
    witnesses: readWitnesses(resolved, identityFromSeed(coordinatorSeed).publicKey),
    beacon: readBeacon(file('beacon')),
    store: readStore(resolved),
    joinMs: parseDuration(settings.session.join),
    roundMs: parseDuration(settings.session.round),
    retentionMs: settings.retention === OFF ? Infinity : parseDuration(settings.retention),
    escrow: settings.escrow !== OFF,
    threads: settings.threads,
    log: settings.log,
    metrics: { listen: unlessOff(settings.metrics.listen) },
    tracing: { ...settings.tracing, endpoint: unlessOff(settings.tracing.endpoint) },
    limits: limitsOf(settings.limits),
    quotas: readQuotas(resolved),
    warnings: [
      ...exposedFiles([...Object.values(files), tls?.key]),
      ...exposedFiles([fileWithPassword(resolved)]).map(
        (warning) => `${warning}: the URL of the store there has a password; or move it to storePasswordFile`,
      ),
    ],
  };
}

/** The configuration itself, when it is a secret. */
const fileWithPassword = ({ settings: { store }, originOf }: Resolved): string | undefined =>
  store !== undefined && hasPassword(store) ? originOf(['store']).file : undefined;

const unlessOff = (value: string): string | null => (value === OFF ? null : value);

function tlsFiles({ file, originOf }: Resolved): TlsFiles {
  const [certificate, key] = [file('tls', 'certificate'), file('tls', 'key')];
  if (certificate !== undefined && key !== undefined)
    return { certificate, key, clientCa: file('tls', 'clientCa') };
  return refuse(
    'BAD_CONFIG',
    'caller',
    `${originOf(['tls']).where}: tls is missing: name the files of certificate and key`,
  );
}

function tokenFiles({ file, originOf }: Resolved): TokenFiles {
  const [list, single] = [file('operatorTokens'), file('operatorTokenFile')];
  if (list !== undefined || single !== undefined) return { list, single };
  const { where } = originOf(['operatorTokens']);
  return refuse(
    'BAD_CONFIG',
    'caller',
    `${where}: operatorTokens is missing, so nobody could open a session; ${howToMake('operator-tokens')}`,
  );
}

/** @throws BlindsumError BAD_CONFIG, UNREADABLE_FILE */
export function readStore({ settings, file, originOf }: Resolved): StoreConfig {
  const passwordFile = file('storePasswordFile');
  const config = storeConfig(settings.store, file('data') as string, originOf(['store']).where);
  if (passwordFile === undefined) return config;
  const { where } = originOf(['storePasswordFile']);
  if (config.kind !== 'postgres')
    refuse('BAD_CONFIG', 'caller', `${where}: storePasswordFile: the store is no PostgreSQL database`);
  if (hasPassword(config.url))
    refuse(
      'BAD_CONFIG',
      'caller',
      `${where}: storePasswordFile: the URL of the store has a password already`,
    );
  return { ...config, url: withPassword(config.url, readSecret('storePasswordFile', passwordFile)) };
}

const readBeacon = (path: string | undefined): BeaconSource | null =>
  path === undefined ? null : loadBeacon(path);
