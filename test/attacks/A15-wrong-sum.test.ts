/**
 * A15, another sum than the right one is published. What was altered after the coordinator signed it is refused. What
 * the coordinator signs itself is not detectable from the sum; the records that participants signed prove it wrong.
 */
import { expect, test } from '@jest/globals';
import { sha256 } from '../../crypto/hash.js';
import { readOutcome } from '../../src/operator/outcome.js';
import { acceptResult } from '../../src/protocol/client/outcome.js';
import type { Signed } from '../../src/protocol/signed.js';
import { type Result, resultCodec } from '../../src/protocol/statements.js';
import {
  altered,
  type AtR4,
  type Closed,
  closeR4,
  codeOf,
  coordinator,
  expectedSums,
  openRecords,
  organiser,
  participants,
  type Party,
  setUp,
  vectorOf,
  playToAnswers,
  playToUploads,
} from '../helpers/protocol.js';

const parties = participants(5);
const ALL = [0, 1, 2, 3, 4];
const SURVIVORS = [0, 1, 2, 3];
const vectors = [vectorOf(), vectorOf({ name: 'more', length: 3 })];
const setup = setUp(parties, { task: { vectors } });
const r2 = playToUploads(setup);
const over = (u3: readonly number[]) => {
  const r4 = playToAnswers(r2, u3);
  return { r4, closed: closeR4(r4, u3) as Closed };
};
const { r4, closed } = over(SURVIVORS);
const everybody = over(ALL).closed;

const accept = (result: Signed, packed: Uint8Array = closed.packed) => {
  const [member] = r4.members as [AtR4['members'][number]];
  return acceptResult(member.state, result, packed, member.deps);
};
const changed = (changes: Partial<Result>, by: Party = coordinator) =>
  altered(resultCodec, closed.result, by, changes);
const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

test('A15 the right sum is accepted', () => {
  expect(accept(closed.result)).toMatchObject({ kind: 'accepted', aggregate: { survivors: 4 } });
  expect(closed.sums).toEqual(expectedSums(setup, SURVIVORS));
});

test('A15 one bit of any vector that is not as signed is refused', () => {
  for (const at of [0, 9, 10, closed.packed.length - 1])
    expect(codeOf(() => accept(closed.result, flip(closed.packed, at)))).toBe('AGGREGATE_MISMATCH');
});

test('A15 a sum that is too short, too long or has vectors that were not asked for is refused', () => {
  const { digests } = resultCodec.decode(closed.result.payload);
  const longer = Uint8Array.from([...closed.packed, 0]);
  expect(codeOf(() => accept(closed.result, closed.packed.slice(1)))).toBe('AGGREGATE_MISMATCH');
  expect(codeOf(() => accept(closed.result, longer))).toBe('AGGREGATE_MISMATCH');
  expect(codeOf(() => accept(changed({ digests: [...digests, sha256(new Uint8Array())] })))).toBe(
    'AGGREGATE_MISMATCH',
  );
});

test('A15 a result that another key signed, or nobody, is refused', () => {
  expect(codeOf(() => accept(changed({}, organiser)))).toBe('WRONG_COORDINATOR');
  expect(codeOf(() => accept(changed({}, parties[1])))).toBe('WRONG_COORDINATOR');
  const unsigned = { ...closed.result, signature: new Uint8Array(64) };
  expect(codeOf(() => accept(unsigned))).toBe('WRONG_COORDINATOR');
});

test('A15 the result of another session is refused', () => {
  expect(codeOf(() => accept(changed({ ctx: new Uint8Array(32) })))).toBe('CONTEXT_MISMATCH');
});

test('A15 the sum over another set than this participant signed is refused', () => {
  expect(codeOf(() => accept(everybody.result, everybody.packed))).toBe('CONTEXT_MISMATCH');
  const { u3 } = resultCodec.decode(everybody.result.payload);
  expect(codeOf(() => accept(changed({ u3 })))).toBe('CONTEXT_MISMATCH');
});

test('A15 another number of survivors, by which the mean would be divided, is refused', () => {
  expect(codeOf(() => accept(changed({ survivors: 5 })))).toBe('CONTEXT_MISMATCH');
  expect(codeOf(() => accept(changed({ survivors: 1 })))).toBe('CONTEXT_MISMATCH');
});

test('A15 an operator checks signature and digests, too', () => {
  const read = (result: Signed, aggregate: Uint8Array) =>
    codeOf(() =>
      readOutcome(
        setup.task,
        { opening: setup.opening, result, abort: null, aggregate },
        coordinator.identity,
      ),
    );
  expect(read(closed.result, closed.packed)).toBe(null);
  expect(read(closed.result, flip(closed.packed, 0))).toBe('AGGREGATE_MISMATCH');
  expect(read(changed({}, organiser), closed.packed)).toBe('WRONG_COORDINATOR');
});

test('A15 a wrong sum that the coordinator itself signs is accepted, and what everybody signed proves it wrong', () => {
  const wrong = flip(closed.packed, 0);
  const { digests } = resultCodec.decode(closed.result.payload);
  const result = changed({ digests: [sha256(wrong.subarray(0, 10)), digests[1] as Uint8Array] });
  expect(accept(result, wrong)).toMatchObject({ kind: 'accepted' });
  // With the masked inputs whose digests are in the headers, anybody who may see the records gets the right one.
  const replayed = openRecords(
    r4,
    r4.members.map(({ record }) => record),
  ) as Closed;
  const proven = resultCodec.decode(replayed.result.payload).digests;
  expect(proven).toEqual(digests);
  expect(proven).not.toEqual(resultCodec.decode(result.payload).digests);
});
