// The flag by which a coordinator searches its heap less often is V8's own, and may go with a version of Node.
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HEAP_GROWTH_FLAG } from '../../src/cli/heap-growth.js';

test('this Node knows it', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--v8-options']);
  const [name] = HEAP_GROWTH_FLAG.split('=');
  expect(stdout).toContain(`${name} (`);
});
