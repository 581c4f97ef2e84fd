/** `blindsum plan` as a program: one document or words, and its exit codes. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));

function plan(flags: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'plan', ...flags.split(' ')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { status, stdout, stderr };
}

test('--json of what can be run, and of what cannot', () => {
  const { status, stdout, stderr } = plan('--participants 100 --suite ckks/sumkey --dropout 0.2 --json');
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ feasible: true, t: 67, refused: null, ring: { degree: 4096 } });
  const refused = plan('--participants 1000000 --json');
  expect([refused.status, refused.stderr]).toEqual([1, '']);
  expect(JSON.parse(refused.stdout)).toMatchObject({ feasible: false, refused: expect.any(String) });
});

test('in words on stdout, also what is refused', () => {
  const { status, stdout } = plan('--participants 10 --dropout 0.5');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^masking\/complete: cannot be run: 5 of 10 may drop out/);
});

test.each([
  ['--participants many', '--participants'],
  ['--participants 10 --dropout 1', 'a rate from 0 to below 1'],
  ['--participants 10 --max-abs 0', '--max-abs'],
  ['--participants 10 --precision x', '--precision'],
  ['--participants 10 --suite masking', '--suite: suite masking is not one'],
  ['--length 5', '--participants'],
])('bad flags: %s', (flags, text) => {
  const { status, stdout, stderr } = plan(flags);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('blindsum: USAGE: ');
  expect(stderr).toContain(text);
});
