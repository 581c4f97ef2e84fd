/**
 * Bad input at the command line: each gets one clear line with a code, and a non-zero exit. Wrong uploads, chunks and
 * participant tokens cannot be made with the command line: test/coordinator and test/rpc have those.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Background,
  type DevCoordinator,
  type Finished,
  lineOf,
  run,
  runJson,
  serveDev,
  start,
} from '../helpers/cli.js';

const NUMPY = fileURLToPath(new URL('../interop/numpy/', import.meta.url));
const VECTOR = '{ name: x, length: 4, clip: 10 }';

let folder: string;
let coordinator: DevCoordinator;
let task: string;

const place = (env: Readonly<Record<string, string>> = {}) => ({
  cwd: folder,
  env: { ...coordinator.env, ...env },
});
const blindsum = (args: string, env: Readonly<Record<string, string>> = {}) =>
  run(args.split(' '), place(env));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-bad-input-'));
  coordinator = await serveDev(folder);
  for (const name of ['a', 'b', 'c', 'd']) await runJson(['keygen', '--out', `${name}.key`], place());
  await writeFile(join(folder, 'x.json'), '[1, 2, 3, 4]');
  task = await create(`name: t\nparticipants: [a.pub, b.pub, c.pub]\nmaxWeight: 10\nvectors: [${VECTOR}]\n`);
});

afterAll(async () => {
  await coordinator.stop();
  await rm(folder, { recursive: true, force: true });
});

async function create(spec: string): Promise<string> {
  await writeFile(join(folder, 'task.yaml'), spec);
  return (
    await runJson<{ taskId: string }>(
      ['task', 'create', '--spec', 'task.yaml', '--organiser', 'dev/organiser.key'],
      place(),
    )
  ).taskId;
}

function expectRefusal({ code, stderr }: Finished, errorCode: string, exitCode: number, text: RegExp): void {
  const lines = stderr.split('\n').filter((line) => line.startsWith('blindsum: '));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(new RegExp(`^blindsum: ${errorCode}: `));
  expect(lines[0]).toMatch(text);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(exitCode);
}

/** No session is opened: what is wrong is refused before one is waited for. */
async function contribute(args: string, id = task): Promise<Finished> {
  const finished = await blindsum(`contribute --task ${id} --identity a.key ${args}`);
  expect(finished.stderr).not.toMatch(/waiting for a session/);
  return finished;
}

const waiting = async (id: string, key: string, rest = ''): Promise<Background> => {
  const args = `contribute --task ${id} --identity ${key} --input x.json --weight 1${rest}`;
  const client = start(args.split(' '), place());
  await lineOf(client, 'stderr', /waiting for a session/);
  return client;
};

const open = async (id: string): Promise<string> =>
  (await runJson<{ sessionId: string }>(['session', 'open', '--task', id], place())).sessionId;

describe('the vectors of a participant', () => {
  test('a vector of the wrong length', async () => {
    await writeFile(join(folder, 'short.json'), '[1, 2, 3]');
    expectRefusal(
      await contribute('--input short.json --weight 1'),
      'WRONG_LENGTH',
      2,
      /3 coordinates, the task says 4/,
    );
  });

  test('NaN', async () => {
    await writeFile(join(folder, 'nan.f32'), new Uint8Array(Float32Array.of(1, Number.NaN, 3, 4).buffer));
    expectRefusal(
      await contribute('--input nan.f32 --weight 1'),
      'NOT_FINITE',
      2,
      /coordinate 1 is NaN or infinite/,
    );
  });

  test('a value over the clip, which is not shown', async () => {
    await writeFile(join(folder, 'large.json'), '[1, 2, 98765, 4]');
    const finished = await contribute('--input large.json --weight 1');
    expectRefusal(finished, 'OVER_CLIP', 2, /coordinate 2 exceeds the clip of 10/);
    expect(finished.stderr).not.toContain('98765');
  });

  test('a negative weight, one over the maximum, and none', async () => {
    for (const weight of ['--weight -1', '--weight 11', '--weight 1.5', '--weight many']) {
      expectRefusal(await contribute(`--input x.json ${weight}`), 'BAD_WEIGHT', 2, /integer from 0 to 10/);
    }
    expectRefusal(await contribute('--input x.json'), 'BAD_WEIGHT', 2, /integer from 0 to 10/);
  });

  test('an unreadable .npy, a missing file, an unknown format', async () => {
    await copyFile(join(NUMPY, 'object.npy'), join(folder, 'object.npy'));
    await writeFile(join(folder, 'cut.npy'), (await readFile(join(NUMPY, 'f8-1d.npy'))).subarray(0, 100));
    expectRefusal(
      await contribute('--input object.npy --weight 1'),
      'UNREADABLE_VECTOR_FILE',
      2,
      /object\.npy/,
    );
    expectRefusal(await contribute('--input cut.npy --weight 1'), 'UNREADABLE_VECTOR_FILE', 2, /cut\.npy/);
    expectRefusal(
      await contribute('--input none.npy --weight 1'),
      'UNREADABLE_VECTOR_FILE',
      3,
      /no such file/,
    );
    expectRefusal(await contribute('--input x.csv --weight 1'), 'UNREADABLE_VECTOR_FILE', 2, /\.npy/);
  });

  test('a vector that the task does not have', async () => {
    expectRefusal(await contribute('--input y=x.json --weight 1'), 'MISSING_VECTOR', 2, /named x/);
    expectRefusal(await contribute('--input x=x.json y=x.json --weight 1'), 'MISSING_VECTOR', 2, /y/);
  });

  test('a place where the sum cannot be written', async () => {
    await mkdir(join(folder, 'folder.npy'), { recursive: true });
    for (const [flags, text] of [
      ['--output sum.csv', /--output sum\.csv: the name must end in/],
      ['--mean none/mean.npy', /--mean none\/mean\.npy: the folder none: no such file or folder/],
      ['--output x.json/sum.npy', /x\.json is not a folder/],
      ['--output folder.npy', /it is a folder/],
      ['--output same.npy --mean ./same.npy', /the same file/],
    ] as const)
      expectRefusal(await contribute(`--input x.json --weight 1 ${flags}`), 'USAGE', 2, text);
  });
});

describe('tasks and sessions', () => {
  const createBad = async (spec: string): Promise<Finished> => {
    await writeFile(join(folder, 'bad.yaml'), spec);
    return blindsum('task create --spec bad.yaml --organiser dev/organiser.key');
  };

  test('a task that could wrap, with the bits it needs', async () => {
    const three = 'name: t\nparticipants: [a.pub, b.pub, c.pub]\n';
    const wraps = await createBad(`${three}vectors: [{ name: x, length: 4, clip: 1000, scale: 1048576 }]\n`);
    expectRefusal(wraps, 'WOULD_WRAP', 2, /needs 33 bits/);
    const narrow = await createBad(
      `${three}vectors: [{ name: x, length: 4, clip: 100, scale: 100, bits: 8 }]\n`,
    );
    expectRefusal(narrow, 'WOULD_WRAP', 2, /needs 16 bits but has 8/);
  });

  test('a task of ckks/sumkey that cannot be met, with what could; keys of the other suite', async () => {
    const three = (vector: string, suite = 'ckks/sumkey') =>
      createBad(
        `name: t\nsuite: ${suite}\nparticipants: [a.pub, b.pub, c.pub]\nvectors: [{ name: x, length: 4, clip: 10, ${vector} }]\n`,
      );
    expectRefusal(await three('precision: 1e-19'), 'WOULD_WRAP', 2, /possible is a precision of 2\.2e-14/);
    expectRefusal(await three('bits: 32'), 'BAD_CONFIG', 2, /vector x: bits must be 60 or 54/);
    expectRefusal(
      await three('precision: 0.1', 'masking/complete'),
      'BAD_CONFIG',
      2,
      /precision is for suite ckks\/sumkey/,
    );
  });

  test('fewer than 3 participants', async () => {
    const two = await createBad(`name: t\nparticipants: [a.pub, b.pub]\nvectors: [${VECTOR}]\n`);
    expectRefusal(two, 'TOO_FEW_PARTICIPANTS', 2, /at least 3 are needed, not 2/);
    const enrolled = await create(
      `name: nobody\nparticipants: enrolled\nmaxParticipants: 5\nvectors: [${VECTOR}]\n`,
    );
    expectRefusal(
      await blindsum(`session open --task ${enrolled}`),
      'TOO_FEW_PARTICIPANTS',
      2,
      /0|participants/,
    );
  });

  test('a key that the spec does not have, and YAML that is none', async () => {
    const unknown = await createBad(
      `name: t\nparticipants: [a.pub, b.pub, c.pub]\nvector: []\nvectors: [${VECTOR}]\n`,
    );
    expectRefusal(unknown, 'BAD_CONFIG', 2, /vector/);
    const missing = await createBad(`name: t\nvectors: [${VECTOR}]\n`);
    expectRefusal(missing, 'BAD_CONFIG', 2, /participants is missing/);
    expectRefusal(await createBad('name: [unclosed\n'), 'BAD_CONFIG', 2, /bad\.yaml/);
  });

  test('an organiser whom the coordinator does not know', async () => {
    await writeFile(
      join(folder, 'bad.yaml'),
      `name: t\nparticipants: [a.pub, b.pub, c.pub]\nvectors: [${VECTOR}]\n`,
    );
    expectRefusal(
      await blindsum('task create --spec bad.yaml --organiser d.key'),
      'WRONG_ORGANISER',
      1,
      /sign/,
    );
  });
});

describe('the end of a command', () => {
  test('an interrupt is 130; a session that the operator cancelled is 1', async () => {
    const first = await waiting(task, 'a.key');
    first.process.kill('SIGINT');
    expectRefusal(await first.done, 'CANCELLED', 130, /interrupted$/);

    const second = await waiting(task, 'a.key');
    const session = await open(task);
    await lineOf(second, 'stderr', /joined/);
    const watching = start(['session', 'watch', session], place());
    await lineOf(watching, 'stdout', /^r0 joined 1\/3, \d+ s left$/);
    const interrupted = start(['session', 'watch', session], place());
    await lineOf(interrupted, 'stdout', /joined/);
    interrupted.process.kill('SIGINT');
    expectRefusal(await interrupted.done, 'CANCELLED', 130, /interrupted$/);
    await blindsum(`session cancel ${session}`);
    expectRefusal(await second.done, 'CANCELLED', 1, /the session aborted/);
    expect((await watching.done).code).toBe(1);
    expectRefusal(await blindsum(`session result ${session}`), 'CANCELLED', 1, /the session aborted/);
  });

  test('output that nobody reads', async () => {
    for (const stream of ['stdout', 'stderr'] as const) {
      const child = start(['session', 'list'], { ...place(), env: { ...place().env, BLINDSUM_TRUST: '' } });
      child.process[stream]?.destroy();
      const { stdout, stderr, code } = await child.done;
      expect(stdout + stderr).not.toMatch(/EPIPE|\n\s+at /);
      expect(code).toBe(2);
    }
    const listed = start(['session', 'list'], place());
    listed.process.stdout?.destroy();
    expect(await listed.done).toMatchObject({ code: 0, stderr: '' });
  });

  test('files: one line, the path once', async () => {
    expectRefusal(await blindsum('keygen --out a.key'), 'USAGE', 2, /a\.key: exists already \(--force/);
    expectRefusal(await blindsum('keygen --out no/b.key'), 'UNREADABLE_FILE', 3, /: no\/b\.key: no such/);
    expectRefusal(await blindsum('serve --dev x.json'), 'UNREADABLE_FILE', 3, /: x\.json: exists already$/);
    expectRefusal(
      await blindsum(`session open --task ${task} --join 500ms`),
      'USAGE',
      2,
      /--join.*1s to 30d/,
    );
  });

  test('a task that participants will refuse', async () => {
    await writeFile(
      join(folder, 'weak.yaml'),
      `name: t\nparticipants: [a.pub, b.pub, c.pub]\nmaxColluders: 2\nvectors: [${VECTOR}]\n`,
    );
    const args = ['task', 'create', '--spec', 'weak.yaml', '--organiser', 'dev/organiser.key'];
    expect((await run(args, place())).stderr).toMatch(/warning: participants with the default policy/);
    const { warnings } = await runJson<{ warnings: string[] }>(args, place());
    expect(warnings).toHaveLength(3);
    expect(warnings[1]).toMatch(/of the same data set label has maxColluders 1, this one 2/);
  });
});

describe('who takes part', () => {
  let enrolled: string;
  beforeAll(async () => {
    enrolled = await create(
      `name: enrolled\nparticipants: enrolled\nmaxParticipants: 5\nscope: { kind: evolving }\nvectors: [${VECTOR}]\n`,
    );
  });
  const enrol = (organiser: string, flags = '') =>
    blindsum(`enrol --organiser ${organiser} --participant a.pub --out a.cert${flags}`);
  const join_ = (cert = 'a') =>
    blindsum(
      `contribute --task ${enrolled} --identity ${cert}.key --cert ${cert}.cert --input x.json --answers-input`,
    );

  test('a file for an evolving task that nobody says was made from its input', async () => {
    const finished = await blindsum(`contribute --task ${enrolled} --identity a.key --input x.json`);
    expectRefusal(finished, 'BELOW_POLICY', 2, /--answers-input/);
  });

  test('an expired certificate', async () => {
    await enrol('dev/organiser.key', ' --valid 1ms');
    expectRefusal(await join_(), 'CERTIFICATE_EXPIRED', 1, /period of validity/);
  });

  test('a certificate of an organiser nobody knows', async () => {
    await enrol('d.key');
    expectRefusal(await join_(), 'CERTIFICATE_UNKNOWN', 1, /not signed by the organiser/);
  });

  test('a revoked certificate', async () => {
    await runJson(['keygen', '--out', 'revoked.key'], place());
    await blindsum('enrol --organiser dev/organiser.key --participant revoked.pub --out revoked.cert');
    await blindsum('enrol revoke --organiser dev/organiser.key --participant revoked.pub');
    const finished = await join_('revoked');
    expectRefusal(finished, 'CERTIFICATE_REVOKED', 1, /revoked/);
  });

  test('an identity that the task does not list', async () => {
    const finished = await blindsum(`contribute --task ${task} --identity d.key --input x.json --weight 1`);
    expectRefusal(finished, 'CERTIFICATE_UNKNOWN', 1, /certificate/);
  });

  test('a journal that another process holds, and an identity that joins twice', async () => {
    const args = ['contribute', '--task', task, '--identity', 'a.key', '--input', 'x.json', '--weight', '1'];
    const first = start(args, place());
    await lineOf(first, 'stderr', /waiting/);
    expectRefusal(await run(args, place()), 'JOURNAL_LOCKED', 3, /a\.key\.journal/);
    const second = start([...args, '--journal', 'other.journal'], place());
    await lineOf(second, 'stderr', /waiting/);
    const { sessionId } = await runJson<{ sessionId: string }>(['session', 'open', '--task', task], place());
    const late = await Promise.race([first.done, second.done]);
    expectRefusal(late, 'CONFLICT', 1, /another message/);
    await run(['session', 'cancel', sessionId], place());
    await Promise.all([first.done, second.done]);
  });
});

describe('connection and trust', () => {
  const contributeWith = (env: Readonly<Record<string, string>>) =>
    blindsum(`contribute --task ${task} --identity b.key --input x.json --weight 1`, env);
  const trustWith = async (name: string, change: (trust: string) => string): Promise<string> => {
    await writeFile(
      join(folder, 'dev', name),
      change(await readFile(join(folder, 'dev', 'trust.yaml'), 'utf8')),
    );
    return join(folder, 'dev', name);
  };

  test('no trust file: says how to get one', async () => {
    const { BLINDSUM_TRUST: _, ...env } = coordinator.env;
    const finished = await run(['contribute', '--task', task, '--identity', 'b.key', '--input', 'x.json'], {
      cwd: folder,
      env,
    });
    expectRefusal(finished, 'NO_TRUST', 2, /organiser/);
  });

  test('a trust file with a mistake: names the key', async () => {
    const trust = await trustWith('bad-trust.yaml', (text) =>
      text.replace('policy:', 'policy:\n  minHonset: 5'),
    );
    expectRefusal(await contributeWith({ BLINDSUM_TRUST: trust }), 'BAD_CONFIG', 2, /minHonset/);
  });

  test('a coordinator key that is not the pinned one', async () => {
    const other = (await readFile(join(folder, 'd.pub'), 'utf8')).trim().split(':')[1] as string;
    const trust = await trustWith('other-key.yaml', (text) =>
      text.replace(/coordinator: .*/, `coordinator: ${other}`),
    );
    expectRefusal(
      await contributeWith({ BLINDSUM_TRUST: trust }),
      'WRONG_COORDINATOR|UNAUTHENTICATED',
      1,
      /coordinator/,
    );
  });

  test('a policy above the numbers of the task', async () => {
    const trust = await trustWith('strict.yaml', (text) =>
      text.replace('policy:', 'policy:\n  minParticipants: 10'),
    );
    const client = start(
      ['contribute', '--task', task, '--identity', 'b.key', '--input', 'x.json', '--weight', '1'],
      place({ BLINDSUM_TRUST: trust }),
    );
    await lineOf(client, 'stderr', /waiting/);
    const { sessionId } = await runJson<{ sessionId: string }>(['session', 'open', '--task', task], place());
    expectRefusal(await client.done, 'BELOW_POLICY', 1, /3 is below the policy's 10/);
    await run(['session', 'cancel', sessionId], place());
  });

  test('a TLS certificate of another CA', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'blindsum-other-'));
    const other = await serveDev(elsewhere);
    try {
      const finished = await contributeWith({ BLINDSUM_COORDINATOR: other.address });
      expectRefusal(finished, 'TLS_MISMATCH', 3, /certificate/);
    } finally {
      await other.stop();
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  test('a forged operator token', async () => {
    await writeFile(join(folder, 'forged.token'), 'x'.repeat(43));
    const finished = await blindsum('task list', { BLINDSUM_TOKEN_FILE: join(folder, 'forged.token') });
    expectRefusal(finished, 'UNAUTHENTICATED', 1, /token/);
  });

  test('a port in use', async () => {
    const finished = await run(['serve', '--dev', 'dev2', '--listen', coordinator.address], place());
    expectRefusal(finished, 'PORT_IN_USE', 3, new RegExp(coordinator.address.split(':')[1] as string));
  });

  test('an unknown task', async () => {
    const finished = await blindsum(`contribute --task ${'0'.repeat(64)} --identity b.key --input x.json`);
    expectRefusal(finished, 'UNKNOWN_TASK', 2, /task/);
  });

  test('plaintext beyond loopback', async () => {
    const finished = await run(['serve', '--dev', 'dev3', '--listen', '0.0.0.0:0', '--insecure'], place());
    expectRefusal(finished, 'BAD_CONFIG', 2, /loopback/);
  });
});
