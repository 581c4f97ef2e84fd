import { type Missing, passOf, type Play, playOf, type SessionPlay, sessionOf, shown } from '../decisions.js';
import type { Scenario } from './scenario.js';

const without = (missing: Missing, changes: Partial<SessionPlay> = {}): SessionPlay =>
  sessionOf(5, { ...changes, passes: [passOf(5, { u3: shown(5, missing) })] });

const play = (sessions: readonly SessionPlay[], changes: Partial<Play> = {}): Play =>
  playOf({ size: 5, sessions, ...changes });

const inputs = shown(5, 1);

/** The sum over all and the sum over all but one, of the same data: their difference is that one's. */
export const withAndWithoutOne: Scenario = {
  name: 'two sessions of one scope, with and without one participant',
  play: play([without([]), without([4])]),
  opened: 1,
  refusals: ['VOTE_SPENT'],
  leaks: { noVote: 'overlap' },
};

/** The same, but both sessions go on round by round. */
export const withAndWithoutOneAtOnce: Scenario = {
  name: 'two sessions of one scope at once, with and without one participant',
  play: play([without([]), without([4])], { lockstep: true }),
  opened: 1,
  refusals: ['VOTE_SPENT'],
  leaks: { noVote: 'overlap' },
};

/** Another input does not make it another scope: data that count for no input are the same for each. */
export const withAndWithoutOneForOtherInputs: Scenario = {
  name: 'two sessions of one scope with different inputs, with and without one participant',
  play: play([without([]), without([4], { inputs })]),
  opened: 1,
  refusals: ['VOTE_SPENT'],
  leaks: { noVote: 'overlap' },
};

/** The same of vectors that do depend on the input: mean, then variance, must be of the same participants. */
export const meanAndVarianceOfOthers: Scenario = {
  name: 'mean and variance over different participants',
  play: play([without([]), without([4], { inputs })], { answersInput: true }),
  opened: 1,
  refusals: ['VOTE_SPENT'],
  leaks: { noVote: 'overlap' },
};

export const meanAndVariance: Scenario = {
  name: 'mean and variance over the same participants',
  play: play([without([4]), without([4], { inputs })], { answersInput: true }),
  opened: 2,
  refusals: [],
  leaks: {},
};

/** After votes the first session aborts; one participant is gone, and the next is to do without it. */
export const retryWithoutOne: Scenario = {
  name: 'an aborted session is tried again without one participant, and then finished all the same',
  play: play(
    [
      sessionOf(5, { passes: [passOf(5, { upTo: shown(5, 3) }), passOf(5)] }),
      sessionOf(5, { passes: [passOf(5, { u3: shown(5, [4]) }), passOf(5, { u3: shown(5, [4]) })] }),
    ],
    { lockstep: true },
  ),
  opened: 1,
  refusals: ['VOTE_SPENT'],
  leaks: { noVote: 'overlap' },
};

const GRANT = { from: [], to: [4], refusedBy: [] };

/** A decision of the organiser: both sums, and with them the difference, as it was warned of. */
export const granted: Scenario = {
  name: 'a grant that all accept',
  play: play([without([]), without([4], { granted: true })], { grant: GRANT }),
  opened: 2,
  refusals: [],
  leaks: {},
};

/** Who accepts no grants leaves before anything is sent, so the votes of the others cannot open its input. */
export const grantRefused: Scenario = {
  name: 'a grant that one participant does not accept',
  play: play([without([]), without([4], { granted: true })], { grant: { ...GRANT, refusedBy: [2] } }),
  opened: 1,
  refusals: ['BELOW_POLICY'],
  leaks: {},
};

/** A grant counts for the two sets it names. */
export const grantForOthers: Scenario = {
  name: 'a grant that is used for another set',
  play: play([without([]), without([3], { granted: true })], { grant: GRANT }),
  opened: 1,
  refusals: ['VOTE_SPENT'],
  leaks: { noVote: 'overlap' },
};

/** And only in a session whose opening names it. */
export const grantNotNamed: Scenario = {
  name: 'a grant that the opening does not name',
  play: play([without([]), without([4])], { grant: GRANT }),
  opened: 1,
  refusals: ['VOTE_SPENT'],
  leaks: { noVote: 'overlap' },
};

/** Where no list is pinned the coordinator names the electorate, but for a scope only once. */
export const otherElectorate: Scenario = {
  name: 'the second session of a scope names a smaller electorate',
  play: play([without([]), without([], { electorates: shown(5, [4]) })], { pinned: false }),
  opened: 1,
  refusals: ['ELECTORATE_CHANGED'],
  leaks: {},
};

/** Every session of an evolving task with another input is another scope, with another update. */
export const evolving: Scenario = {
  name: 'an evolving task, with and without one participant',
  play: play([without([]), without([4], { inputs })], { scope: 'evolving' }),
  opened: 2,
  refusals: [],
  leaks: {},
};

export const evolvingTwice: Scenario = {
  name: 'two sessions of an evolving task for one input, with and without one participant',
  play: play([without([]), without([4])], { scope: 'evolving' }),
  opened: 1,
  refusals: ['VOTE_SPENT'],
  leaks: { noVote: 'overlap' },
};
