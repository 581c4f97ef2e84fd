import { expect, test } from '@jest/globals';
import { taskWarnings } from '../../src/operator/index.js';
import { participants, taskOf } from '../helpers/protocol.js';

const parties = participants(7);
const labelled = (dataset: string, maxColluders: number, name = 'other') =>
  taskOf(parties, { name, maxColluders, scope: { kind: 'static', dataset } });

test('whoever makes a task hears of another n_C under its label: participants would refuse one of the two', () => {
  const task = labelled('admissions', 2);
  const warned = (...others: Parameters<typeof taskWarnings>[1] & object) =>
    taskWarnings(task, others).filter((warning) => warning.includes('ELECTORATE_CHANGED'));
  const evolving = taskOf(parties, { maxColluders: 1, scope: { kind: 'evolving' } });
  expect(warned()).toEqual([]);
  expect(warned(labelled('admissions', 2), labelled('discharges', 1), evolving)).toEqual([]);
  expect(warned(labelled('admissions', 2), labelled('admissions', 1, 'first\nof all'))).toEqual([
    expect.stringMatching(
      /^task "first of all" of the same data set label has maxColluders 1, this one 2: /,
    ) as unknown,
  ]);
});
