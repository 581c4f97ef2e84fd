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

test('--json of a ring has every key, also when there is none', () => {
  const { status, stdout, stderr } = plan(
    '--participants 10000 --adversarial 0.1 --dropout 0.1 --rule ring --length 1000 --bits 30 --json',
  );
  expect([status, stderr]).toEqual([0, '']);
  const planned = JSON.parse(stdout);
  expect(planned).toMatchObject({
    ...{ feasible: true, rule: 'ring', suite: 'masking/ring', refused: null },
    ...{ k: 174, t: 82, w: 87, h: 57, committee: { m: 176, q: 129 } },
    failure: { privacyBits: expect.any(Number), correctnessBits: expect.any(Number) },
    perParticipant: {
      ...{ uploadBytes: expect.any(Number), downloadBytes: expect.any(Number) },
      maskSeconds: expect.any(Number),
    },
    coordinator: { uploadBytes: expect.any(Number), unmaskSeconds: expect.any(Number) },
  });
  const refused = plan('--participants 1000 --adversarial 0.5 --dropout 0.5 --rule semi-malicious --json');
  expect([refused.status, refused.stderr]).toEqual([1, '']);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    ...{ feasible: false, rule: 'semi-malicious', k: null, t: null, w: null, h: null, committee: null },
    ...{
      failure: null,
      perParticipant: null,
      coordinator: null,
      refused: expect.stringMatching(/possible is/),
    },
  });
});

test.each([
  ['--participants 100', 'masking/complete', '100 participants: everybody masks with everybody'],
  ['--participants 1000 --adversarial 0.1 --dropout 0.1', 'masking/ring', 'a ring on which each masks with'],
  ['--participants 1000 --adversarial 0.3 --dropout 0.3', 'masking/complete', 'no ring of 1000 stands'],
])('--suite auto, with %s: %s, and why', (flags, suite, why) => {
  const { stdout, stderr } = plan(`${flags} --suite auto`);
  expect(stdout).toContain(suite);
  expect(stderr).toContain(`suite ${suite}: `);
  expect(stderr).toContain(why);
  expect(JSON.parse(plan(`${flags} --suite auto --json`).stdout)).toMatchObject({ suite });
});

test('--suite auto with a beacon: a ring that only a beacon makes possible; no beacon where there is no ring', () => {
  const load = '--participants 300 --adversarial 0.2 --dropout 0.1 --suite auto';
  const [without, withBeacon] = ['', ' --beacon'].map((flag) => plan(`${load}${flag} --json`));
  expect(JSON.parse(without?.stdout ?? '')).toMatchObject({ suite: 'masking/complete' });
  expect(JSON.parse(withBeacon?.stdout ?? '')).toMatchObject({
    ...{ suite: 'masking/ring', beacon: true, feasible: true, k: 104 },
  });
  const { status, stdout } = plan('--participants 50 --suite auto --beacon --json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ suite: 'masking/complete', beacon: false });
});

test('the suite follows from the rule, and the rule from the suite', () => {
  for (const flags of ['--suite masking/ring', '--rule ring --suite masking/ring', '--rule ring'])
    expect(JSON.parse(plan(`--participants 500 --max-colluders 20 ${flags} --json`).stdout)).toMatchObject({
      ...{ rule: 'ring', suite: 'masking/ring', maxColluders: 20 },
    });
});

test('in words on stdout, also what is refused', () => {
  const { status, stdout } = plan('--participants 10 --dropout 0.5');
  expect(status).toBe(1);
  expect(stdout).toMatch(/^masking\/complete: cannot be run: 5 of 10 may drop out/);
  expect(stdout).toMatch(/^rule +k +t +w +h .*\nmasking\/complete +.* cannot be met\ncurious /m);
  expect(plan('--participants 10 --suite ckks/sumkey').stdout).not.toContain('curious');
});

test.each([
  ['--participants many', '--participants'],
  ['--participants 10 --dropout 1', 'a rate from 0 to below 1'],
  ['--participants 10 --max-abs 0', '--max-abs'],
  ['--participants 10 --precision x', '--precision'],
  ['--participants 10 --suite masking', '--suite: suite masking is not one'],
  ['--length 5', '--participants'],
  ['--participants 10 --rule honest', 'Allowed choices are curious, semi-malicious, ring'],
  ['--participants 10 --rule ring --suite masking/complete', '--rule: is of suite masking/ring'],
  ['--participants 10 --rule curious --beacon', '--beacon: is for --rule ring'],
  ['--participants 10 --beacon', '--beacon: is for --rule ring'],
  ['--participants 10 --adversarial -0.1', 'a rate from 0 to below 1'],
])('bad flags: %s', (flags, text) => {
  const { status, stdout, stderr } = plan(flags);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('blindsum: USAGE: ');
  expect(stderr).toContain(text);
});
