import { type LastRound, passOf, playOf, sessionOf, shown } from '../decisions.js';
import type { Scenario } from './scenario.js';

const VICTIM = 1;
const others = [2, 3];

/**
 * One participant is killed as its upload leaves, and is to mask its input again, for U2 without the one and without the
 * other of two honest neighbours: the differences of its uploads are those masks.
 */
export const maskedAgain: Scenario = {
  name: 'a killed participant is shown other U2s',
  play: playOf({
    size: 4,
    sessions: [
      sessionOf(4, {
        passes: [[], ...others.map((one) => [one])].map((missing, at) =>
          passOf(4, {
            u2: shown<readonly number[]>(4, [], { [VICTIM]: missing }),
            upTo: shown<LastRound>(4, at < 2 ? 2 : 4),
            killedIn: shown<0 | 2>(4, 0, { [VICTIM]: at < 2 ? 2 : 0 }),
          }),
        ),
      }),
    ],
  }),
  opened: 1,
  refusals: [],
  leaks: { noLatch: 'derivable' },
};

/** All are killed as their shares leave, and are to reveal others for another U3. */
export const revealedAgain: Scenario = {
  name: 'killed participants are shown another U3',
  play: playOf({
    size: 4,
    sessions: [
      sessionOf(4, {
        passes: [
          passOf(4, { killedIn: shown<0 | 4>(4, 4) }),
          passOf(4, { u3: shown<readonly number[]>(4, [3]) }),
        ],
      }),
    ],
  }),
  opened: 1,
  refusals: [],
  leaks: { noLatch: 'both secrets' },
};

/** All are killed as their votes leave, and are to vote otherwise in a second session. */
export const votedAgain: Scenario = {
  name: 'killed participants are asked for another vote in the next session',
  play: playOf({
    size: 4,
    sessions: [
      sessionOf(4, { passes: [passOf(4, { killedIn: shown<0 | 3>(4, 3) }), passOf(4)] }),
      sessionOf(4, { passes: [passOf(4, { u3: shown<readonly number[]>(4, [3]) })] }),
    ],
  }),
  opened: 1,
  refusals: ['VOTE_SPENT'],
  leaks: { noLatch: 'overlap', noVote: 'overlap' },
};
