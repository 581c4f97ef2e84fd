/** What a participant reads while it waits. */
import { afterEach, expect, jest, test } from '@jest/globals';
import { showProgress } from '../../src/cli/contribute-progress.js';
import { createOutput } from '../../src/cli/output.js';

afterEach(() => {
  jest.restoreAllMocks();
});

test.each([false, true])('why it joins no session of a restored coordinator (--json: %s)', async (json) => {
  const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const progress = await showProgress(createOutput(json));
  progress.event({ type: 'passedOver', session: '00'.repeat(32), number: 3, last: 4 });
  progress.stop();
  expect(written.mock.calls).toEqual([
    [
      'session 3 was announced, but this participant has already joined session 4 of the task: it joins only later ones (was the coordinator restored from a backup? make a new task)\n',
    ],
  ]);
});
