/** The figures in the README are those of docs/*.json. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { fitPower } from '../../../scripts/lib/figures/growth.mjs';

const SCRIPT = fileURLToPath(new URL('../../../scripts/figures.mjs', import.meta.url));

test('tables and plots are what the measured data give', () => {
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('a power law is found again', () => {
  const { exponent, factor } = fitPower([1, 10, 50].map((x) => [x, 3 * x ** 1.5] as const));
  expect(exponent).toBeCloseTo(1.5, 10);
  expect(factor).toBeCloseTo(3, 10);
});
