// deploy/plan-1e6.md is what the script makes of the measured rates, and nobody's edit.
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test('the plan for a million is what the script makes of the rates', () => {
  const made = execFileSync(process.execPath, [at('scripts/plan-million.mjs')], { encoding: 'utf8' });
  expect(readFileSync(at('deploy/plan-1e6.md'), 'utf8')).toBe(made);
});
