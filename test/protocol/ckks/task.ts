/** Tasks and inputs of `ckks/sumkey`, and what its sessions have to come to. */
import { expect } from '@jest/globals';
import { errorBound } from '../../../crypto/ckks/parameters.js';
import { acceptResult } from '../../../src/protocol/client/outcome.js';
import type { Task, VectorSpec } from '../../../src/protocol/documents.js';
import { proposedColluders } from '../../../src/protocol/parameters.js';
import type { DecodedAggregate } from '../../../src/protocol/quantise.js';
import { ckksSumkey } from '../../../src/protocol/suites/ckks-sumkey/index.js';
import { encodedVectors, ringOf } from '../../../src/protocol/suites/ckks-sumkey/numbers.js';
import {
  type Aborted,
  type AtR4,
  type Closed,
  must,
  participants,
  type Setup,
  taskOf,
  vectorOf,
} from '../../helpers/protocol.js';

/** Of N = 2048, the ring in which a session takes least time. */
export const SMALL = 54;

/** The finest scale that so many participants leave room for, unless another one is given. */
export function ckksTask(
  count: number,
  vectors: readonly Partial<VectorSpec>[] = [{ length: 10, bits: SMALL }],
  changes: Partial<Task> = {},
): Partial<Task> {
  return {
    suite: 'ckks/sumkey',
    maxColluders: proposedColluders(count),
    vectors: vectors.map((vector) => {
      const whole = vectorOf({ clip: 1, bits: 60, ...vector });
      const { bits } = whole;
      const wanted = { ...whole, scale: undefined, bits };
      const { scale } =
        vector.scale === undefined
          ? ckksSumkey.completeVector(wanted, count, changes.maxWeight ?? null)
          : whole;
      return { ...whole, scale, bits };
    }),
    ...changes,
  };
}

export const wholeTask = (
  count: number,
  ...rest: [vectors?: Partial<VectorSpec>[], changes?: Partial<Task>]
) => taskOf(participants(count), ckksTask(count, ...rest));

/** Floats over the whole clip, the same for the same participant. */
export const floats = (index: number, task: Task): Float64Array[] =>
  encodedVectors(task).map(({ length, encoding }) =>
    Float64Array.from({ length }, (_, at) => Math.sin(1 + index * 7919 + at * 104729) * encoding.maxAbs),
  );

/** The aggregate as a participant that answered in r4 reads it. */
export function aggregateOf({ members: [reader] }: AtR4, closed: Closed | Aborted): DecodedAggregate {
  if (closed.round !== 'closed') throw new Error(closed.abort.message);
  if (reader === undefined) throw new Error('nobody answered in r4');
  return must(acceptResult(reader.state, closed.result, closed.packed, reader.deps)).aggregate;
}

/** That the session came to the sum over those of these indexes, to within what the task promises. */
export function expectSum(r4: AtR4, closed: Closed | Aborted, survivors: readonly number[]): void {
  const { setup }: { setup: Setup } = r4;
  const { task } = setup.header;
  const aggregate = aggregateOf(r4, closed);
  expect(aggregate.survivors).toBe(survivors.length);
  encodedVectors(task).forEach(({ name, encoding, length }, vector) => {
    const sum = aggregate.vectors[name]?.sum ?? Float64Array.of(aggregate.weight as number);
    expect(sum).toHaveLength(length);
    const bound = errorBound(ringOf(task), encoding, survivors.length);
    const error = sum.map((value, at) => {
      const inputs = survivors.map((index) => setup.members[index]?.input[vector]?.[at] as number);
      return Math.abs(value - inputs.reduce((total, input) => total + input, 0));
    });
    expect(error.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(bound);
  });
}
