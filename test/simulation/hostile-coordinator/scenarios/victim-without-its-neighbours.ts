import { playOf, sessionOf, passOf, shown } from '../decisions.js';
import type { Scenario } from './scenario.js';

const VICTIM = 4;
const neighbours = [2, 3, 5, 6];

/**
 * Without any colluder: all are in one U3, but one participant was shown a U2 without its four neighbours and so masked
 * its input with its self mask alone. That mask is revealed, as of every survivor.
 */
export const victimWithoutItsNeighbours: Scenario = {
  name: 'one participant is shown a U2 without its neighbours',
  play: playOf({
    suite: 'test/sparse',
    size: 9,
    colluders: [],
    sessions: [
      sessionOf(9, {
        passes: [passOf(9, { u2: shown<readonly number[]>(9, [], { [VICTIM]: neighbours }) })],
      }),
    ],
  }),
  opened: 0,
  refusals: ['MISSING_HEADER'],
  leaks: { noHeaderCheck: 'derivable' },
};
