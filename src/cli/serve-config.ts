/** What `serve` needs, from a YAML file (production) or from a folder it fills itself (development). */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { toHex } from '../../crypto/bytes.js';
import { systemRandom } from '../../crypto/random.js';
import { identityFromSeed } from '../../crypto/signature.js';
import { readText } from '../client/node/files.js';
import { readIdentity, readPublicKey, writeIdentity } from '../client/node/key-files.js';
import { readYaml } from '../client/node/yaml-file.js';
import { refuse } from '../protocol/errors.js';
import { describeIssue } from '../protocol/schema-issue.js';
import { parseAddress } from '../rpc/address.js';
import { parseDuration } from './durations.js';
import { type StoreConfig, storeConfig } from './open-store.js';
import { limitsOf, limitsSchema, type ServeLimits } from './serve-limits.js';

export interface ServeConfig {
  readonly listen: string;
  readonly tls: { readonly certPem: string; readonly keyPem: string } | null;
  readonly coordinatorSeed: Uint8Array;
  readonly organiser: Uint8Array;
  readonly operatorToken: string;
  readonly store: StoreConfig;
  readonly joinMs: number;
  readonly roundMs: number;
  readonly log: 'debug' | 'info' | 'warn' | 'error';
  readonly limits: ServeLimits;
}

const DEFAULTS = { joinMs: 60_000, roundMs: 60_000 } as const;
const TOKEN_LENGTH = 32;

const configSchema = z.strictObject({
  listen: z.string().default('127.0.0.1:7443'),
  tls: z.strictObject({ certificate: z.string(), key: z.string() }),
  coordinatorKey: z.string(),
  organiser: z.string(),
  operatorTokenFile: z.string(),
  data: z.string().default('data'),
  store: z.string().optional(),
  session: z.strictObject({ join: z.string().optional(), round: z.string().optional() }).default({}),
  log: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  limits: limitsSchema.default({}),
});

/** What the command line and the environment say; it goes before the file. */
export interface ServeOverrides {
  readonly listen?: string | undefined;
  readonly data?: string | undefined;
  readonly store?: string | undefined;
}

/** @throws BlindsumError BAD_CONFIG naming the key, UNREADABLE_FILE */
export function loadServeConfig(path: string, { listen, data, store }: ServeOverrides): ServeConfig {
  const document = readYaml(path) ?? {};
  const parsed = configSchema.safeParse(document);
  if (!parsed.success) refuse('BAD_CONFIG', 'caller', `${path}: ${describeIssue(parsed.error, document)}`);
  const config = parsed.data;
  const at = (file: string): string => resolve(dirname(path), file);
  const operatorToken = readText(at(config.operatorTokenFile)).trim();
  if (operatorToken.length < TOKEN_LENGTH) {
    refuse(
      'BAD_CONFIG',
      'caller',
      `${path}: operatorTokenFile: the token needs at least ${TOKEN_LENGTH} characters`,
    );
  }
  return {
    listen: listen ?? config.listen,
    tls: {
      certPem: readText(at(config.tls.certificate)),
      keyPem: readText(at(config.tls.key)),
    },
    coordinatorSeed: readIdentity(at(config.coordinatorKey)),
    organiser: readPublicKey(at(config.organiser)),
    operatorToken,
    store: storeConfig(store ?? config.store, data ?? at(config.data)),
    joinMs: duration(path, 'session.join', config.session.join, DEFAULTS.joinMs),
    roundMs: duration(path, 'session.round', config.session.round, DEFAULTS.roundMs),
    log: config.log,
    limits: limitsOf(config.limits),
  };
}

function duration(path: string, key: string, text: string | undefined, otherwise: number): number {
  try {
    return text === undefined ? otherwise : parseDuration(text);
  } catch (error) {
    refuse('BAD_CONFIG', 'caller', `${path}: ${key}: ${(error as Error).message}`);
  }
}

/** Makes what is missing in `folder` and keeps what is there, so that a restarted coordinator keeps its keys. */
export async function prepareDev(
  folder: string,
  insecure: boolean,
  { listen = '127.0.0.1:7443', data, store }: ServeOverrides,
): Promise<ServeConfig> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(folder, name);
  const coordinatorSeed = await keptKey(file('coordinator.key'));
  const organiserSeed = await keptKey(file('organiser.key'));
  const organiser = identityFromSeed(organiserSeed).publicKey;
  const operatorToken = await kept(
    file('operator.token'),
    () => `${Buffer.from(systemRandom(32)).toString('base64url')}\n`,
  );
  const tls = insecure ? null : await keptTls(file, listen);
  const trust = {
    organiser: toHex(organiser),
    coordinator: toHex(identityFromSeed(coordinatorSeed).publicKey),
    ...(tls === null ? {} : { caFile: 'ca.pem' }),
    policy: { datasets: { default: 'default' }, evolving: true },
  };
  await kept(file('trust.yaml'), () => stringify(trust));
  return {
    listen,
    tls,
    coordinatorSeed,
    organiser,
    operatorToken: operatorToken.trim(),
    store: storeConfig(store, data ?? file('data')),
    ...DEFAULTS,
    log: 'info',
    limits: limitsOf({}),
  };
}

async function keptTls(file: (name: string) => string, listen: string): Promise<ServeConfig['tls']> {
  if (!(await exists(file('server.pem')))) {
    const { createDevTls } = await import('../coordinator/tls.js');
    const made = await createDevTls([parseAddress(listen).host]);
    await writeFile(file('ca.pem'), made.caPem);
    await writeFile(file('server.key'), made.keyPem, { mode: 0o600 });
    await writeFile(file('server.pem'), made.certPem);
  }
  return {
    certPem: readText(file('server.pem')),
    keyPem: readText(file('server.key')),
  };
}

async function keptKey(path: string): Promise<Uint8Array> {
  if (!(await exists(path))) writeIdentity(path, systemRandom(32), { overwrite: false });
  return readIdentity(path);
}

async function kept(path: string, make: () => string): Promise<string> {
  if (!(await exists(path))) await writeFile(path, make(), { mode: 0o600 });
  return readText(path);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
