import { passOf, playOf, sessionOf, shown } from '../decisions.js';
import type { Scenario } from './scenario.js';

/** Two models, one roster each (attack A1). */
export const twoOpenings: Scenario = {
  name: 'two groups are shown openings with different inputs',
  play: playOf({ size: 5, sessions: [sessionOf(5, { inputs: [0, 0, 0, 1, 1], rosters: shown(5, []) })] }),
  opened: 0,
  refusals: ['TOO_FEW_PARTICIPANTS'],
  leaks: {},
};

/** As before, but everybody is shown the r0 of all. */
export const strangersInTheRoster: Scenario = {
  name: 'the roster has participants who were shown another input',
  play: playOf({ size: 5, sessions: [sessionOf(5, { inputs: [0, 0, 0, 1, 1], strangers: true })] }),
  opened: 0,
  refusals: ['CONTEXT_MISMATCH'],
  leaks: {},
};

/**
 * N = 6, one colluder, q = t = 4: each of five honest participants sees two of the same three as dropped. Three holders
 * reveal a mask key share of each of the three; with the colluder's that is t. What is left is the sum of two inputs.
 */
export const everybodySeesOtherSurvivors: Scenario = {
  name: 'everybody is shown another U3',
  play: playOf({
    size: 6,
    sessions: [sessionOf(6, { passes: [passOf(6, { u3: [[], [2, 3], [1, 3], [1, 2], [1, 2], [2, 3]] })] })],
  }),
  opened: 0,
  refusals: ['NO_QUORUM'],
  leaks: { noConsistencyRound: 'derivable' },
};

/** The same, with the signatures of all shown to all. */
export const everybodySeesThatOthersDiffer: Scenario = {
  name: 'everybody is shown another U3 and what the others signed',
  play: playOf({
    size: 6,
    sessions: [
      sessionOf(6, {
        mixed: true,
        passes: [passOf(6, { u3: [[], [2, 3], [1, 3], [1, 2], [1, 2], [2, 3]] })],
      }),
    ],
  }),
  opened: 0,
  refusals: ['EQUIVOCATION'],
  leaks: { noConsistencyRound: 'derivable' },
};

/** N = 7, two colluders: two and three honest participants with both colluders are two majorities, but one quorum. */
export const twoMajorities: Scenario = {
  name: 'two halves with the colluders in both',
  play: playOf({
    size: 7,
    colluders: [0, 1],
    sessions: [
      sessionOf(7, {
        passes: [passOf(7, { u3: [[], [], [5], [5], [2], [2], [2]] })],
      }),
    ],
  }),
  opened: 1,
  refusals: ['NO_QUORUM'],
  leaks: { quorumWithoutColluders: 'derivable' },
};

/**
 * N = 5, one colluder: rosters of four, in which three are enough, with two of the voters different. Both sums have 1
 * and 3 in them, so 2 is separated from 4.
 */
export const smallRosters: Scenario = {
  name: 'two small rosters that overlap',
  play: playOf({
    size: 5,
    sessions: [
      sessionOf(5, { rosters: shown(5, [4]), absent: [4], passes: [passOf(5, { upTo: [4, 4, 4, 2, 4] })] }),
      sessionOf(5, { rosters: shown(5, [2]), absent: [2], passes: [passOf(5, { upTo: [4, 2, 4, 4, 4] })] }),
    ],
  }),
  opened: 0,
  refusals: [],
  leaks: { quorumOfThoseWhoCame: 'derivable' },
};

/** q = 3 of an electorate of 4: a roster with fewer holders than a dealer has on the sparse graph of the whole task. */
export const rosterSmallerThanTheRing: Scenario = {
  name: 'the roster is so small that everybody neighbours everybody',
  play: playOf({
    suite: 'test/sparse',
    size: 7,
    colluders: [2],
    pinned: false,
    sessions: [sessionOf(7, { electorates: shown(7, [1, 3, 6]), absent: [1, 3, 6], rosters: shown(7, [4]) })],
  }),
  opened: 1,
  refusals: [],
  leaks: {},
};
