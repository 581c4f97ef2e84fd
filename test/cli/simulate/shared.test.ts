/** What participants of one process take from one another is what they would have computed. */
import { describe, expect, test } from '@jest/globals';
import { plannedNumbers } from '../../../src/cli/simulate/choose-inputs.js';
import { NO_DROPOUT } from '../../../src/cli/simulate/dropout.js';
import { DistinctSums } from '../../../src/cli/simulate/distinct-sums.js';
import { createShared, isAlone } from '../../../src/cli/simulate/shared.js';
import { maskingRing } from '../../../src/protocol/suites/masking-ring/index.js';
import { partiesOf, type Party } from '../../../src/cli/simulate/setup.js';

describe('createShared', () => {
  test('once: the same arrays and strings, computed once; anything else, again', () => {
    const { once } = createShared();
    const list = [1];
    let computed = 0;
    const ask = (what: string, ...of: (object | string)[]) => once(what, of, () => (computed += 1));
    expect([ask('a', list, 'x'), ask('a', list, 'x')]).toEqual([1, 1]);
    expect([ask('b', list, 'x'), ask('a', [1], 'x'), ask('a', list, 'y'), ask('a', list)]).toEqual([
      2, 3, 4, 5,
    ]);
    expect([ask('a', list, 'x'), ask('a', 'x', list)]).toEqual([1, 6]);
    const nothing: unknown[] = [];
    for (let time = 0; time < 2; time += 1) once('nothing', [], () => nothing.push(undefined) && undefined);
    expect(nothing).toHaveLength(1);
  });

  test('a refusal is not remembered as a result', () => {
    const { once } = createShared();
    const refusing = () =>
      once('roster', ['x'], () => {
        throw new Error('refused');
      });
    expect(refusing).toThrow('refused');
    expect(refusing).toThrow('refused');
  });

  test('signatures: valid ones stay valid, and another key, message or signature is checked', () => {
    const { verify } = createShared();
    const [one, other] = partiesOf('shared', 2) as [Party, Party];
    const message = Uint8Array.of(1, 2, 3);
    const signature = one.signer.sign(message);
    const key = one.signer.publicKey;
    for (let time = 0; time < 2; time += 1) {
      expect(verify(key, message, signature)).toBe(true);
      expect(verify(other.signer.publicKey, message, signature)).toBe(false);
      expect(verify(key, Uint8Array.of(1, 2, 4), signature)).toBe(false);
      expect(verify(key, message.slice(), signature.slice())).toBe(true);
    }
  });
});

test('ten of many do everything themselves', () => {
  for (const count of [101, 300, 1000, 10_000]) {
    const alone = Array.from({ length: count }, (_, index) => index).filter((index) => isAlone(index, count));
    expect(alone.length).toBeGreaterThan(8);
    expect(alone.length).toBeLessThanOrEqual(10);
  }
});

test('what a ring is planned for: a tenth collude, and a twentieth more is lost than vanishes', () => {
  const options = { suite: maskingRing.id, participants: 1000, dropout: { ...NO_DROPOUT, r2: 80, r4: 20 } };
  expect(plannedNumbers(options)).toEqual({ maxColluders: 100, minSurvivors: 850 });
  expect(plannedNumbers({ ...options, suite: 'masking/complete' })).toEqual({});
});

test('distinct sums: each once', () => {
  const distinct = new DistinctSums();
  const sum = (values: number[], weight: number | null = null) => ({
    vectors: { x: Float64Array.from(values) },
    weight,
  });
  for (const each of [sum([1, 2]), sum([1, 2]), sum([1, 3]), sum([1]), sum([1, 2], 5), sum([1, 3])])
    distinct.add(each);
  expect(distinct.sums).toEqual([sum([1, 2]), sum([1, 3]), sum([1]), sum([1, 2], 5)]);
  distinct.add(sum([NaN]));
  distinct.add(sum([NaN]));
  expect(distinct.sums).toHaveLength(6);
});
