/** For `serve --dev`: makes what is missing in a folder and keeps what is there, so that a restarted coordinator keeps its keys. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { toHex } from '../../../crypto/bytes.js';
import { systemRandom } from '../../../crypto/random.js';
import { identityFromSeed } from '../../../crypto/signature.js';
import { readText } from '../../client/node/files.js';
import { readIdentity, writeIdentity, writePublicKey } from '../../client/node/key-files.js';
import { parseAddress } from '../../rpc/address.js';
import type { Given } from './layers.js';

/** What the files in `folder` are called, as a configuration. */
export function devSettings(folder: string): Given[] {
  const origin = { where: folder, folder };
  const given = (value: string, ...path: string[]): Given => ({ path, value, origin });
  return [
    given('server.pem', 'tls', 'certificate'),
    given('server.key', 'tls', 'key'),
    given('coordinator.key', 'coordinatorKey'),
    given('organiser.pub', 'organiser'),
    given('operator.token', 'operatorTokenFile'),
    given('.', 'data'),
  ];
}

/** @param listen the certificate is also for this host @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG */
export async function prepareDev(folder: string, listen: string, isInsecure: boolean): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(folder, name);
  const coordinatorSeed = await keptKey(file('coordinator.key'));
  const organiser = identityFromSeed(await keptKey(file('organiser.key'))).publicKey;
  writePublicKey(file('organiser.pub'), organiser);
  await kept(file('operator.token'), () => `${Buffer.from(systemRandom(32)).toString('base64url')}\n`);
  if (!isInsecure) await keptTls(file, listen);
  const trust = {
    organiser: toHex(organiser),
    coordinator: toHex(identityFromSeed(coordinatorSeed).publicKey),
    ...(isInsecure ? {} : { caFile: 'ca.pem' }),
    policy: { datasets: { default: 'default' }, evolving: true },
  };
  await kept(file('trust.yaml'), () => stringify(trust));
}

async function keptTls(file: (name: string) => string, listen: string): Promise<void> {
  if (await exists(file('server.pem'))) return;
  const { createDevTls } = await import('../../coordinator/tls.js');
  const made = await createDevTls([parseAddress(listen).host]);
  await writeFile(file('ca.pem'), made.caPem);
  await writeFile(file('server.key'), made.keyPem, { mode: 0o600 });
  await writeFile(file('server.pem'), made.certPem);
}

async function keptKey(path: string): Promise<Uint8Array> {
  if (!(await exists(path))) writeIdentity(path, systemRandom(32), { overwrite: false });
  return readIdentity(path);
}

async function kept(path: string, make: () => string): Promise<void> {
  if (!(await exists(path))) await writeFile(path, make(), { mode: 0o600 });
  // Found now rather than by the first who needs it.
  readText(path);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
