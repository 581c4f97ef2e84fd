/** Whole sessions on a ring: the sum comes out exactly, whoever is missing in whatever round, or the session says why not. */
import { describe, expect, test } from '@jest/globals';
import type { Task } from '../../../src/protocol/documents.js';
import { withSelf } from '../../../src/protocol/sets.js';
import { ringNeighbours, ringOf } from '../../../src/protocol/suites/masking-ring/ring.js';
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
  expectedSums,
  participants,
  setUp,
} from '../../helpers/protocol.js';

/** The smallest ring that stands one colluder and four dropouts: w = 6, h = 2, k = 12, t = 2. */
const COUNT = 26;
const task: Partial<Task> = { suite: 'masking/ring', maxColluders: 1, minSurvivors: COUNT - 4 };
const setup = setUp(participants(COUNT), { task });
const everyone = [...setup.members.keys()];
const r1 = closeR0(setup, everyone) as AtR1;
const { session } = r1.frozen;

const without = (positions: readonly number[], missing: readonly number[]): number[] =>
  positions.filter((position) => !missing.includes(position));
const codeOf = (round: { readonly round: string }): string | null =>
  round.round === 'aborted' ? (round as Aborted).abort.code : null;
/** Roster positions of consecutive places. */
const run = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, step) => ringOf(session).order[(first + step) % COUNT] as number);

function finish(r2: AtR2, u3: readonly number[], answering: readonly number[] = u3): Closed | Aborted {
  const r3 = closeR2(r2, u3) as AtR3;
  const r4 = closeR3(r3, u3) as AtR4;
  return closeR4(r4, answering);
}

test('the numbers are those of a ring, and each shares with its neighbours only', () => {
  expect(session.parameters).toEqual({ q: 14, t: 2, k: 12, w: 6, h: 2, m: 0 });
  for (const { position, send } of r1.members) {
    const holders = withSelf(ringNeighbours(session, position), position);
    expect(send.packets).toHaveLength(holders.length);
    const sealed = send.packets.filter(({ ciphertext }) => ciphertext.length > 0);
    expect(sealed.map((packet) => holders[packet.position])).toEqual(ringNeighbours(session, position));
  }
});

describe('the sum is exact', () => {
  const r2 = closeR1(r1, everyone) as AtR2;
  test.each<[string, number[], number[]]>([
    ['of everybody', everyone, everyone],
    [
      'when four drop out before their upload',
      without(everyone, [0, 7, 8, 25]),
      without(everyone, [0, 7, 8, 25]),
    ],
    ['when four neighbours of each other do', without(everyone, run(3, 4)), without(everyone, run(3, 4))],
    ['when four answer no more', everyone, without(everyone, run(20, 4))],
  ])('%s', (_, u3, answering) => {
    const closed = finish(r2, u3, answering) as Closed;
    expect(codeOf(closed)).toBe(null);
    expect(closed.sums).toEqual(expectedSums(setup, u3));
  });

  test('when some drop out in each round', () => {
    const [first, second, third] = [
      without(everyone, run(0, 1)),
      without(everyone, run(0, 2)),
      without(everyone, run(0, 4)),
    ];
    const closed = finish(closeR1(r1, first) as AtR2, second, third) as Closed;
    expect(codeOf(closed)).toBe(null);
    expect(closed.sums).toEqual(expectedSums(setup, second));
  });

  test('when some never came, on another ring', () => {
    const present = everyone.slice(2);
    const fewer = closeR0(setup, present) as AtR1;
    const positions = fewer.members.map(({ position }) => position);
    const closed = finish(closeR1(fewer, positions) as AtR2, positions) as Closed;
    expect(codeOf(closed)).toBe(null);
    expect(closed.sums).toEqual(expectedSums(setup, present));
  });
});

describe('the coordinator ends what participants would refuse', () => {
  test('too few for a ring have come', () => {
    // With all 42 windows of 10 do; one fewer, and 10 on either side are half of all.
    const many = setUp(participants(42), { task: { ...task, minSurvivors: 33 } });
    expect(closeR0(many, [...many.members.keys()]).round).toBe('r1');
    expect(codeOf(closeR0(many, [...many.members.keys()].slice(1)))).toBe('USE_COMPLETE');
  });

  test('a window of the ring lost too many before r2, or before r3', () => {
    const gap = without(everyone, run(5, 5));
    const loose = setUp(participants(COUNT), { task: { ...task, minSurvivors: COUNT - 4 } });
    expect(codeOf(closeR1(closeR0(loose, everyone) as AtR1, gap))).toBe('TOO_FEW_SURVIVORS');
    expect(codeOf(closeR2(closeR1(r1, everyone) as AtR2, gap))).toBe('TOO_FEW_SURVIVORS');
  });
});
