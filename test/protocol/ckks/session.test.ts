import { describe, expect, test } from '@jest/globals';
import { errorBound } from '../../../crypto/ckks/parameters.js';
import { acceptResult } from '../../../src/protocol/client/outcome.js';
import type { Task } from '../../../src/protocol/documents.js';
import { encodedVectors, ringOf } from '../../../src/protocol/suites/ckks-sumkey/numbers.js';
import { ckksSumkey } from '../../../src/protocol/suites/ckks-sumkey/index.js';
import { closeR4, must, participants, playRounds, setUp, vectorOf } from '../../helpers/protocol.js';

/** Floats over the whole clip, the same for the same participant. */
function floats(index: number, task: Task): Float64Array[] {
  return encodedVectors(task).map(({ length, encoding }) =>
    Float64Array.from({ length }, (_, at) => Math.sin(1 + index * 7919 + at * 104729) * encoding.maxAbs),
  );
}

export function ckksTask(
  count: number,
  vectors: Parameters<typeof vectorOf>[0][] = [{ length: 10 }],
): Partial<Task> {
  return {
    suite: 'ckks/sumkey',
    maxColluders: Math.max(1, Math.ceil(count / 3) - 1),
    vectors: vectors.map((vector) => {
      const whole = vectorOf({ clip: 1, ...vector });
      const { scale, bits } = ckksSumkey.completeVector(
        { ...whole, scale: undefined, bits: vector?.bits },
        count,
        null,
      );
      return { ...whole, scale, bits };
    }),
  };
}

describe.each([3, 4, 5, 6, 7, 8, 9, 10])('%i participants', (count) => {
  test('the sum of floats is the sum, whoever drops out after its shares', () => {
    const parties = participants(count);
    const setup = setUp(parties, {
      task: ckksTask(count, [
        { name: 'a', length: 5000 },
        { name: 'b', length: 1 },
      ]),
      input: floats,
    });
    const { task } = setup.header;
    const needed = ckksSumkey.derive(task, count, count).q;
    const survivors = [...parties.keys()].slice(count - needed);
    const rounds = playRounds(setup, survivors);
    const closed = closeR4(rounds.r4, survivors);
    if (closed.round !== 'closed') throw new Error(closed.abort.message);
    const [member] = rounds.r4.members;
    if (member === undefined) throw new Error('nobody');
    const { aggregate } = must(acceptResult(member.state, closed.result, closed.packed, member.deps));
    encodedVectors(task).forEach(({ name, encoding }, vector) => {
      const bound = errorBound(ringOf(task), encoding, survivors.length);
      const sum = aggregate.vectors[name]?.sum as Float64Array;
      sum.forEach((value, at) => {
        const expected = survivors.reduce(
          (total, index) => total + ((setup.members[index]?.input[vector] as Float64Array)[at] as number),
          0,
        );
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(bound);
      });
      expect(bound).toBeLessThan(1e-9);
    });
  });
});
