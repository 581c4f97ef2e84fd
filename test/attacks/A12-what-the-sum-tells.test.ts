/**
 * A12, what the sum itself tells: not met by any check, because the sum is what everybody came for. It is said where a
 * task is made and where the promise is written.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { taskWarnings } from '../../src/operator/index.js';
import {
  type Closed,
  closeR4,
  participants,
  playToAnswers,
  playToUploads,
  setUp,
  taskOf,
} from '../helpers/protocol.js';

test('A12 whoever makes a task is told that the sum is revealed as it is, and over how few', () => {
  const warnings = (count: number) => taskWarnings(taskOf(participants(count))).join('\n');
  expect(warnings(3)).toMatch(/sum itself is revealed as it is, over as few as 3 participants/);
  expect(warnings(5)).toMatch(/over as few as 4 participants.*no differential privacy/);
});

test('A12 SECURITY says so, with the case of three', () => {
  const text = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');
  expect(text).toMatch(/The sum itself\..*With 3 participants each learns the sum of the other two/);
  expect(text).toMatch(/no differential privacy/);
});

test('A12 of two participants besides a colluder one learns the sum, and of one the value: so three at least', () => {
  const setup = setUp(participants(3));
  const r2 = playToUploads(setup);
  const r4 = playToAnswers(r2, [0, 1, 2]);
  const [sum] = (closeR4(r4, [0, 1, 2]) as Closed).sums as [Uint32Array];
  const input = (index: number, at: number) => setup.members[index]?.input[0]?.[at] as number;
  // What the warning is about: the first one's view of the two others.
  const others = [...sum].map((value, at) => (value - input(0, at) + 2 ** 16) % 2 ** 16);
  expect(others).toEqual([...sum].map((_, at) => (input(1, at) + input(2, at)) % 2 ** 16));
});
