/** The command as it was built, for scripts that measure with it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../stamp.mjs';

/** @param flags of which none has a space in it, with --json @returns what it printed, also of what cannot be done */
export async function blindsum(flags) {
  const args = [join(root, 'dist/src/cli/main.js'), ...flags.split(' ')];
  try {
    return JSON.parse((await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 })).stdout);
  } catch (error) {
    // Exit status 1: an answer all the same.
    if (error.code !== 1) throw error;
    return JSON.parse(error.stdout);
  }
}
