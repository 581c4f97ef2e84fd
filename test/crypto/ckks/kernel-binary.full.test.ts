// The kernel's bytes are kept in the repository, so that building needs no compiler for it. Here it is compiled again.
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

test('the bytes in the repository are what the source compiles to', () => {
  const script = fileURLToPath(new URL('../../../scripts/build-kernel.mjs', import.meta.url));
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toMatch(/^\d+ bytes\n$/);
});
