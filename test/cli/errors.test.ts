/** How an error of the system reads on the command line. */
import { expect, test } from '@jest/globals';
import { openSync, writeSync } from 'node:fs';
import { errorLine, exitCodeOf } from '../../src/cli/errors.js';

/** Of a file that takes nothing any more; by its handle, as streams of records are written. */
function fullDisk(): unknown {
  const file = openSync('/dev/full', 'w');
  try {
    writeSync(file, 'x');
  } catch (error) {
    return error;
  }
  throw new Error('/dev/full took a byte');
}

test('a disk that is full is told as that, also where the system names no file', () => {
  const error = fullDisk();
  expect(errorLine(error)).toEqual({
    code: 'UNREADABLE_FILE',
    fault: 'environment',
    message: 'a file cannot be written: the disk is full',
  });
  expect(exitCodeOf(error)).toBe(3);
});
