/** An auditor's day, from the outside: a coordinator that keeps what it was sent, archives of it, and what the audit says of them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding, Verdict } from '../../src/audit/index.js';
import { type DevCoordinator, type Place, run, runJson, serveDev } from '../helpers/cli.js';
import { allWait, contribute, createSumTask, NAMES, sumsOf } from '../helpers/contributors.js';

type Audit = Verdict & { readonly warnings: readonly Finding[]; readonly manifest: string | null };

let folder: string;
let coordinator: DevCoordinator;
let session: string;
let cancelled: string;
const file = (name: string): string => join(folder, name);
const place = (env: Place['env'] = {}): Place => ({ cwd: folder, env: { ...coordinator.env, ...env } });
const auditor = () => place({ BLINDSUM_TOKEN_FILE: file('dpo.token') });
/** Without a connection or a trust file. */
const alone = (): Place => ({ cwd: folder });

const TRUST = ['--trust', 'dev/trust.yaml'];
const verify = (args: readonly string[], where = alone()) =>
  run(['audit', 'verify', ...args, '--json'], where);

async function audit(
  args: readonly string[],
  where = alone(),
): Promise<Audit & { readonly code: number | null }> {
  const { code, stdout } = await verify(args, where);
  return { code, ...(JSON.parse(stdout) as Audit) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-audit-'));
  const token = ['token', 'create', '--name', 'dpo', '--role', 'auditor', '--out', 'dpo.token'];
  await runJson([...token, '--add', 'tokens'], alone());
  coordinator = await serveDev(folder, [], undefined, {
    env: { BLINDSUM_SERVE_ESCROW: 'on', BLINDSUM_SERVE_OPERATOR_TOKENS: 'tokens' },
  });
  const inputs = [
    [1, 2, 3],
    [10, 20, 30],
    [7, 7, 7],
  ];
  const taskId = await createSumTask(inputs, place());
  const clients = NAMES.map((name) => contribute(name, taskId, place()));
  await allWait(clients);
  const open = ['session', 'open', '--task', taskId];
  ({ sessionId: session } = await runJson<{ sessionId: string }>(open, place()));
  expect(await sumsOf(clients, place())).toEqual(Array(3).fill([18, 29, 40]));
  ({ sessionId: cancelled } = await runJson<{ sessionId: string }>(open, place()));
  await runJson(['session', 'cancel', cancelled], place());
});
afterAll(async () => {
  await coordinator.stop();
  await rm(folder, { recursive: true });
});

test('a coordinator that runs: all of its log holds', async () => {
  const { code, findings, warnings, totals, manifest } = await audit([], auditor());
  expect([code, findings, warnings, manifest]).toEqual([0, [], [], null]);
  expect(totals).toMatchObject({ sessions: 2, closed: 1, aborted: 1, participants: 3 });
});

test('an archive says the same, offline; in words, session by session', async () => {
  await runJson(['session', 'export', '--all', '--out', 'all.tar.gz'], auditor());
  const { code, findings, warnings, totals, manifest } = await audit(['all.tar.gz', ...TRUST]);
  expect([code, findings, warnings]).toEqual([0, [], []]);
  expect(totals).toMatchObject({ sessions: 2, closed: 1, aborted: 1 });
  expect(manifest).toMatch(/^[0-9a-f]{64}$/);
  const { stdout } = await run(['audit', 'verify', 'all.tar.gz', ...TRUST], alone());
  expect(stdout).toMatch(/holds in 2 +V1 +signatures and membership/);
  expect(stdout).toContain(`${session.slice(0, 16)}  session 1 of task`);
  expect(stdout).toContain('aborted in r0: CANCELLED');
  expect(stdout).toMatch(/All that was checked holds\.\n$/);
});

test('the report of it is a file that says so; who took part is in the copy for the auditor only', async () => {
  const order = ['audit', 'report', 'all.tar.gz', ...TRUST, '--out', 'report.html'];
  expect(await runJson(order, alone())).toMatchObject({
    report: 'report.html',
    copy: 'dpo',
    holds: true,
    findings: 0,
  });
  const [dpo, auditors] = [await readFile(file('report.html'), 'utf8'), await reportFor('auditor')];
  const names = /<code>[0-9a-f]{64}<\/code>/g;
  expect(dpo).toContain('learned the sums and nothing more');
  expect(auditors.match(names)?.length).toBe((dpo.match(names)?.length ?? 0) + NAMES.length);
  const nowhere = await run([...order.slice(0, -1), 'nowhere/report.html'], alone());
  expect([nowhere.code, nowhere.stderr]).toEqual([
    3,
    expect.stringContaining('nowhere/report.html cannot be written: no such file or folder'),
  ]);
  // An audit that cannot be tried leaves the report that is there.
  const untried = await run(['audit', 'report', 'nowhere', '--out', 'report.html'], alone());
  expect([untried.code, await readFile(file('report.html'), 'utf8')]).toEqual([3, auditors]);
  expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);

  async function reportFor(copy: string): Promise<string> {
    await runJson([...order, '--copy', copy], alone());
    return readFile(file('report.html'), 'utf8');
  }
});

test('a witness that the coordinator does not know is told so', async () => {
  await run(['keygen', '--out', 'witness.key'], alone());
  const order = ['witness', '--identity', 'witness.key', '--name', 'w', '--state', 'w.state', '--once'];
  const { code, stderr } = await run(order, place());
  expect([code, stderr]).toEqual([1, expect.stringContaining('no witness with this key')]);
});

test('one session, or one task; nothing is written over', async () => {
  const one = ['session', 'export', session.slice(0, 12), '--out', 'one'];
  expect(await runJson(one, place())).toMatchObject({ sessions: 1, scope: { kind: 'session', session } });
  expect(await audit(['one', ...TRUST])).toMatchObject({ code: 0, findings: [], totals: { sessions: 1 } });
  const again = await run(one, place());
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('one is not empty')]);
  const both = await run(['session', 'export', session, '--all', '--out', 'both'], place());
  expect(both.code).toBe(2);
});

test('receipts that participants kept fit the log; one that was changed does not', async () => {
  for (const name of NAMES)
    await runJson(
      ['receipt', 'export', '--journal', `${name}.key.journal`, '--out', `receipts/${name}`],
      alone(),
    );
  const kept = await audit(['all.tar.gz', ...TRUST, '--receipts', 'receipts']);
  expect([kept.code, kept.findings, kept.receipts?.check.state]).toEqual([0, [], 'holds']);
  expect(kept.receipts).toMatchObject({ sessions: 1, verified: kept.receipts?.files });
  const path = `receipts/b/${session}/result.tlog-proof`;
  const text = await readFile(file(path), 'utf8');
  await writeFile(file(path), text.replace(/^index 20$/m, 'index 19'));
  const { code, findings } = await audit(['all.tar.gz', ...TRUST, '--receipts', 'receipts']);
  expect([code, findings.map((finding) => `${finding.code} ${finding.place}`)]).toEqual([
    ...[1, [`BAD_RECEIPT b/${session}/result.tlog-proof`]],
  ]);
});

describe('escrow', () => {
  test('for auditors only, and on record; the sum is computed again', async () => {
    const order = ['escrow', 'export', session, '--out', 'escrow/one'];
    const refused = await run(order, place());
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--role auditor')]);
    await runJson(order, auditor());
    const { code, findings, sessions, totals } = await audit(['one', ...TRUST, '--escrow', 'escrow']);
    expect([code, findings, totals.replayed]).toEqual([0, [], 1]);
    expect(sessions[0]?.checks).toMatchObject({ V10: { state: 'holds' }, V11: { state: 'holds' } });
    await runJson(['session', 'export', cancelled, '--out', 'without'], place());
    const others = await verify(['without', ...TRUST, '--escrow', 'escrow']);
    expect([others.code, others.stderr]).toEqual([
      3,
      expect.stringContaining(`of no session that is audited here, but of ${session.slice(0, 16)}`),
    ]);
    const cancel = await run(['session', 'cancel', session], auditor());
    expect([cancel.code, cancel.stderr]).toEqual([1, expect.stringContaining('only reads')]);
    const actions = await runJson<{ actor: string; action: string; detail: { outcome: string } }[]>(
      ['actions', 'list'],
      auditor(),
    );
    expect(actions.slice(0, 3).map(({ actor, action, detail }) => [actor, action, detail.outcome])).toEqual([
      ['dpo', 'CancelSession', 'FORBIDDEN'],
      ['dpo', 'ExportEscrow', 'done'],
      ['operator', 'ExportEscrow', 'FORBIDDEN'],
    ]);
  });

  test('an upload that is another one is found', async () => {
    const bytes = await readFile(file('escrow/one'));
    await mkdir(file('changed'));
    await writeFile(
      file('changed/escrow'),
      bytes.map((byte, at) => (at === bytes.length - 200 ? byte ^ 1 : byte)),
    );
    const { code, findings } = await audit(['one', ...TRUST, '--escrow', 'changed']);
    expect([code, findings.map((finding) => finding.code)]).toEqual([
      1,
      expect.arrayContaining(['ESCROW_MISMATCH']),
    ]);
  });
});

describe('what does not hold, and what cannot be tried', () => {
  test('a byte of a transcript: the file and the record; in words what it means', async () => {
    await cp(file('one'), file('bad'), { recursive: true });
    const path = `sessions/000001-${session.slice(0, 16)}.transcript`;
    const bytes = await readFile(join(file('bad'), path));
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    await writeFile(join(file('bad'), path), bytes);
    const { code, findings } = await audit(['bad', ...TRUST]);
    expect(code).toBe(1);
    expect(findings.map(({ place: where }) => where)).toEqual(
      expect.arrayContaining([path, expect.stringMatching(/^sessions\/.*, record 20$/)]),
    );
    const { stdout } = await run(['audit', 'verify', 'bad', ...TRUST], alone());
    expect(stdout).toMatch(/FINDING CHANGED_FILE at sessions/);
    expect(stdout).toMatch(/Not all holds: \d+ findings/);
  });

  test('keys: without a trust file it says so, with those of others nothing holds', async () => {
    const without = await audit(['one']);
    expect([without.code, without.findings, without.warnings.map(({ code }) => code)]).toEqual([
      ...[0, [], ['ANCHORS_NOT_CHECKED']],
    ]);
    const own = await audit(['one', '--trust', 'one/trust.yaml']);
    expect([own.code, own.findings, own.warnings]).toEqual([0, [], []]);
    const trust = await readFile(file('dev/trust.yaml'), 'utf8');
    const key = (await readFile(file('a.pub'), 'utf8')).trim();
    await writeFile(
      file('others.yaml'),
      trust.replace(/^coordinator: .*$/m, `coordinator: ${key}`).replace('ca.pem', 'dev/ca.pem'),
    );
    const others = await audit(['one', '--trust', 'others.yaml']);
    expect([others.code, others.findings.map(({ code }) => code)]).toEqual([
      ...[1, expect.arrayContaining(['OTHER_KEYS', 'WRONG_COORDINATOR', 'BAD_CHECKPOINT'])],
    ]);
  });

  test('a policy that the sessions do not meet', async () => {
    await writeFile(file('policy.yaml'), 'minParticipants: 10\n');
    const { code, findings } = await audit(['one', ...TRUST, '--policy', 'policy.yaml']);
    expect([code, findings.map((finding) => finding.code)]).toEqual([1, ['BELOW_POLICY']]);
    await writeFile(file('policy.yaml'), 'minParticipant: 10\n');
    const wrong = await verify(['one', ...TRUST, '--policy', 'policy.yaml']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('policy.yaml: ')]);
  });

  test('a coordinator that refuses is no finding', async () => {
    await writeFile(file('wrong.token'), 'A'.repeat(43));
    const { code, stderr } = await verify([], place({ BLINDSUM_TOKEN_FILE: file('wrong.token') }));
    expect([code, stderr]).toEqual([3, expect.stringContaining('UNAUTHENTICATED')]);
  });

  test.each([
    [['nowhere'], 3, 'nowhere: no such file'],
    [['dev'], 3, 'dev is not an archive of transcripts'],
    [['a.key'], 3, 'a.key is not a whole tar file'],
    [['one', '--trust', 'nowhere.yaml'], 3, 'nowhere.yaml'],
    [['one', '--receipts', 'dev'], 3, 'there are no receipts in dev'],
    [['one', '--escrow', 'dev'], 3, 'there is no escrow in dev'],
    [[], 2, 'give an archive'],
  ])('%j: exit %d, %s', async (args, code, message) => {
    const tried = await verify(args);
    expect([tried.code, tried.stderr]).toEqual([code, expect.stringContaining(message)]);
  });
});
