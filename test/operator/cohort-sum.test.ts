/** A cohort's sum enters the parent's exactly once: after aborts, retries, a crash, and whoever tries something else. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { cohortSum, readHierarchy } from '../../src/operator/index.js';
import { isBlindsumError } from '../../src/protocol/errors.js';
import { type Signed, signedHash } from '../../src/protocol/signed.js';
import type { TestFederation } from '../../src/testing/index.js';
import {
  coordinatorOf,
  inputOf,
  makeCohorts,
  makeParent,
  type Parent,
  spec,
  sumCohort,
  sumOf,
} from './cohort-world.js';

let cohorts: TestFederation[];
let parent: Parent;
beforeEach(async () => {
  cohorts = await makeCohorts();
  parent = await makeParent(cohorts);
});
afterEach(async () => {
  await parent.close();
  for (const cohort of cohorts) await cohort.close();
});

const ALL = [0, 1, 2];
const sums = async () => {
  const ids: string[] = [];
  for (const cohort of ALL) ids.push(await sumCohort(cohorts, cohort));
  return Promise.all(ALL.map((cohort) => sumOf(cohorts, cohort, ids[cohort] as string)));
};
const plain = [0, 1, 2]
  .map((at) => ALL.flatMap((cohort) => ALL.map((index) => inputOf(cohort, index)[at] as number)))
  .map((values) => values.reduce((sum, value) => sum + value, 0));
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing refused',
    (error: unknown) => (isBlindsumError(error) ? error.code : String(error)),
  );

describe('a parent session', () => {
  test('the sum over everybody, to the last integer, and means over inputs', async () => {
    const all = await sums();
    expect(new Set(all.map(({ dataset }) => dataset)).size).toBe(3);
    const contributions = ALL.map((cohort) => parent.delegate(cohort, all[cohort] as (typeof all)[number]));
    const { aggregate } = await parent.run();
    await Promise.all(contributions);
    const { vectors, ...rest } = readHierarchy(spec, aggregate);
    expect([...(vectors['x']?.sum ?? [])]).toEqual(plain);
    expect([...(vectors['x']?.mean ?? [])]).toEqual(plain.map((value) => value / 9));
    expect(rest).toEqual({ weight: null, survivors: 9, cohorts: 3 });
  });

  test('aborted after the sums have left, delegates crashed: the same vectors again, and no others', async () => {
    const all = await sums();
    const sent: number[] = [];
    const broken = ALL.map((cohort) =>
      parent.delegate(cohort, all[cohort] as (typeof all)[number], {
        onProgress(event) {
          if (event.type !== 'round' || event.round !== 'r2') return;
          sent.push(cohort);
          if (sent.length === 1) void parent.operator.cancelSession(event.session, 'a crash');
        },
      }),
    );
    const outcomes = await Promise.allSettled([...broken, parent.run()]);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));

    const [first] = sent;
    const own = all[first as number] as (typeof all)[number];
    const doubled = {
      ...own,
      vectors: { ...own.vectors, x: own.vectors['x']?.map((value) => 2 * value) as Float64Array },
    };
    const again = ALL.map((cohort) =>
      cohort === first ? Promise.resolve() : parent.delegate(cohort, all[cohort] as (typeof all)[number]),
    );
    const second = parent.run();
    expect(await codeOf(parent.delegate(first as number, doubled))).toBe('INPUT_CHANGED');
    const retried = parent.delegate(first as number, own);
    const { aggregate } = await second;
    await Promise.all([...again, retried]);
    expect([...(aggregate.vectors['x']?.sum ?? [])]).toEqual(plain);
    expect(aggregate.survivors).toBe(3);
  });

  test('a cohort that aborted and ran again has one sum; a second one of its is refused by its name, or is the same', async () => {
    const aborted = await sumCohort(cohorts, 0, 2);
    expect(await codeOf(sumOf(cohorts, 0, aborted))).toBe('TOO_FEW_PARTICIPANTS');
    const all = await sums();
    const repeated = await sumOf(cohorts, 0, await sumCohort(cohorts, 0));
    const [first] = all as [(typeof all)[number]];
    expect(repeated.dataset).not.toBe(first.dataset);
    expect(repeated.vectors).toEqual(first.vectors);
    const others = [1, 2].map((cohort) => parent.delegate(cohort, all[cohort] as (typeof all)[number]));
    const running = parent.run();
    expect(await codeOf(parent.delegate(0, repeated, { pinned: first.dataset }))).toBe('BELOW_POLICY');
    others.push(parent.delegate(0, first));
    const { aggregate } = await running;
    await Promise.all(others);
    expect([...(aggregate.vectors['x']?.sum ?? [])]).toEqual(plain);
  });
});

test('what is not the sum of a cohort is refused', async () => {
  const id = await sumCohort(cohorts, 0);
  const { operator, taskId } = cohorts[0] as TestFederation;
  const { task } = await operator.getTask(taskId);
  const outcome = await operator.getOutcome(id);
  const other = (await (cohorts[1] as TestFederation).operator.getTask((cohorts[1] as TestFederation).taskId))
    .task;
  const refused = (...args: Parameters<typeof cohortSum>) =>
    codeOf(Promise.resolve().then(() => cohortSum(...args)));
  expect(await refused(task, outcome, coordinatorOf(0))).toBe('nothing refused');
  const signed = toHex(signedHash(outcome.result as Signed));
  expect(cohortSum(task, outcome, coordinatorOf(0)).dataset).toBe(`${id}:${signed}`);
  expect(await refused(other, outcome, coordinatorOf(0))).toBe('CONTEXT_MISMATCH');
  expect(await refused(task, outcome, coordinatorOf(1))).toBe('WRONG_COORDINATOR');
  expect(await refused(task, outcome, coordinatorOf(0), new Uint8Array(32))).toBe('INPUT_MISMATCH');
  expect(await refused(task, { ...outcome, aggregate: null }, coordinatorOf(0))).toBe('LATE');
});
