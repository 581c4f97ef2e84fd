import { type Edge, playOf, sessionOf } from '../decisions.js';
import type { Scenario } from './scenario.js';

const session = (withheld: readonly Edge[]) => sessionOf(5, { withheld });

/** One packet is not delivered. Its holder refuses; the others can do without that one. */
export const packetOfOneEdgeWithheld: Scenario = {
  name: 'the packet of one edge is withheld',
  play: playOf({ size: 5, sessions: [session([[3, 1]])] }),
  opened: 0,
  refusals: ['MISSING_SHARES', 'MISSING_HEADER'],
  leaks: {},
};

/** Skipped instead of refused, all edges of one participant leave its input under its self mask alone. */
export const packetsOfAllEdgesWithheld: Scenario = {
  name: 'all packets for one participant are withheld',
  play: playOf({
    size: 5,
    sessions: [
      session([
        [0, 1],
        [2, 1],
        [3, 1],
        [4, 1],
      ]),
    ],
  }),
  opened: 0,
  refusals: ['MISSING_SHARES'],
  leaks: { missingPacketsSkipped: 'derivable' },
};
