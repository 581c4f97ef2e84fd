/** The main job, from the outside: real processes, TLS, and two deaths. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';

import { chooseParameters } from '../../crypto/ckks/parameters.js';
import type { Finding, Verdict } from '../../src/audit/index.js';
import type { DemoResult, DemoSession } from '../../src/cli/demo/result.js';
import { decodeModel } from '../../src/learning/index.js';
import { lineOf, run, runJson, start } from '../helpers/cli.js';
import { withoutPackages } from '../helpers/without-packages.js';

jest.setTimeout(240_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Their temporary folders are below `folder`, so that what is left there is theirs. */
const place = () => ({ cwd: folder, env: { TMPDIR: folder } });
const demo = (...flags: string[]): Promise<DemoResult> => runJson<DemoResult>(['demo', ...flags], place());
const leftovers = (): string[] => readdirSync(folder).filter((name) => name.startsWith('blindsum-demo-'));
const droppedIn = (sessions: readonly DemoSession[]) => sessions.flatMap(({ dropped }) => dropped);

function expectExact({ preparation, sessions }: DemoResult): void {
  for (const { maxAbsErrorVsPlain } of preparation) expect(maxAbsErrorVsPlain).toBeLessThanOrEqual(1e-6);
  for (const { maxAbsErrorVsPlain } of sessions) expect(maxAbsErrorVsPlain).toBeLessThanOrEqual(1e-4);
  for (const { seconds, uploadBytesPerParticipant } of [...preparation, ...sessions]) {
    expect(seconds).toBeGreaterThan(0);
    expect(uploadBytesPerParticipant).toBeGreaterThan(0);
  }
}

type Audit = Verdict & { readonly warnings: readonly Finding[] };

/** An audit of the archive finds nothing in it. */
async function expectAudited(path: string, receipts: string, sessions: number): Promise<void> {
  const audit = await runJson<Audit>(['audit', 'verify', path, '--receipts', receipts], place());
  expect(audit.findings).toEqual([]);
  expect(audit.warnings.map(({ code }) => code)).toContain('ANCHORS_NOT_CHECKED');
  expect(audit.totals).toMatchObject({ sessions, closed: sessions, errors: 0 });
  expect(audit.receipts).toMatchObject({ sessions, verified: audit.receipts?.files });
}

test('by default: five hospitals, ten sessions, one killed before and one after its masked input', async () => {
  const result = await demo('--out', 'transcripts', '--save', 'model.bin');
  expectExact(result);
  expect(Object.keys(result)).toEqual(['preparation', 'sessions', 'accuracy']);
  expect(result.preparation).toMatchObject([{ number: 1, roster: 5, survivors: 5, dropped: [] }]);
  expect(result.sessions.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(droppedIn(result.sessions)).toEqual([
    { participant: 'hospital-2', round: 'r2', inSum: false },
    { participant: 'hospital-4', round: 'r3', inSum: true },
  ]);
  // Killed participants are back in the next session.
  expect(result.sessions.map(({ roster }) => roster)).toEqual(Array(10).fill(5));
  expect(result.sessions.map(({ survivors }) => survivors)).toEqual([5, 5, 4, 5, 5, 5, 5, 5, 5, 5]);

  const { blindsum, plainFederated, pooled, largestHospitalAlone } = result.accuracy;
  expect(blindsum).toBeGreaterThanOrEqual(0.95);
  expect(Math.abs(blindsum - plainFederated)).toBeLessThanOrEqual(0.02);
  expect(result.sessions.at(-1)?.accuracy).toBe(blindsum);
  for (const accuracy of [pooled, largestHospitalAlone]) expect(accuracy).toBeGreaterThan(0.8);

  expect(readdirSync(join(folder, 'transcripts', 'sessions'))).toHaveLength(11);
  await expectAudited('transcripts', 'transcripts-receipts', 11);
  const { model, meta } = await decodeModel(readFileSync(join(folder, 'model.bin')));
  expect(meta).toMatchObject({ step: 11, attempt: 1 });
  model.dispose();
  expect(leftovers()).toEqual([]);
});

test('another seed, nobody killed: the same as plain federated averaging', async () => {
  const result = await demo('--seed', '7', '--kill', 'none');
  expectExact(result);
  expect(droppedIn(result.sessions)).toEqual([]);
  expect(result.accuracy.blindsum).toBeGreaterThanOrEqual(0.93);
  expect(Math.abs(result.accuracy.blindsum - result.accuracy.plainFederated)).toBeLessThanOrEqual(0.01);
});

test('three participants: nobody is killed; text for people, on stderr while it runs and on stdout at the end', async () => {
  const { code, stdout, stderr } = await run(['demo', '--participants', '3', '--sessions', '2'], place());
  expect(code).toBe(0);
  expect(stderr).toContain('nobody is killed');
  expect(stderr).toMatch(/session +2 +3 of 3 in the sum/);
  expect(stdout).toMatch(/blindsum +9\d\.\d %/);
  expect(stdout).toContain('What the coordinator received from hospital-1');
});

test('one point only', async () => {
  const result = await demo('--participants', '4', '--sessions', '2', '--kill', 'r3');
  expectExact(result);
  expect(droppedIn(result.sessions)).toEqual([{ participant: 'hospital-3', round: 'r3', inSum: true }]);
  expect(result.sessions.map(({ survivors }) => survivors)).toEqual([4, 4]);
});

test('floats under keys that add up: one dies with its input in the sum, the model is that of plain averaging', async () => {
  const flags = ['--participants', '4', '--sessions', '2', '--kill', 'r3', '--out', 'encrypted.tar.gz'];
  const result = await demo('--suite', 'ckks/sumkey', ...flags);
  expectExact(result);
  expect(droppedIn(result.sessions)).toEqual([{ participant: 'hospital-3', round: 'r3', inSum: true }]);
  // A weighted change is at most 2 times 500 patients; of the mean the error is smaller than of the sum.
  const choice = chooseParameters({ participants: 4, maxAbs: 1000, precision: 1 });
  const bound = choice.chosen ? choice.errorBound : NaN;
  for (const { maxAbsErrorVsPlain } of result.sessions) expect(maxAbsErrorVsPlain).toBeLessThanOrEqual(bound);
  for (const { maxAbsErrorVsPlain } of result.preparation)
    expect(maxAbsErrorVsPlain).toBeLessThanOrEqual(1e-9);
  await expectAudited('encrypted.tar.gz', 'encrypted-receipts', 3);
  expect(Math.abs(result.accuracy.blindsum - result.accuracy.plainFederated)).toBeLessThanOrEqual(0.01);
});

test.each([
  ['--participants', '2'],
  ['--participants', '5.5'],
  ['--sessions', '0'],
  ['--seed', 'x'],
  ['--kill', 'r4'],
  ['--participants', '3', '--kill', 'r2'],
  ['--sessions', '1', '--kill', 'r2,r3'],
  ['--unknown'],
  ['--suite', 'ckks'],
])('wrong flags: %s %s', async (...flags) => {
  const { code, stdout, stderr } = await run(['demo', ...flags], place());
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).not.toBe('');
});

test('a file that cannot be written is told before anything starts', async () => {
  const { code, stderr } = await run(['demo', '--save', join('nowhere', 'model.bin')], place());
  expect([code, stderr]).toEqual([3, expect.stringContaining('UNREADABLE_FILE: --save')]);
  writeFileSync(join(folder, 'a-file'), '');
  for (const out of ['a-file', join('a-file', 'transcripts')]) {
    const refused = await run(['demo', '--out', out], place());
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('UNREADABLE_FILE: --out')]);
  }
});

test('without TensorFlow.js it says what to install', async () => {
  const env = { TMPDIR: folder, ...withoutPackages('@tensorflow/', folder) };
  const { code, stdout, stderr } = await run(['demo'], { cwd: folder, env });
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('MISSING_PACKAGE: @tensorflow/tfjs-core is not installed; run: npm install');
});

/** Processes of this demo: their arguments name the files that are forked. */
function children(parent: number | undefined): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.trim().split(/\s+/)[1] === String(parent));
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends everything, cleanly', async (signal) => {
  const background = start(['demo'], place());
  await lineOf(background, 'stderr', /^preparation/);
  const before = children(background.process.pid);
  expect(before.length).toBeGreaterThanOrEqual(6);
  background.process.kill(signal);
  const { code, stderr } = await background.done;
  expect(code).toBe(130);
  expect(stderr).toContain('CANCELLED');
  expect(before.map((line) => Number(line.trim().split(/\s+/)[0])).filter(isRunning)).toEqual([]);
  expect(leftovers()).toEqual([]);
});

test('SIGINT while a killed hospital starts anew ends everything, cleanly', async () => {
  const background = start(['demo'], place());
  await lineOf(background, 'stderr', /hospital-2 killed/);
  background.process.kill('SIGINT');
  const { code, stderr } = await background.done;
  expect(code).toBe(130);
  expect(stderr).toContain('CANCELLED');
  expect(stderr).not.toMatch(/^ +at /m);
  expect(leftovers()).toEqual([]);
});

test('when the parent is killed no child lives on and no folder stays', async () => {
  const background = start(['demo'], place());
  await lineOf(background, 'stderr', /^preparation/);
  const before = children(background.process.pid).map((line) => Number(line.trim().split(/\s+/)[0]));
  background.process.kill('SIGKILL');
  for (let i = 0; i < 200 && (before.some(isRunning) || leftovers().length > 0); i += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(before.filter(isRunning)).toEqual([]);
  expect(leftovers()).toEqual([]);
});

test('a participant that dies unasked ends the demo with an error that names it', async () => {
  const background = start(['demo', '--kill', 'none'], place());
  await lineOf(background, 'stderr', /^preparation/);
  const victim = children(background.process.pid).find((line) => line.includes('participant-process'));
  process.kill(Number(victim?.trim().split(/\s+/)[0]), 'SIGKILL');
  const { code, stderr } = await background.done;
  expect(code).toBe(3);
  expect(stderr).toMatch(/hospital-\d ended \(SIGKILL\)/);
  expect(leftovers()).toEqual([]);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
