/**
 * On a ring a coordinator that may choose the numbers chooses windows in which colluders alone are enough, or a threshold
 * that they have. A participant accepts any numbers that hold, and none that do not.
 */
import { expect, test } from '@jest/globals';
import type { Task } from '../../src/protocol/documents.js';
import { allSteps } from '../../src/protocol/steps.js';
import { maskingRing } from '../../src/protocol/suites/masking-ring/index.js';
import { codeOf, participants, setUp, statedRoster, taskOf, vectorOf } from '../helpers/protocol.js';
import { rosterEntries } from '../../src/protocol/coordinator/r0-advertise-keys.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';

/** n_C = ⌊n/10⌋, and as many may drop out. */
const taskFor = (size: number): Task => ({
  ...taskOf(participants(3), {
    suite: 'masking/ring',
    maxColluders: Math.floor(size / 10),
    vectors: [vectorOf({ bits: 32 })],
  }),
  pinned: null,
  maxParticipants: size,
  minSurvivors: size - Math.floor(size / 10),
});

/** What is said to the numbers of a full roster, some of them changed. */
function answerTo(size: number, changes: Record<string, number | undefined> = {}): string | null {
  const task = taskFor(size);
  const stated: Record<string, number> = { ...maskingRing.derive(task, size, size) };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete stated[name];
    else stated[name] = value;
  }
  return codeOf(() => maskingRing.checkParameters(task, size, size, stated as never));
}

test('C12 control: the numbers of a ring that hold are accepted, also some that are not the smallest', () => {
  expect(maskingRing.derive(taskFor(1000), 1000, 1000)).toEqual({
    q: 551,
    t: 65,
    k: 146,
    w: 73,
    h: 48,
    m: 0,
  });
  expect(maskingRing.derive(taskFor(10_000), 10_000, 10_000)).toEqual({
    q: 129,
    t: 82,
    k: 174,
    w: 87,
    h: 57,
    m: 176,
  });
  expect(answerTo(1000)).toBeNull();
  expect(answerTo(10_000)).toBeNull();
  expect(answerTo(1000, { t: 66 })).toBeNull();
  expect(answerTo(1000, { w: 74, k: 148, h: 49, t: 66 })).toBeNull();
  expect(answerTo(10_000, { m: 177, q: 130 })).toBeNull();
});

test.each<[string, number, Record<string, number | undefined>]>([
  ['windows that colluders fill', 1000, { h: 47 }],
  ['windows of another width than there are neighbours', 1000, { w: 74 }],
  ['more neighbours than the windows are wide', 1000, { k: 148 }],
  ['windows that hold, but two wider than the least', 1000, { w: 75, k: 150, h: 49, t: 66 }],
  ['a threshold that colluders reach', 1000, { t: 64 }],
  ['a threshold of one', 1000, { t: 1 }],
  ['no threshold', 1000, { t: 0 }],
  ['a threshold that survivors may not reach', 1000, { t: 140 }],
  ['windows that survivors may not fill', 1000, { h: 73 }],
  ['a lower quorum', 1000, { q: 550 }],
  ['a higher quorum', 1000, { q: 552 }],
  ['a committee where everybody signs', 1000, { m: 176, q: 129 }],
  ['none where there are too many', 10_000, { m: 0, q: 5501 }],
  ['a committee that colluders can split', 10_000, { q: 128 }],
  ['one that cannot reach its quorum', 10_000, { q: 170 }],
  ['one that is smaller than its quorum', 10_000, { m: 100 }],
  ['one of more than there are', 10_000, { m: 10_001, q: 9999 }],
  ['a number too many', 1000, { x: 1 }],
  ['a number too few', 1000, { m: undefined }],
])('C12 %s: refused', (_, size, changes) => {
  expect(answerTo(size, changes)).toBe('BELOW_POLICY');
});

test('C12 nobody colludes: one share alone still is no secret', () => {
  const task: Task = { ...taskFor(10), maxColluders: 0, minSurvivors: 10 };
  const check = (t: number) =>
    codeOf(() => maskingRing.checkParameters(task, 10, 10, { q: 6, t, k: 2, w: 1, h: 1, m: 0 }));
  expect([1, 2].map(check)).toEqual(['BELOW_POLICY', null]);
});

test('C12 half of all on either side is no ring: neighbours would meet, and be counted twice', () => {
  // n_C = 0 and nobody may drop out: one neighbour on either side would do.
  const task: Task = { ...taskFor(10), maxColluders: 0, minSurvivors: 10 };
  const check = (w: number) =>
    codeOf(() => maskingRing.checkParameters(task, 10, 10, { q: 6, t: 2, k: 2 * w, w, h: 1, m: 0 }));
  expect([1, 2, 3, 5, 9].map(check)).toEqual([null, null, 'BELOW_POLICY', 'BELOW_POLICY', 'BELOW_POLICY']);
});

const parties = participants(26);
const setup = setUp(parties, { task: { suite: 'masking/ring', maxColluders: 1, minSurvivors: 22 } });
const entries = allSteps(rosterEntries(setup.members.map(({ record }) => record)));

/** What a participant says to a roster whose statement is consistent in itself. */
const toNumbers = (changes: Record<string, number>): string | null => {
  const { state, deps } = setup.members[0] as (typeof setup.members)[number];
  const parameters = { q: 14, t: 2, k: 12, w: 6, h: 2, m: 0, ...changes };
  return codeOf(() => shareKeys(state, statedRoster(setup, entries, { parameters }), deps));
};

test('C12 a participant looks at the numbers before it shares anything', () => {
  expect(toNumbers({})).toBeNull();
  // The one colluder alone keeps a window.
  expect(toNumbers({ h: 1 })).toBe('BELOW_POLICY');
  expect(toNumbers({ w: 7 })).toBe('BELOW_POLICY');
  expect(toNumbers({ k: 14, w: 7, h: 1 })).toBe('BELOW_POLICY');
  // Its one share would open any secret.
  expect(toNumbers({ t: 1 })).toBe('BELOW_POLICY');
  expect(toNumbers({ q: 13 })).toBe('BELOW_POLICY');
});

test('C12 one wider than the least may be half of all, or there may be no ring at all', () => {
  const check = (task: Task, w: number) =>
    codeOf(() => maskingRing.checkParameters(task, 10, 10, { q: 6, t: 2, k: 2 * w, w, h: 1, m: 0 }));
  const oneLost: Task = { ...taskFor(10), maxColluders: 0, minSurvivors: 9 };
  expect([2, 3].map((w) => check(oneLost, w))).toEqual([null, 'BELOW_POLICY']);
  const manyLost: Task = { ...taskFor(10), maxColluders: 0, minSurvivors: 6 };
  expect(check(manyLost, 2)).toBe('BELOW_POLICY');
});
