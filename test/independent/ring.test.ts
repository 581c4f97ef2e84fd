/** Rings from the specification alone: they are those of ring.json. */
import { expect, test } from '@jest/globals';
import {
  acceptsNumbers,
  leastNumbers,
  type Load,
  neighboursOf,
  ringOf,
  type RingNumbers,
  windowsHold,
} from './ring.js';
import { readJson } from './vectors.js';

interface KnownRing {
  readonly session: string;
  readonly rosterRoot: string;
  readonly beacon: string | null;
  readonly size: number;
  readonly w: number;
  readonly h: number;
  readonly m: number;
  readonly order: readonly number[];
  readonly last: readonly number[];
  readonly neighboursOf0: readonly number[];
  readonly committee: readonly number[] | null;
  readonly windows: readonly { readonly missing: readonly number[]; readonly passes: boolean }[];
}
const known = readJson('ring.json') as {
  readonly rings: readonly KnownRing[];
  readonly numbers: readonly (Load & { readonly numbers: RingNumbers | null })[];
};
const un = (text: string): Buffer => Buffer.from(text, 'hex');

test.each(known.rings)('the ring of $size, beacon $beacon', (one) => {
  const { session, rosterRoot, beacon, size, w, h, m } = one;
  const ring = ringOf(un(session), un(rosterRoot), beacon === null ? null : un(beacon), size, m);
  expect(ring.order.slice(0, one.order.length)).toEqual(one.order);
  expect(ring.order.slice(-one.last.length)).toEqual(one.last);
  expect(neighboursOf(ring, 0, w)).toEqual(one.neighboursOf0);
  expect([...ring.committee].sort((a, b) => a - b)).toEqual(one.committee ?? []);
  expect(one.windows.length).toBeGreaterThan(1);
  for (const { missing, passes } of one.windows) {
    const members = new Set([...Array(size).keys()].filter((position) => !missing.includes(position)));
    expect(windowsHold(ring, members, { w, h })).toBe(passes);
  }
});

test.each(known.numbers)('numbers for $participants, $colluders, $losses', ({ numbers, ...load }) => {
  expect(leastNumbers(load)).toEqual(numbers);
  if (numbers === null) return;
  const { w, h, k, t, committee } = numbers;
  const quorum = Math.floor((load.participants + load.colluders) / 2) + 1;
  const stated = { q: committee?.q ?? quorum, m: committee?.m ?? 0, w, h, k, t };
  const accepts = (changes: object): boolean => acceptsNumbers({ ...stated, ...changes }, load, quorum);
  expect(accepts({})).toBe(true);
  for (const changes of [
    { h: h - 1 },
    { t: t - 1 },
    { k: k + 2 },
    { q: stated.q - 1 },
    { m: stated.m + 1 },
    { other: 1 },
  ])
    expect([changes, accepts(changes)]).toEqual([changes, false]);
});
