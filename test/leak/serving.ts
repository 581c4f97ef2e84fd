/**
 * A real `serve` process, configured by its YAML as the runbook says, at its finest log level and with traces; and every
 * secret that it or its participants have, in every spelling.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '../../crypto/bytes.js';
import { systemRandom } from '../../crypto/random.js';
import { identityFromSeed } from '../../crypto/signature.js';
import { createClient } from '../../src/client/client.js';
import { createMemoryJournal } from '../../src/client/memory-journal.js';
import {
  createGrpcTransport,
  createTokenSource,
  loadTrust,
  readIdentity,
  writePublicKey,
} from '../../src/client/node/index.js';
import { type Signer, signerFromSeed } from '../../src/protocol/signed.js';
import { lineOf, runJson, serveDev, start } from '../helpers/cli.js';
import { DRAW } from './recorded-session.js';
import { textForms } from './representations.js';
import { WindowIndex } from './window-index.js';

const CONFIG = `listen: 127.0.0.1:0
tls: { certificate: dev/server.pem, key: dev/server.key }
coordinatorKey: dev/coordinator.key
organiser: dev/organiser.pub
operatorTokenFile: dev/operator.token
log: debug
`;
const TASK = `name: t
participants: [0.pub, 1.pub, 2.pub]
vectors: [{ name: x, length: 8, clip: 100 }]
`;

export interface Serving {
  readonly address: string;
  readonly caPem: string;
  readonly operatorToken: string;
  readonly coordinatorKey: Uint8Array;
  readonly participants: readonly Signer[];
  readonly secrets: WindowIndex;
  /** A session of all three. @returns the task's id */
  session(): Promise<string>;
  /** @returns all that the process wrote */
  stop(): Promise<string>;
}

/** Keys and configuration in `folder`, with the line `more`. */
export async function prepare(folder: string, more = ''): Promise<void> {
  const dev = await serveDev(folder);
  await dev.stop();
  writeFileSync(join(folder, 'blindsum.yaml'), CONFIG + more);
}

/** What `prepare` made, as a running process. */
export async function serving(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
  const service = start(['serve', '--config', 'blindsum.yaml', '--json'], { cwd: folder, env });
  const ready = await lineOf(service, 'stdout', /"listening"/);
  const { listening: address } = JSON.parse(ready) as { listening: string };
  const operatorToken = read('dev/operator.token');
  const secrets = new WindowIndex().add('operator token', utf8(operatorToken));
  secrets.add('TLS key', utf8(read('dev/server.key').split('\n').slice(1, -1).join('\n')));
  const addBytes = (label: string, secret: Uint8Array): void => {
    for (const { bytes } of textForms(secret)) secrets.add(label, bytes);
  };
  for (const name of ['coordinator', 'organiser'])
    addBytes(`seed of the ${name}`, readIdentity(join(folder, `dev/${name}.key`)));
  const seeds = [0, 1, 2].map(() => systemRandom(32));
  const participants = seeds.map((seed, index) => {
    addBytes(`seed of ${index}`, seed);
    const { publicKey } = identityFromSeed(seed);
    writePublicKey(join(folder, `${index}.pub`), publicKey);
    return signerFromSeed(seed, publicKey);
  });
  const trust = loadTrust(join(folder, 'dev/trust.yaml'));
  const coordinatorKey = trust.anchors.coordinator;
  const connection = {
    BLINDSUM_COORDINATOR: address,
    BLINDSUM_TRUST: 'dev/trust.yaml',
    BLINDSUM_TOKEN_FILE: 'dev/operator.token',
  };
  const operate = <T>(...args: readonly string[]): Promise<T> =>
    runJson<T>(args, { cwd: folder, env: connection });

  async function contribute(task: string, index: number): Promise<void> {
    const identity = participants[index] as Signer;
    const source = createTokenSource({ signer: identity, coordinatorKey });
    const token = async (): Promise<string> => {
      const made = await source();
      secrets.add(`token of ${index}`, utf8(made.slice(made.lastIndexOf('.'))));
      return made;
    };
    const ca = read('dev/ca.pem');
    const transport = createGrpcTransport({ coordinator: address, ca, token, certificate: null });
    let drawn = 0;
    const random = (count: number): Uint8Array => {
      const bytes = systemRandom(count);
      if (drawn !== DRAW.nonce) addBytes(`draw ${drawn} of ${index}`, bytes);
      drawn += 1;
      return bytes;
    };
    const journal = createMemoryJournal();
    const client = createClient({ transport, journal, trust, identity, certificate: null, random });
    const values = Array.from({ length: 8 }, () => (systemRandom(1)[0] ?? 0) / 2.56);
    secrets.add(`values of ${index}`, utf8(values.join(',')));
    await client.contribute({ task, vectors: { x: values } });
    transport.close();
  }

  return {
    address,
    caPem: read('dev/ca.pem'),
    operatorToken,
    coordinatorKey,
    participants,
    secrets,
    async session() {
      writeFileSync(join(folder, 'task.yaml'), TASK);
      const spec = ['--spec', 'task.yaml', '--organiser', 'dev/organiser.key'];
      const { taskId } = await operate<{ taskId: string }>('task', 'create', ...spec);
      const contributions = [0, 1, 2].map((index) => contribute(taskId, index));
      await operate('session', 'open', '--task', taskId);
      await Promise.all(contributions);
      return taskId;
    },
    async stop() {
      service.process.kill('SIGTERM');
      const { stdout, stderr } = await service.done;
      return `${stdout}\n${stderr}`;
    },
  };
}
