import { describe, expect, test } from '@jest/globals';
import { manualClock } from '../../src/testing/manual-clock.js';

describe('manualClock', () => {
  test('timers fire in the order of their times, also those set on the way', () => {
    const clock = manualClock(1000);
    const fired: string[] = [];
    const log = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
    clock.setTimer(30, log('c'));
    clock.setTimer(10, () => {
      log('a')();
      clock.setTimer(5, log('b'));
    });
    clock.setTimer(31, log('later'));
    clock.setTimer(30, log('d'));
    clock.advance(30);
    expect(fired).toEqual(['a@1010', 'b@1015', 'c@1030', 'd@1030']);
    expect(clock.now()).toBe(1030);
    expect(clock.pending()).toBe(1);
  });

  test('a cancelled timer does not fire; time does not go back', () => {
    const clock = manualClock();
    clock
      .setTimer(1, () => {
        throw new Error('fired');
      })
      .cancel();
    clock.advance(10);
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(clock.pending()).toBe(0);
  });

  test('sleep ends when its time has come, or at once when aborted', async () => {
    const clock = manualClock();
    const ending = new AbortController();
    let woken = 0;
    const sleeps = [
      clock.sleep(100).then(() => (woken += 1)),
      clock.sleep(1e9, ending.signal).then(() => (woken += 1)),
      clock.sleep(1e9, AbortSignal.abort()).then(() => (woken += 1)),
    ];
    clock.advance(100);
    ending.abort();
    await Promise.all(sleeps);
    expect(woken).toBe(3);
    expect(clock.pending()).toBe(0);
  });
});
