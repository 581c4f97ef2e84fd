/** What a plan says: the numbers of the specification, the task's own precision, and what could be met instead. */
import { expect, test } from '@jest/globals';
import { planTask } from '../../../src/cli/plan/plan.js';
import { planText } from '../../../src/cli/plan/text.js';
import type { FeasiblePlan, PlanRequest } from '../../../src/cli/plan/types.js';
import { describeTask } from '../../../src/cli/task-text.js';
import { parseTaskSpec, signTask } from '../../../src/operator/index.js';
import { MAX_PARTS } from '../../../src/rpc/limits.js';
import { participants } from '../../helpers/protocol.js';

const request = (changes: Partial<PlanRequest> = {}): PlanRequest => ({
  suite: 'masking/complete',
  participants: 10,
  dropout: 0,
  length: 1000,
  maxAbs: 1,
  ...changes,
});
const RATES = { coordinatesPerSecond: 1e9, agreementsPerSecond: 1e4 };
const ckks = { suite: 'ckks/sumkey' };

function feasible(changes: Partial<PlanRequest> = {}): FeasiblePlan {
  const plan = planTask(request(changes), RATES);
  if (!plan.feasible) throw new Error(plan.refused);
  return plan;
}

function refused(changes: Partial<PlanRequest>): string {
  const plan = planTask(request(changes), RATES);
  expect(plan).toMatchObject({ feasible: false, rule: 'complete', k: null, t: null, failure: null });
  return plan.refused ?? '';
}

test.each([
  [3, 1, 3],
  [5, 1, 4],
  [10, 3, 7],
  [20, 6, 14],
  [100, 33, 67],
])('of %i participants %i collude and %i must stay', (count, maxColluders, quorum) => {
  for (const suite of ['masking/complete', 'ckks/sumkey']) {
    expect(feasible({ suite, participants: count })).toMatchObject({
      ...{ feasible: true, rule: 'complete', suite, refused: null },
      ...{ k: count - 1, t: quorum, w: null, h: null, committee: null },
      ...{ electorate: count, maxColluders, quorum, spare: count - quorum },
      ...{ failure: { privacyBits: null, correctnessBits: null }, beacon: false },
    });
  }
});

test('colluders as a share, as a number, or both', () => {
  expect(feasible({ participants: 100, adversarial: 0.07 }).maxColluders).toBe(7);
  expect(feasible({ participants: 100, adversarial: 0.07, maxColluders: 20 }).maxColluders).toBe(20);
  expect(feasible({ participants: 100, adversarial: 0.07, maxColluders: 5 }).maxColluders).toBe(7);
  expect(feasible({ participants: 100, adversarial: 0 }).maxColluders).toBe(0);
});

test('seconds of masks: each makes one for every other, the coordinator takes off those of pairs of which one is gone', () => {
  const changes = { participants: 100, dropout: 0.2, length: 1e6, maxColluders: 33 };
  const { perParticipant, coordinator } = feasible(changes);
  expect(perParticipant.maskSeconds).toBeCloseTo(100 * 1e-3 + 99 / 1e4, 3);
  expect(coordinator.unmaskSeconds).toBeCloseTo((80 + 20 * 80) * 1e-3 + 1600 / 1e4, 2);
  const encrypted = feasible({ ...changes, ...ckks });
  expect([encrypted.perParticipant.maskSeconds, encrypted.coordinator.unmaskSeconds]).toEqual([null, null]);
});

test.each([
  [{ ...ckks, precision: 1e-9, maxAbs: 10 }],
  [{ ...ckks, encoding: 'slots', bits: 54 }],
  [{ ...ckks, maxWeight: 100, maxColluders: 2 }],
  [{ bits: 20, maxColluders: 4, maxWeight: 7 }],
] as [Partial<PlanRequest>][])('the same as task create shows: %j', (changes) => {
  const { suite, participants: count, maxColluders, length, maxAbs, ...rest } = request(changes);
  const { precision, bits, encoding, maxWeight } = rest;
  const spec = parseTaskSpec({
    ...{
      name: 't',
      suite,
      participants: 'enrolled',
      maxParticipants: count,
      maxColluders,
      maxWeight,
      encoding,
    },
    vectors: [{ name: 'x', length, clip: maxAbs, precision, bits }],
  });
  const [organiser] = participants(1);
  if (organiser === undefined) throw new Error('one participant expected');
  const { task } = signTask(spec, null, organiser.signer);
  // The name of a task is in its bytes.
  const { perParticipant, ...described } = describeTask(task);
  const plan = feasible(changes);
  expect(plan).toMatchObject(described);
  expect(plan.perParticipant.uploadBytes).toBe(perParticipant.uploadBytes);
  expect(plan.coordinator.downloadBytes).toBe(count * perParticipant.uploadBytes);
});

test('dropouts beyond what is spare, with what would be possible', () => {
  expect(feasible({ dropout: 0.3 }).spare).toBe(3);
  const text = refused({ dropout: 0.31 });
  expect(text).toContain('4 of 10 may drop out, but 7 must stay to the end');
  expect(text).toMatch(/possible is a dropout of 0\.3, or maxColluders 1$/);
  expect(feasible({ dropout: 0.31, maxColluders: 1 }).spare).toBe(4);
  expect(refused({ dropout: 0.31, maxColluders: 2 })).toMatch(/maxColluders 1$/);
  expect(refused({ participants: 3, dropout: 0.1 })).toMatch(/possible is no dropout$/);
  // 0.07 · 100 is more than 7 in doubles.
  expect(feasible({ participants: 100, maxColluders: 85, dropout: 0.07 }).spare).toBe(7);
});

test('a precision that cannot be met: the one that is offered is granted', () => {
  for (const changes of [{}, { bits: 16 }, { ...ckks, maxAbs: 1000 }, { ...ckks, bits: 54 }]) {
    const text = refused({ ...changes, precision: 1e-18 });
    const possible = Number(/a precision of (\S+?)[ ,]/.exec(`${text} `)?.[1]);
    expect(feasible({ ...changes, precision: possible }).vectors[0]?.errorBound).toBeLessThanOrEqual(
      possible,
    );
  }
  const [rounded] = feasible({ bits: 16 }).vectors;
  expect(feasible({ bits: 16, precision: rounded?.errorBound ?? 0 }).feasible).toBe(true);
  expect(refused({ bits: 16, precision: 0.99 * (rounded?.errorBound ?? 0) })).toContain(
    'rounds inputs to 16 bits',
  );
  expect(refused({ bits: 16, precision: 1e-9 })).toMatch(/or more bits, or suite ckks\/sumkey$/);
});

test('what no suite takes: too few, too many, colluders, bits', () => {
  expect(refused({ participants: 2 })).toMatch(/at least 3 participants, not 2/);
  expect(refused({ ...ckks, participants: 1001 })).toMatch(/at most 1000 participants/);
  expect(refused({ ...ckks, maxColluders: 0 })).toMatch(/maxColluders of at least 1/);
  expect(refused({ maxColluders: 10 })).toMatch(/maxColluders must be smaller/);
  expect(refused({ ...ckks, bits: 32 })).toMatch(/bits must be 60 or 54 with suite ckks\/sumkey/);
  expect(refused({ encoding: 'slots' })).toMatch(/encoding is for suite ckks\/sumkey/);
});

test('more participants than one message has room for, with how many it has', () => {
  const most = Number(/possible are (\d+) participants/.exec(refused({ participants: 1_000_000 }))?.[1]);
  expect(most).toBe(MAX_PARTS);
  expect(feasible({ participants: most }).k).toBe(most - 1);
  expect(refused({ participants: most + 1 })).toContain(`possible are ${most} participants`);
});

test('in words: numbers, bytes, what is protected and what that rests on', () => {
  const text = planText(feasible({ ...ckks, participants: 100, length: 100_000 }), null);
  expect(text).toContain('q = 67 must stay to the end, so 33 may drop out');
  expect(text).toContain('against the coordinator together with any 33 of the 100');
  expect(text).toMatch(/RLWE .* awaits outside review/);
  expect(text).toMatch(/warning: .* over as few as 67 participants/);
  expect(planText(feasible(), null)).not.toContain('RLWE');
  expect(planText(feasible({ participants: 3 }), null)).toContain('so nobody may drop out');
});
