// The kernels' bytes are kept in the repository, so that building needs no compiler for it. Here they are compiled again.
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

test('the bytes in the repository are what the sources compile to', () => {
  const script = fileURLToPath(new URL('../../scripts/build-kernel.mjs', import.meta.url));
  const printed = execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(printed).toMatch(
    /^crypto\/ckks: \d+ bytes\ncrypto\/hmac-kernel: \d+ bytes\ncrypto\/mask-engine: \d+ bytes\ncrypto\/sharing-kernel: \d+ bytes\n$/,
  );
});
