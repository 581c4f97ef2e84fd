/** Whole sessions of `ckks/sumkey`: the sum of floats, whoever is missing in whatever round. */
import { describe, expect, test } from '@jest/globals';
import { errorBound } from '../../../crypto/ckks/parameters.js';
import { ckksSumkey } from '../../../src/protocol/suites/ckks-sumkey/index.js';
import { encodedVectors, ringOf } from '../../../src/protocol/suites/ckks-sumkey/numbers.js';
import {
  type Aborted,
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  type Closed,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  participants,
  playRounds,
  runSession,
  setUp,
  playToAnswers,
} from '../../helpers/protocol.js';
import { ckksTask, expectSum, floats, SMALL } from './task.js';

type Ending = Closed | Aborted;
const codeOf = (round: { readonly round: string }): string | null =>
  round.round === 'aborted' ? (round as Aborted).abort.code : null;

describe.each([3, 4, 5, 6, 7, 8, 9, 10])('%i participants', (count) => {
  const setup = setUp(participants(count), { task: ckksTask(count), input: floats });
  const { task } = setup.header;
  const everyone = [...setup.members.keys()];
  const { q, t } = ckksSumkey.derive(task, count, count);
  const [enough, tooFew] = [everyone.slice(count - q), everyone.slice(count - q + 1)];
  const r1 = closeR0(setup, everyone) as AtR1;
  const r2 = closeR1(r1, everyone) as AtR2;
  const r3 = closeR2(r2, everyone) as AtR3;
  const r4 = closeR3(r3, everyone) as AtR4;

  /** Roster positions of those who stay. */
  const whole = (r2: AtR2, present = r2.members.map(({ position }) => position)): [AtR4, Ending] => {
    const r4 = playToAnswers(r2, present);
    return [r4, closeR4(r4, present)];
  };
  const cases: [string, string, (present: number[]) => string | null, () => [AtR4, Ending], number[]][] = [
    [
      'r0',
      'TOO_FEW_PARTICIPANTS',
      (present) => codeOf(closeR0(setup, present)),
      () => {
        const positions = enough.map((_, position) => position);
        return whole(closeR1(closeR0(setup, enough) as AtR1, positions) as AtR2);
      },
      enough,
    ],
    [
      'r1',
      'TOO_FEW_SURVIVORS',
      (present) => codeOf(closeR1(r1, present)),
      () => whole(closeR1(r1, enough) as AtR2),
      enough,
    ],
    ['r2', 'TOO_FEW_SURVIVORS', (present) => codeOf(closeR2(r2, present)), () => whole(r2, enough), enough],
    // From here on those who are silent are in the sum.
    [
      'r3',
      'NO_QUORUM',
      (present) => codeOf(closeR3(r3, present)),
      () => {
        const fewer = closeR3(r3, enough) as AtR4;
        return [fewer, closeR4(fewer, enough)];
      },
      everyone,
    ],
    [
      'r4',
      'TOO_FEW_SHARES',
      (present) => codeOf(closeR4(r4, present)),
      () => [r4, closeR4(r4, enough)],
      everyone,
    ],
  ];

  test.each(cases)('N − q that fall silent in %s leave the sum exact; one more is %s', (...given) => {
    const [, code, closing, session, survivors] = given;
    expect(q).toBe(t);
    const [last, end] = session();
    expectSum(last, end, survivors);
    expect(closing(tooFew)).toBe(code);
  });
});

test('chunks, vectors and both rings: 5000 and 1 coordinates of 60 bits, 3000 of 54', () => {
  for (const vectors of [
    [
      { name: 'a', length: 5000 },
      { name: 'b', length: 1 },
    ],
    [{ length: 3000, bits: SMALL }],
  ]) {
    const setup = setUp(participants(5), { task: ckksTask(5, vectors), input: floats });
    const { r4 } = playRounds(setup, [0, 1, 2, 4]);
    expectSum(r4, closeR4(r4, [0, 1, 2, 4]), [0, 1, 2, 4]);
    for (const { encoding } of encodedVectors(setup.header.task)) {
      const bound = errorBound(ringOf(setup.header.task), encoding, 4);
      expect(bound).toBeLessThan(vectors.length === 2 ? 1e-13 : 1e-11);
    }
  }
});

test('twenty, of whom one or two fall silent in every round', () => {
  const setup = { task: ckksTask(20, [{ length: 10 }]), input: floats };
  const drops = [0, 1, 2, 3, 3, 4, ...Array<5>(14).fill(5)] as Parameters<typeof runSession>[1];
  const { outcome, survivors, reached } = runSession(participants(20), drops, setup);
  expect(reached).toBe('r4');
  expect(outcome.round).toBe('closed');
  expect(survivors).toEqual([...Array(17).keys()].map((index) => index + 3));
});
