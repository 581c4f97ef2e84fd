import { passOf, playOf, sessionOf, shown } from '../decisions.js';
import type { Scenario } from './scenario.js';

/** r4 asks for survivors and dropped, and everybody is on both lists (attack A3). */
export const everybodyOnBothLists: Scenario = {
  name: 'r4 lists everybody as survivor and as dropped',
  play: playOf({ size: 5 }),
  opened: 1,
  refusals: [],
  leaks: { listsInRequest: 'both secrets' },
};

/** Colluders say of every honest dealer that its packet does not decrypt, and get those shares a second time. */
export const complaintsAboutAll: Scenario = {
  name: 'colluders complain about every honest dealer, and survive it',
  play: playOf({
    size: 5,
    colluders: [0, 4],
    sessions: [
      sessionOf(5, {
        complaints: [0, 4].flatMap((by) => [1, 2, 3].map((dealer) => [by, dealer] as const)),
        passes: [passOf(5, { u3: shown<readonly number[]>(5, [3]) })],
      }),
    ],
  }),
  opened: 1,
  refusals: ['NOT_IN_SET'],
  leaks: {},
};

/** The complaints of honest holders about a colluder's packets do not stop the sum, nor do they earn anybody's shares. */
export const complaintsAboutAColluder: Scenario = {
  name: 'honest holders complain about a colluder, and the honest dealers are shown it',
  play: playOf({
    size: 5,
    sessions: [
      sessionOf(5, {
        badPackets: [
          [0, 1],
          [0, 2],
        ],
      }),
    ],
  }),
  opened: 1,
  refusals: [],
  leaks: {},
};

/** An honest dealer's packet that was changed on its way is the coordinator's fault, not a reason to complain. */
export const packetChangedOnItsWay: Scenario = {
  name: 'the packet of an honest dealer is changed on its way',
  play: playOf({ size: 5, sessions: [sessionOf(5, { corrupted: [[2, 3]] })] }),
  opened: 0,
  refusals: ['MISSING_SHARES'],
  leaks: {},
};
