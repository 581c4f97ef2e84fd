/**
 * A witness beside a coordinator, from the outside: receipts that it cosigned, what an audit makes of them, a store that was put
 * back from an older copy, and a log that starts anew.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verdict } from '../../src/audit/index.js';
import { type DevCoordinator, lineOf, type Place, run, runJson, serveDev, start } from '../helpers/cli.js';
import { allWait, contribute, createSumTask, NAMES, sumsOf } from '../helpers/contributors.js';

let folder: string;
let coordinator: DevCoordinator;
let taskId: string;
const ENV = { BLINDSUM_SERVE_WITNESSES: '[{ name: hospital-a, key: witness.pub }]' };
const file = (name: string): string => join(folder, name);
/** The trust file of those who demand a witness. */
const place = (env: Place['env'] = {}): Place => ({
  cwd: folder,
  env: { ...coordinator.env, BLINDSUM_TRUST: file('trust.yaml'), ...env },
});
const WITNESS = ['witness', '--identity', 'witness.key', '--name', 'hospital-a', '--state', 'witness.state'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-witness-'));
  const { publicKey } = await runJson<{ publicKey: string }>(['keygen', '--out', 'witness.key'], {
    cwd: folder,
  });
  coordinator = await serveDev(folder, [], undefined, { env: ENV });
  const made = await readFile(file('dev/trust.yaml'), 'utf8');
  const demanding = made.replace('caFile: ', 'caFile: dev/').replace('policy:', 'policy:\n  minWitnesses: 1');
  await writeFile(file('trust.yaml'), `${demanding}witnesses: [{ name: hospital-a, key: ${publicKey} }]\n`);
});
afterAll(async () => {
  await coordinator.stop();
  await rm(folder, { recursive: true });
});

/** All of them take part in one session. */
async function sumSession(): Promise<{ sessionId: string; first: ReturnType<typeof contribute> }> {
  const clients = NAMES.map((name) => contribute(name, taskId, place()));
  await allWait(clients);
  const { sessionId } = await openSession();
  expect(await sumsOf(clients, place())).toEqual(Array(3).fill([18, 29]));
  return { sessionId, first: clients[0] as ReturnType<typeof contribute> };
}
const openSession = () => runJson<{ sessionId: string }>(['session', 'open', '--task', taskId], place());
/** Without its store, or with the one in `copy`. */
async function startAnew(copy?: string): Promise<void> {
  await coordinator.stop();
  for (const name of await readdir(file('dev')))
    if (name.startsWith('blindsum.sqlite')) await rm(file(`dev/${name}`));
  if (copy !== undefined) await copyFile(file(copy), file('dev/blindsum.sqlite'));
  coordinator = await serveDev(folder, [], undefined, { env: ENV });
}

test('sessions that a witness cosigned, with proofs for everybody', async () => {
  const watching = start([...WITNESS, '--interval', '1s'], place());
  await lineOf(watching, 'stderr', /nothing was logged yet/);
  taskId = await createSumTask(
    [
      [1, 2],
      [10, 20],
      [7, 7],
    ],
    place(),
  );
  const { sessionId, first } = await sumSession();
  const { stderr } = await first.done;
  expect(stderr).toContain(
    "receipt of session 1 kept: entry 0 of the coordinator's log, cosigned by hospital-a",
  );

  watching.process.kill('SIGTERM');
  expect(await watching.done).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^cosigned the log of 1 /),
  });

  for (const name of NAMES)
    await runJson(['receipt', 'export', '--journal', `${name}.key.journal`, '--out', `of-${name}`], place());
  const proofs = ['r0', 'r1', 'r2', 'r3', 'r4', 'result', 'session'].map((name) => `${name}.tlog-proof`);
  expect((await readdir(file(`of-b/${sessionId}`))).sort()).toEqual(proofs);
  await runJson(['session', 'export', '--all', '--out', 'archive'], place());
  const verify = ['audit', 'verify', 'archive', '--trust', 'trust.yaml', '--receipts', 'of-b'];
  const { totals, findings } = await runJson<Verdict>(verify, { cwd: folder });
  expect(findings).toEqual([]);
  expect(totals).toMatchObject({ sessions: 1 });
  const { stdout } = await run(verify, { cwd: folder });
  expect(stdout).toContain('cosigned by hospital-a');
});

test('a second look finds nothing new', async () => {
  expect(await runJson([...WITNESS, '--once'], place())).toEqual({ type: 'unchanged', size: 1 });
  // The coordinator's key is all of a trust file that a witness needs.
  const [, key = ''] = /^coordinator: (\S+)$/m.exec(await readFile(file('trust.yaml'), 'utf8')) ?? [];
  const pinned = [...WITNESS, '--once', '--coordinator-key', key, '--ca', 'dev/ca.pem'];
  expect(await run(pinned, place({ BLINDSUM_TRUST: '' }))).toMatchObject({
    code: 0,
    stdout: 'still 1 in the log\n',
  });
  const organiser = [...pinned.slice(0, -3), 'dev/organiser.pub', ...pinned.slice(-2)];
  expect((await run(organiser, place())).code).not.toBe(0);
});

test('somebody who is not named as a witness is sent away', async () => {
  await runJson(['keygen', '--out', 'other.key'], place());
  const { code, stderr } = await run(
    ['witness', '--identity', 'other.key', '--name', 'other', '--state', 'other.state', '--once'],
    place(),
  );
  expect([code, stderr]).toEqual([1, expect.stringContaining('FORBIDDEN')]);
});

test('a store put back from an older copy: another log of the same size is refused by the witness and by participants', async () => {
  await writeFile(
    file('blindsum.yaml'),
    `tls: { certificate: dev/server.pem, key: dev/server.key }
coordinatorKey: dev/coordinator.key
organiser: dev/organiser.pub
operatorTokenFile: dev/operator.token
data: dev
`,
  );
  await runJson(['store', 'backup', '--config', 'blindsum.yaml', '--out', 'copy.sqlite'], place());
  const watching = start([...WITNESS, '--interval', '1s'], place());
  await lineOf(watching, 'stderr', /still 1 in the log/);
  await sumSession();
  watching.process.kill('SIGTERM');
  expect((await watching.done).stdout).toMatch(/^cosigned the log of 2 /);
  await startAnew('copy.sqlite');
  // In the place of the session that the copy does not have.
  const { sessionId } = await openSession();
  await runJson(['session', 'cancel', sessionId], place());

  const forked: unknown = expect.stringContaining(
    'LOG_FORKED: the log of 2 entries does not continue the one of 2 that was seen last',
  );
  expect(await run([...WITNESS, '--once'], place())).toMatchObject({ code: 1, stdout: '', stderr: forked });
  const client = contribute('a', taskId, place());
  await allWait([client]);
  const next = await openSession();
  expect(await client.done).toMatchObject({ code: 1, stderr: forked });

  for (const journal of ['witness.state', 'a.key.journal']) {
    const forks = ['receipt', 'forks', '--journal', journal];
    const { code, stdout } = await run(forks, place());
    const roots = [...stdout.matchAll(/^blindsum\/log\/\w+\n2\n(\S+)$/gm)].map(([, root]) => root);
    expect([code, new Set(roots).size]).toEqual([1, 2]);
    expect((await run([...forks, '--remove'], place())).code).toBe(0);
    expect((await run(forks, place())).code).toBe(0);
  }
  await runJson(['session', 'cancel', next.sessionId], place());
  expect(await runJson([...WITNESS, '--once'], place())).toMatchObject({ type: 'cosigned', size: 3 });
});

test('a coordinator that begins another log: the witness and participants stay away, with evidence', async () => {
  await startAnew();

  const { code, stderr } = await run([...WITNESS, '--once'], place());
  expect([code, stderr]).toEqual([1, expect.stringContaining('LOG_FORKED')]);
  const evidence = await run(['receipt', 'forks', '--journal', 'witness.state'], place());
  expect([evidence.code, evidence.stdout]).toEqual([1, expect.stringContaining('(an empty log)')]);
  expect(evidence.stdout).toContain('— hospital-a ');
  // Until a person decides otherwise.
  expect((await run([...WITNESS, '--once'], place())).code).toBe(1);
  await runJson(['receipt', 'forks', '--journal', 'witness.state', '--remove'], place());
  expect((await run([...WITNESS, '--once'], place())).code).toBe(0);
});
