/** B5 in `ckks/sumkey`: fewer than t sums of shares open nothing; while more may come, two more are waited for. */
import { expect, test } from '@jest/globals';
import { planUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { allSteps } from '../../src/protocol/steps.js';
import { codeOf, coordinatorDeps, participants, playRounds, setUp } from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';

// n_C = 1, q = t = 4.
const { r4 } = playRounds(
  setUp(participants(7), { task: ckksTask(7, undefined, { maxColluders: 1 }), input: floats }),
);
const { t } = r4.frozen.session.parameters;
const records = r4.members.map(({ record }) => record);
const opening = (answers: number, mayWait: boolean) =>
  codeOf(() =>
    allSteps(planUnmask(r4.frozen, records.slice(0, answers), r4.dealers, r4.sum, mayWait, coordinatorDeps)),
  );

test('B5 fewer than t answers open nothing, t do when no more can come', () => {
  expect(t).toBe(5);
  for (let answers = 0; answers < t; answers += 1) expect(opening(answers, false)).toBe('TOO_FEW_SHARES');
  for (let answers = t; answers <= 7; answers += 1) expect(opening(answers, false)).toBe(null);
});

test('B5 while more may come, one wrong answer is made up for by two more', () => {
  for (let answers = 0; answers < t + 2; answers += 1) expect(opening(answers, true)).toBe('TOO_FEW_SHARES');
  expect(opening(t + 2, true)).toBe(null);
});
