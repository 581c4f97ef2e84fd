/** What the numbers of a plan protect against, how surely, and what that assumes; nothing is claimed beyond SECURITY.md. */
import { GRINDING_BITS } from '../../protocol/suites/masking-ring/numbers.js';
import { percent } from './measures.js';
import type { FeasiblePlan } from './types.js';

export function protectionText(plan: FeasiblePlan): string[] {
  const { rule, suite, maxColluders, electorate, dropout } = plan;
  const colluders = `any ${maxColluders} of the ${electorate}`;
  switch (rule) {
    case 'complete':
      return [
        `Protects what each participant put in against the coordinator together with ${colluders}, whatever they send;`,
        `with more colluders it does not. It rests on ${ASSUMPTIONS[suite] ?? 'what SECURITY.md says of the suite'}.`,
      ];
    case 'curious':
      return [
        `Protects against ${colluders} and a coordinator that only looks: it follows the protocol, and draws the ring at random.`,
        `A coordinator that says of some that they dropped out, or shows two sets, reads inputs. ${oddsText(plan)}`,
        RANDOM_DROPOUTS,
      ];
    case 'semi-malicious':
      return [
        `Protects against ${colluders} and a coordinator that lies about who dropped out to each participant differently, but is honest about keys and ring,`,
        `and does not choose who drops out by their places: who does splits the ring and reads the sums of its parts (attack A3b). ${oddsText(plan)}`,
        RANDOM_DROPOUTS,
      ];
    case 'ring':
      return [
        `Protects what each participant put in against the coordinator together with ${colluders}, whatever they send and whoever it says dropped out;`,
        `with more colluders it does not. ${oddsText(plan)} ${seedText(plan)}`,
        `Assumes that who colludes is settled before the ring is known, and that dropouts come at random: a coordinator that chooses them makes sessions abort. Up to ${percent(dropout)} in all rounds together are planned for.`,
        'It rests on X25519, AES and SHA-256, and on the window check and the committee, which await outside review.',
      ];
  }
}

const RANDOM_DROPOUTS = 'Assumes colluders and dropouts at random places of the ring.';

const ASSUMPTIONS: Readonly<Record<string, string>> = {
  'masking/complete': 'X25519, AES and SHA-256',
  'ckks/sumkey':
    'X25519, AES, SHA-256, and RLWE with sums of keys and errors published, which awaits outside review',
};

function oddsText({ failure }: FeasiblePlan): string {
  const { privacyBits, correctnessBits } = failure;
  const leaks =
    privacyBits === null
      ? 'No ring lets anything leak'
      : `A ring lets something leak with a probability of 2^−${privacyBits}`;
  const fails =
    correctnessBits === null
      ? 'none fails to open the sum'
      : `fails to open the sum with 2^−${correctnessBits}`;
  return `${leaks}, and ${fails}.`;
}

function seedText({ beacon, failure: { privacyBits } }: FeasiblePlan): string {
  if (beacon)
    return 'The ring comes from a public beacon: each participant must have had the roster, by its own clock, before that was published.';
  const left = privacyBits === null ? '' : `, which leaves 2^−${(privacyBits - GRINDING_BITS).toFixed(2)}`;
  return `The ring comes from the roster: a coordinator is granted 2^${GRINDING_BITS} rosters to try${left}.`;
}
