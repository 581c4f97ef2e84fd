/** `suite: auto`: complete for few and where no ring holds, else a ring; what is signed is the choice, and never fewer colluders. */
import { describe, expect, test } from '@jest/globals';
import { beaconExtension } from '../../src/protocol/beacon.js';
import { chooseSuite, completeTask, parseTaskSpec, type TaskSpecInput } from '../../src/operator/index.js';

const auto = (changes: Partial<TaskSpecInput>) =>
  parseTaskSpec({
    ...{ name: 'survey', suite: 'auto', participants: 'enrolled' },
    vectors: [{ name: 'x', length: 4, clip: 1 }],
    ...changes,
  });

describe('suite: auto', () => {
  test.each([
    [{ maxParticipants: 3 }, 'masking/complete', '3 participants'],
    [{ maxParticipants: 100, maxColluders: 10 }, 'masking/complete', 'everybody masks with everybody'],
    [
      { maxParticipants: 1000, maxColluders: 100 },
      'masking/ring',
      'stands 100 that collude and 150 that drop out',
    ],
    [{ maxParticipants: 1000, maxColluders: 100, minSurvivors: 900 }, 'masking/ring', '146 neighbours'],
    [{ maxParticipants: 300, maxColluders: 99 }, 'masking/complete', 'no ring of 300 stands 99'],
    [{ maxParticipants: 1000, maxColluders: 333, minSurvivors: 700 }, 'masking/complete', 'no ring of 1000'],
  ])('%j: %s, %s', (changes, suite, why) => {
    const spec = auto(changes);
    const chosen = chooseSuite(spec, changes.maxParticipants);
    expect(chosen).toMatchObject({ suite, why: expect.stringContaining(why) });
    const { task } = completeTask(spec, null);
    expect(task.suite).toBe(suite);
    expect(task.maxColluders).toBe('maxColluders' in changes ? changes.maxColluders : 1);
    if ('minSurvivors' in changes) expect(task.minSurvivors).toBe(changes.minSurvivors);
    else if (suite === 'masking/ring') expect(task.minSurvivors).toBe(850);
  });

  test('colluders that the author left open are a third, ring or not', () => {
    expect(completeTask(auto({ maxParticipants: 1000 }), null).task.maxColluders).toBe(333);
    expect(chooseSuite(auto({ maxParticipants: 100_000 }), 100_000)?.suite).toBe('masking/complete');
  });

  test('with a beacon: a ring that only a beacon makes possible; where there is no ring the task names none', () => {
    const beacon = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971';
    const load = { maxColluders: 60, minSurvivors: 270 };
    const chosen = (maxParticipants: number, changes: Partial<TaskSpecInput>) => {
      const { task } = completeTask(auto({ maxParticipants, ...changes }), null);
      return [task.suite, task.critical];
    };
    expect(chosen(300, load)).toEqual(['masking/complete', []]);
    expect(chosen(300, { ...load, beacon })).toEqual(['masking/ring', [beaconExtension(beacon)]]);
    expect(chosen(50, { beacon })).toEqual(['masking/complete', []]);
  });

  test('another suite is the author’s choice', () => {
    expect(chooseSuite(auto({ suite: 'masking/ring' }), 10)).toBeNull();
  });
});
