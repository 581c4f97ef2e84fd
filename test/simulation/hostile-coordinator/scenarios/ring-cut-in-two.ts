import { passOf, playOf, sessionOf, shown } from '../decisions.js';
import { REACH } from '../small-ring.js';
import type { Scenario } from './scenario.js';

const SIZE = 16;
const run = (first: number): number[] => Array.from({ length: REACH }, (_, step) => first + step);

/** Without any colluder: two whole windows are declared dropped, and nobody beyond them masks with anybody before them. */
export const ringCutInTwo: Scenario = {
  name: 'two runs of neighbours on a ring are declared dropped',
  play: playOf({
    suite: 'test/ring',
    size: SIZE,
    colluders: [],
    sessions: [
      sessionOf(SIZE, {
        passes: [passOf(SIZE, { u3: Array.from({ length: SIZE }, () => [...run(1), ...run(9)]) })],
      }),
    ],
  }),
  opened: 0,
  refusals: ['TOO_FEW_SURVIVORS'],
  leaks: { noWindowCheck: 'derivable' },
};

/** Participants, who stand at places 12 and 2 of the ring that comes of this play. */
const COLLUDERS = [3, 9];

/** As above, but in each run a colluder stays: h − 1 in a window, who are all in league. */
export const ringCutByColluders: Scenario = {
  name: 'of two runs of neighbours on a ring only a colluder each is left',
  play: playOf({
    suite: 'test/ring',
    size: SIZE,
    colluders: COLLUDERS,
    sessions: [
      sessionOf(SIZE, {
        passes: [passOf(SIZE, { u3: Array.from({ length: SIZE }, () => [1, 3, 11, 13]) })],
      }),
    ],
  }),
  opened: 0,
  refusals: ['TOO_FEW_SURVIVORS'],
  leaks: { windowsOneLower: 'derivable', noWindowCheck: 'derivable' },
};

const VICTIM = 8;

/** As on the sparse graph: its neighbours are missing in the U2 of one, who stays connected to nobody. */
export const ringVictim: Scenario = {
  name: 'one participant on a ring is shown a U2 without its neighbours',
  play: playOf({
    suite: 'test/ring',
    size: SIZE,
    colluders: [],
    sessions: [
      sessionOf(SIZE, {
        passes: [passOf(SIZE, { u2: shown<readonly number[]>(SIZE, [], { [VICTIM]: [6, 7, 9, 10] }) })],
      }),
    ],
  }),
  opened: 0,
  refusals: ['MISSING_HEADER'],
  leaks: {},
};
