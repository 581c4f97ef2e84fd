/** What an operator does to a coordinator that runs: exchanges tokens and certificates, without a restart. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDevTls } from '../../src/coordinator/tls.js';
import { type Background, lineOf, run, runJson, start } from '../helpers/cli.js';

let folder: string;
let service: Background;
let address: string;
const log: Record<string, unknown>[] = [];
const file = (name: string): string => join(folder, name);

const CONFIG = `listen: 127.0.0.1:0
tls: { certificate: dev/server.pem, key: dev/server.key }
coordinatorKey: dev/coordinator.key
organiser: dev/organiser.pub
operatorTokens: operator-tokens
`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-operate-'));
  log.length = 0;
  const first = start(['serve', '--dev', 'dev', '--listen', '127.0.0.1:0', '--json'], { cwd: folder });
  await lineOf(first, 'stdout', /"listening"/);
  first.process.kill('SIGTERM');
  expect((await first.done).code).toBe(0);
  await runJson(['token', 'create', '--name', 'alice', '--out', 'alice.token', '--add', 'operator-tokens'], {
    cwd: folder,
  });
  // As an editor may leave it: the last line has no end.
  await writeFile(file('operator-tokens'), (await readFile(file('operator-tokens'), 'utf8')).trimEnd());
  await writeFile(file('blindsum.yaml'), CONFIG);
  service = start(['serve', '--config', 'blindsum.yaml', '--json'], { cwd: folder });
  createInterface({ input: service.process.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    log.push(JSON.parse(line) as Record<string, unknown>);
  });
  ({ listening: address } = JSON.parse(await lineOf(service, 'stdout', /"listening"/)) as {
    listening: string;
  });
});
afterEach(async () => {
  service.process.kill('SIGTERM');
  const { code } = await service.done;
  await rm(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

const list = (token: string, trust = 'dev/trust.yaml') =>
  run(['task', 'list', '--json', '--coordinator', address, '--trust', trust, '--token-file', token], {
    cwd: folder,
  });

async function logged(msg: string, what: string): Promise<Record<string, unknown>> {
  for (;;) {
    const index = log.findIndex((line) => line['msg'] === msg && line['what'] === what);
    if (index >= 0) return log.splice(index, 1)[0] as Record<string, unknown>;
    await sleep(50);
  }
}

test('a token is exchanged and taken back; the old certificate gives way to a good one, not to a bad one', async () => {
  expect((await list('alice.token')).code).toBe(0);
  // The new token beside the old one, then the old one taken out.
  await runJson(['token', 'create', '--name', 'alice', '--out', 'new.token', '--add', 'operator-tokens'], {
    cwd: folder,
  });
  expect(await logged('reloaded', 'operator tokens')).toMatchObject({ tokens: 2 });
  expect([(await list('alice.token')).code, (await list('new.token')).code]).toEqual([0, 0]);
  const [, second] = (await readFile(file('operator-tokens'), 'utf8')).split('\n');
  await writeFile(file('operator-tokens'), `${second}\n`);
  await logged('reloaded', 'operator tokens');
  const refused = await list('alice.token');
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain('UNAUTHENTICATED');
  expect((await list('new.token')).code).toBe(0);
  await appendFile(file('operator-tokens'), 'nonsense\n');
  const { reason } = await logged('not reloaded: what was read before stays in use', 'operator tokens');
  expect(reason).toMatch(/operator-tokens: line 2: expected a name/);
  expect((await list('new.token')).code).toBe(0);

  const made = await createDevTls([]);
  await writeFile(file('dev/server.pem'), made.certPem);
  await logged('not reloaded: what was read before stays in use', 'TLS certificate');
  expect((await list('new.token')).code).toBe(0);
  await writeFile(file('dev/server.key'), made.keyPem);
  const fields = await logged('reloaded', 'TLS certificate');
  expect(Date.parse(String(fields['expires']))).toBeGreaterThan(Date.now());
  expect((await list('new.token')).stdout).toContain('TLS_MISMATCH');
  await writeFile(file('dev/ca.pem'), made.caPem);
  expect((await list('new.token')).code).toBe(0);
  service.process.kill('SIGHUP');
  await logged('reloaded', 'TLS certificate');

  // What the operator changed is on record, under the name of the token.
  const as = ['--coordinator', address, '--trust', 'dev/trust.yaml', '--token-file', 'new.token'];
  await runJson(['keygen', '--out', 'a.key'], { cwd: folder });
  await runJson(['enrol', 'revoke', '--organiser', 'dev/organiser.key', '--participant', 'a.pub', ...as], {
    cwd: folder,
  });
  const actions = await runJson<{ actor: string; action: string; detail: { outcome: string } }[]>(
    ['actions', 'list', ...as],
    { cwd: folder },
  );
  expect(actions.map(({ actor, action, detail }) => [actor, action, detail.outcome])).toEqual([
    ['alice', 'PutRevocation', 'done'],
  ]);

  const everything = JSON.stringify([log, actions]);
  for (const name of ['alice.token', 'new.token']) {
    expect(everything).not.toContain((await readFile(file(name), 'utf8')).trim());
  }
});
