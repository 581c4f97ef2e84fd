/**
 * Neighbours and threshold as Bell et al. (CCS 2020) choose them, by the rules that Google's federated-compute publishes
 * (PROTOCOL §5.2): to compare with. Both take dropouts as independent of the graph, which a coordinator that chooses them
 * does not keep to (attack A3b); no session runs with these numbers.
 */
import { logAdd, logAtLeast, logBelow, logFactorial } from './hypergeometric.js';
import { fewestSurvivors, mostColluders, type RingLoad, smallestSize } from './tails.js';

/** `curious`: the coordinator follows the protocol and only looks; `semi-malicious`: it lies about who dropped out. */
export type PublishedRule = 'curious' | 'semi-malicious';

export interface PublishedNumbers {
  /** Neighbours of each participant; even. */
  readonly k: number;
  /** Shares that open a secret. */
  readonly t: number;
}

/** σ of the published rules. */
export const PUBLISHED_SECURITY_BITS = 40;
/** Beyond nine tenths of colluders and losses, those that are lied about counted twice, the rules are not defined. */
const isDefined = (rule: PublishedRule, { participants, colluders, losses }: RingLoad): boolean =>
  10 * (colluders + (rule === 'curious' ? losses : 2 * losses)) <= 9 * participants;

/** @returns null when no ring of these participants will do */
export function publishedNumbers(rule: PublishedRule, load: RingLoad): PublishedNumbers | null {
  if (!isDefined(rule, load)) return null;
  const { participants } = load;
  const most = (k: number): number => {
    const colluders = mostColluders(load, k, PUBLISHED_SECURITY_BITS);
    // Shown two different sets, honest neighbours answer for both kinds of share, each for one.
    return rule === 'curious' ? colluders : Math.ceil((colluders + k - 1.25) / 2);
  };
  const k = smallestSize({ first: 2, step: 2, last: participants - 2 }, (size) =>
    logDisconnected(load, size) < -(PUBLISHED_SECURITY_BITS + 1) * Math.LN2
      ? most(size) + 1 - fewestSurvivors(load, size)
      : 1,
  );
  return k === null ? null : { k, t: Math.max(most(k) + 1, 2) };
}

/** ln of the probabilities that something of somebody may leak, and that the sum cannot be opened. */
export function publishedFailure(
  rule: PublishedRule,
  load: RingLoad,
  { k, t }: PublishedNumbers,
): { readonly privacy: number; readonly correctness: number } {
  const { participants, colluders, losses } = load;
  const needed = rule === 'curious' ? t : 2 * t - k;
  const everybody = Math.log(participants);
  const marked = { population: participants, drawn: k };
  return {
    privacy: logAdd(
      logDisconnected(load, k),
      everybody + logAtLeast({ ...marked, marked: colluders }, needed),
    ),
    correctness: everybody + logBelow({ ...marked, marked: participants - losses }, t),
  };
}

/** ln of a bound on the probability that the ring without colluders and losses, at random places, is not connected. */
function logDisconnected({ participants, colluders, losses }: RingLoad, k: number): number {
  const gone = colluders + losses;
  if (k > gone) return -Infinity;
  return (
    Math.log((participants * (participants - k - 1)) / 2) +
    logFactorial(gone) +
    logFactorial(participants - k) -
    logFactorial(participants) -
    logFactorial(gone - k)
  );
}
