/** `blindsum simulate` as a program: what it prints, and how it exits. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { withoutPackages } from '../../helpers/without-packages.js';

const MAIN = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));

function simulateWith(env: Readonly<Record<string, string>>, ...flags: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'simulate', ...flags], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return { status, stdout, stderr };
}
const simulate = (...flags: string[]) => simulateWith({}, ...flags);

const count = expect.any(Number);

describe('blindsum simulate', () => {
  test('--json: one document of this form on stdout, nothing on stderr, exit 0', () => {
    const { status, stdout, stderr } = simulate(
      ...'--participants 10 --length 200 --bits 16 --dropout 0.2 --seed s --json'.split(' '),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const report = JSON.parse(stdout);
    expect(report).toEqual({
      participants: 10,
      length: 200,
      suite: 'masking/complete',
      survivors: 8,
      dropped: { r0: 0, r1: 0, r2: 2, r3: 0, r4: 0 },
      exact: true,
      maxAbsError: 0,
      errorBound: 0,
      aborted: null,
      sharedVerification: false,
      secondsAlone: null,
      seconds: { clientShare: count, clientMask: count, coordinatorUnmask: count, total: count },
      protocolBytes: { up: count, down: count },
      uploadBytesPerParticipant: count,
      uploadBytesPerCoordinate: 2,
      peakRssBytes: count,
    });
    for (const value of [...Object.values(report.seconds), ...Object.values(report.protocolBytes)])
      expect(value).toBeGreaterThan(0);
    expect(report.uploadBytesPerParticipant).toBeGreaterThan(400);
    expect(report.peakRssBytes).toBeGreaterThan(1e7);
  });

  test('a ring of forty: exact, and as many neighbours as it takes', () => {
    const { status, stdout } = simulate(
      ...'--suite masking/ring --participants 40 --length 30 --dropout 0.05 --json'.split(' '),
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      suite: 'masking/ring',
      survivors: 38,
      exact: true,
      maxAbsError: 0,
    });
  });

  test('no ring: the refusal says where its colluders and losses come from, and so does --help', () => {
    const { status, stderr } = simulate(
      ...'--suite masking/ring --participants 40 --length 10 --dropout 0.1'.split(' '),
    );
    const plan = /plan(s|ned) for a tenth that collude, and a twentieth more that drop out than vanish/;
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/USE_COMPLETE: .* 4 may collude and 6 drop out.* \(simulate plans/);
    expect(stderr).toMatch(plan);
    expect(simulate('--help').stdout).toMatch(plan);
  });

  test('--suite auto: the suite for so many, and why', () => {
    const { status, stdout, stderr } = simulate(...'--suite auto --participants 3 --length 2'.split(' '));
    expect(status).toBe(0);
    expect(stderr).toContain('suite masking/complete: 3 participants: everybody masks with everybody');
    expect(stdout).toContain('masking/complete');
  });

  test('cohorts: one document of this form on stdout, exit 0', () => {
    const { status, stdout, stderr } = simulate(
      ...'--cohorts 3 --participants 3 --length 20 --max-weight 5 --json'.split(' '),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const bytes = { up: count, down: count };
    const nobody = { r0: 0, r1: 0, r2: 0, r3: 0, r4: 0 };
    expect(JSON.parse(stdout)).toEqual({
      ...{ cohorts: 3, participants: 3, length: 20, suite: 'masking/complete', survivors: 9 },
      ...{ cohortsInSum: 3, weight: count, abortedCohorts: {}, exact: true, aborted: null },
      dropped: { participants: nobody, delegates: nobody },
      seconds: { cohortMedian: count, cohortLongest: count, parent: count, total: count },
      ...{ protocolBytes: bytes, parentBytes: bytes, peakRssBytes: count },
    });
  });

  test('a cohort of too few: no sum, exit 1, the reason for people', () => {
    const { status, stdout } = simulate(...'--cohorts 3 --participants 3 --dropout r4:1'.split(' '));
    expect(status).toBe(1);
    expect(stdout).toContain('aborted, TOO_FEW_PARTICIPANTS');
    expect(stdout).toContain('3 aborted, TOO_FEW_SHARES');
  });

  test('over TLS', () => {
    const { status, stdout } = simulate(
      ...'--participants 5 --length 100 --dropout r3:1 --transport grpc --json'.split(' '),
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ exact: true, survivors: 5, dropped: { r3: 1 } });
  });

  test('a dropout that cannot be survived: the reason, exit 1', () => {
    const flags = '--participants 6 --dropout r1:1,r2:2'.split(' ');
    const json = simulate(...flags, '--json');
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      exact: false,
      survivors: 0,
      aborted: { code: 'TOO_FEW_SURVIVORS', message: expect.stringContaining('4 are needed') },
    });
    const text = simulate(...flags);
    expect(text.status).toBe(1);
    expect(text.stdout).toContain('aborted, TOO_FEW_SURVIVORS');
  });

  test('for people: what was asked and what came of it', () => {
    const { status, stdout } = simulate('--participants', '4', '--length', '10');
    expect(status).toBe(0);
    expect(stdout).toContain('masking/complete, 4 participants, 10 coordinates');
    expect(stdout).toContain('sum of 4 inputs, every integer as expected');
  });

  test('ckks/sumkey: how close every coordinate came', () => {
    const { status, stdout } = simulate(
      ...'--suite ckks/sumkey --participants 4 --length 10 --dropout 0.25'.split(' '),
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/sum of 3 inputs, every coordinate within \d\.\de-1\d of the expected one/);
  });

  test('slots without node-seal: what to install, exit 3; coefficients need nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'blindsum-simulate-'));
    const env = withoutPackages('node-seal', folder);
    const flags = '--suite ckks/sumkey --participants 3 --length 10'.split(' ');
    const refused = simulateWith(env, ...flags, '--encoding', 'slots');
    expect(refused).toMatchObject({ status: 3, stdout: '' });
    expect(refused.stderr).toContain('MISSING_PACKAGE');
    expect(refused.stderr).toContain('npm install node-seal');
    expect(simulateWith(env, ...flags).status).toBe(0);
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['--bits', '24', '--suite', 'ckks/sumkey'],
    ['--encoding', 'slots'],
    ['--max-weight', '5', '--suite', 'ckks/sumkey'],
    ['--cohorts', '3', '--suite', 'ckks/sumkey'],
    ['--cohort-dropout', '1'],
    ['--cohort-dropout', '4', '--cohorts', '3'],
    ['--encoding', 'bytes', '--suite', 'ckks/sumkey'],
  ])('%s %s %s %s: not for this suite, exit 2', (...flags) => {
    const { status, stdout, stderr } = simulate(...flags);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(flags[0]);
  });

  test.each([
    ['--participants', '2'],
    ['--participants', 'many'],
    ['--participants', '1001'],
    ['--suite', 'test/plain'],
    ['--bits', '0'],
    ['--bits', '33'],
    ['--bits', '4'],
    ['--cohorts', '2'],
    ['--cohorts', '0'],
    ['--max-weight', '0'],
    ['--length', '0'],
    ['--length', '1.5'],
    ['--dropout', 'r9:1'],
    ['--dropout', '1.1'],
    ['--transport', 'pigeon'],
  ])('%s %s: one line that names the flag, exit 2', (flag, value) => {
    const { status, stdout, stderr } = simulate(flag, value);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')[0]).toContain(flag);
  });

  test('--help shows an example', () => {
    const { status, stdout } = simulate('--help');
    expect(status).toBe(0);
    expect(stdout).toContain(
      'blindsum simulate --participants 50 --length 100000 --dropout 0.1 --transport grpc',
    );
  });
});
