/** Who cannot wait does not stand in the line: nobody is called in its stead. */
import { expect, test } from '@jest/globals';
import { WaitingLine } from '../../src/coordinator/waiting-line.js';
import { manualClock, settle } from './manual-clock.js';

test.each([
  ['has no time', 0, undefined],
  ['has gone already', 1000, AbortSignal.abort()],
])('who %s goes on at once', async (_, ms, signal) => {
  const clock = manualClock();
  const line = new WaitingLine(clock);
  const went: string[] = [];
  void line.wait(ms, signal).then(() => went.push('at once'));
  void line.wait(1000).then(() => went.push('called'));
  await settle();
  expect(went).toEqual(['at once']);
  expect(clock.pending).toBe(1);
  line.callNext();
  await settle();
  expect(went).toEqual(['at once', 'called']);
  expect(clock.pending).toBe(0);
});
