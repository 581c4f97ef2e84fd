/**
 * Plays with a known end: one for each way to deviate, and every counterexample that was ever found. Participant 1 is
 * hostile, of five; n_C = 1, so q = t = 4.
 */
import { type HostilePlan, planOf, type Play } from './play.js';

export interface Scenario {
  readonly play: Play;
  /** 'closed', or the code and round of the abort. */
  readonly ending: string;
  readonly u3: readonly number[] | null;
  readonly blamed: readonly number[];
}

const ALL = [0, 1, 2, 3, 4];
const OTHERS = [0, 2, 3, 4];
const THIRD = 1 << 3;
const THIRD_AND_FOURTH = THIRD | (1 << 4);

const one = (plan: HostilePlan): Play => ({ n: 5, colluders: 1, hostile: { 1: plan } });
const closed = (plan: HostilePlan, u3 = ALL, blamed: readonly number[] = []): Scenario => ({
  play: one(plan),
  ending: 'closed',
  u3,
  blamed,
});
const ends = (ending: string, plan: HostilePlan, u3: readonly number[] | null, blamed = [1]): Scenario => ({
  play: one(plan),
  ending,
  u3,
  blamed,
});
const deals = (main: string, victims: number, kinds = 3) => ({ r1: { main, victims, kinds } });

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'silent from the start': closed(planOf({ r0: { main: 'silent' } }), OTHERS),
  'silent after r0': closed(planOf({ r1: { main: 'silent' } }), OTHERS),
  'silent after r1': closed(planOf({ r2: { main: 'silent' } }), OTHERS),
  'silent after r2': closed(planOf({ r3: { main: 'silent' } })),
  'silent after r3': closed(planOf({ r4: { main: 'silent' } })),
  'another share key than it has': ends(
    'BAD_DEALER in r2',
    planOf({ r0: { main: 'other-share-key' } }),
    null,
  ),
  'another mask key than it has, and stays': closed(planOf({ r0: { main: 'other-mask-key' } })),
  'another mask key than it has, and drops out': ends(
    'BAD_DEALER in r4',
    planOf({ r0: { main: 'other-mask-key' }, r2: { main: 'silent' } }),
    OTHERS,
  ),
  'garbage for one holder, and no answer': closed(planOf(deals('garbage-packet', THIRD))),
  'garbage for one holder, and the right answer': closed(planOf(deals('garbage-packet', THIRD), 'fits')),
  'garbage for one holder, and a wrong answer': closed(
    planOf(deals('garbage-packet', THIRD), 'does-not-fit'),
    ALL,
    [1],
  ),
  'garbage for one holder, and an answer that is too short': closed(
    planOf(deals('garbage-packet', THIRD), 'short'),
    ALL,
    [1],
  ),
  "garbage for one holder, and another holder's shares": closed(
    planOf(deals('garbage-packet', THIRD), 'for-another'),
    ALL,
    [1],
  ),
  'garbage for more holders than n_C': ends(
    'BAD_DEALER in r2',
    planOf(deals('garbage-packet', THIRD_AND_FOURTH)),
    null,
  ),
  'packets of two holders exchanged': ends(
    'BAD_DEALER in r2',
    planOf(deals('swapped-packets', THIRD_AND_FOURTH)),
    null,
  ),
  'leaves that the shares do not fit': closed(planOf(deals('wrong-leaves', THIRD), 'fits'), ALL, [1]),
  'shares that its leaves do not name': closed(planOf(deals('other-plaintext', THIRD), 'fits')),
  'shares of 31 bytes with leaves that fit': closed(planOf(deals('short-share', THIRD), 'fits'), ALL, [1]),
  'packets as long as they may be': closed(planOf(deals('longest-packet', THIRD), 'fits')),
  'a share of b that is not on the polynomial': ends(
    'BAD_DEALER in r4',
    planOf(deals('off-polynomial', THIRD, 2)),
    ALL,
  ),
  'a share of the mask key that is not on the polynomial, and nobody needs it': closed(
    planOf(deals('off-polynomial', THIRD, 1)),
  ),
  'a share of the mask key that is not on the polynomial, and it drops out': ends(
    'BAD_DEALER in r4',
    planOf({ ...deals('off-polynomial', THIRD, 1), r2: { main: 'silent' } }),
    OTHERS,
  ),
  'a commitment to another seed': ends('BAD_DEALER in r4', planOf({ r1: { main: 'wrong-commitment' } }), ALL),
  'a leaf that its own share does not fit': closed(planOf({ r1: { main: 'wrong-own-leaf' } })),
  'numbers out of the air for an upload': closed(planOf({ r2: { main: 'random-upload', victims: 77 } })),
  'a false complaint': closed(planOf({ r2: { main: 'false-complaint', victims: 1 } })),
  'complaints about everybody': closed(planOf({ r2: { main: 'all-complaints' } })),
  'a header without an upload': closed(planOf({ r2: { main: 'header-only' } }), OTHERS),
  'half an upload': closed(planOf({ r2: { main: 'half-an-upload' } }), OTHERS),
  'wrong shares in r4': closed(planOf({ r4: { main: 'wrong-share', victims: 31 } })),
  'no shares in r4': closed(planOf({ r4: { main: 'nothing-revealed' } })),
  'one share withheld in r4': closed(planOf({ r4: { main: 'one-withheld', victims: 2 } })),
  // Found: the abort named nobody, and the next session let the proven dealer in.
  'proven bad in a session that too few survive': {
    play: {
      n: 5,
      colluders: 1,
      hostile: {
        1: planOf(deals('garbage-packet', THIRD), 'does-not-fit'),
        2: planOf({ r2: { main: 'header-only' } }),
        4: planOf({ r2: { main: 'header-only' } }),
      },
    },
    ending: 'TOO_FEW_SURVIVORS in r2',
    u3: null,
    blamed: [1],
  },
  // What n_C means: more complaints than that are believed.
  'false complaints of more than n_C about somebody honest': {
    play: {
      n: 5,
      colluders: 1,
      hostile: {
        1: planOf({ r2: { main: 'false-complaint', victims: 1 } }),
        2: planOf({ r2: { main: 'false-complaint', victims: 1 } }),
      },
    },
    ending: 'closed',
    u3: ALL,
    blamed: [0],
  },
};
