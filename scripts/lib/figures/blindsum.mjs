/** The command as it was built, for scripts that measure with it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../stamp.mjs';

/** @param flags of which none has a space in it, with --json @returns what it printed */
export async function blindsum(flags) {
  const args = [join(root, 'dist/src/cli/main.js'), ...flags.split(' ')];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}
