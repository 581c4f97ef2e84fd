import { describe, expect, test } from '@jest/globals';
import { chooseDropouts, NO_DROPOUT, parseDropout } from '../../../src/cli/simulate/dropout.js';
import { isBlindsumError } from '../../../src/protocol/errors.js';

describe('parseDropout', () => {
  test.each([
    ['0', 10, {}],
    ['0.1', 50, { r2: 5 }],
    ['0.1', 14, { r2: 1 }],
    ['0.25', 6, { r2: 2 }],
    ['.5', 3, { r2: 2 }],
    ['2', 10, { r2: 2 }],
    ['r0:1,r4:0.2', 10, { r0: 1, r4: 2 }],
    [' r3:0.1 , r1:3 ', 20, { r3: 2, r1: 3 }],
    ['r0:2,r1:2,r2:2,r3:2,r4:2', 10, { r0: 2, r1: 2, r2: 2, r3: 2, r4: 2 }],
  ])('%s of %d', (text, participants, counts) => {
    expect(parseDropout(text, participants)).toEqual({ ...NO_DROPOUT, ...counts });
  });

  test.each([
    '',
    'x',
    '-0.1',
    '1.5',
    'r5:0.1',
    'r2',
    'r2:',
    'r2:0.1:1',
    'r2:0.1,r2:1',
    '0.1,r3:1',
    '1e3',
    'NaN',
    '11',
  ])('refuses %p, naming the flag', (text) => {
    let error: unknown;
    try {
      parseDropout(text, 10);
    } catch (raised) {
      error = raised;
    }
    expect(isBlindsumError(error, 'USAGE')).toBe(true);
    expect((error as Error).message).toMatch(/^--dropout: /);
  });

  test('more than there are', () => {
    expect(() => parseDropout('r0:6,r3:5', 10)).toThrow('11 participants would vanish');
  });
});

describe('chooseDropouts', () => {
  const counts = { ...NO_DROPOUT, r1: 3, r2: 4, r4: 1 };

  test('exactly so many of each, nobody twice, the same for the same seed', () => {
    const chosen = chooseDropouts(counts, 20, 'a');
    for (const round of ['r0', 'r1', 'r2', 'r3', 'r4'] as const)
      expect(chosen.filter((of) => of === round)).toHaveLength(counts[round]);
    expect(chosen).toHaveLength(20);
    expect(chooseDropouts(counts, 20, 'a')).toEqual(chosen);
    expect(chooseDropouts(counts, 20, 'b')).not.toEqual(chosen);
  });

  test('everybody is chosen now and then', () => {
    const ever = new Set<number>();
    for (let seed = 0; seed < 200; seed += 1)
      chooseDropouts({ ...NO_DROPOUT, r2: 1 }, 7, `${seed}`).forEach((round, index) => {
        if (round !== null) ever.add(index);
      });
    expect(ever.size).toBe(7);
  });
});
