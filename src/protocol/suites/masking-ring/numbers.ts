/**
 * The numbers of `masking/ring` (PROTOCOL §5.2): how many neighbours on either side, how many of them must survive, the
 * threshold of shares, and whose signatures count. Privacy holds against a coordinator that chooses who drops out: honest
 * survivors stay connected in any set that passes the window check (attack A3b), whatever it declares.
 */
import { logAdd, logAtLeast, logBelow } from './hypergeometric.js';
import { fewestSurvivors, mostColluders, type RingLoad, smallestSize } from './tails.js';

export interface Committee {
  /** Positions drawn from the ring seed whose signatures in r3 count. */
  readonly m: number;
  /** So many of them make a set final. */
  readonly q: number;
}

export interface RingNumbers {
  /** Neighbours on either side, and so the width of a window of consecutive positions. */
  readonly w: number;
  /** Survivors that every window must keep. */
  readonly h: number;
  /** 2·w neighbours in all. */
  readonly k: number;
  /** Shares that open a secret. */
  readonly t: number;
  /** Null up to `COMMITTEE_ABOVE` participants: then everybody's signatures count. */
  readonly committee: Committee | null;
}

/** σ with a ring seed that the coordinator cannot choose, from a beacon. */
export const BEACON_SECURITY_BITS = 40;
/** A coordinator that arranges rosters until one gives it a ring it likes is granted 2^64 of them. */
export const GRINDING_BITS = 64;
/** The largest roster in which everybody's signatures are sent to everybody. */
export const COMMITTEE_ABOVE = 2000;

/** σ of all tails. */
export const securityBitsOf = (beacon: boolean): number =>
  BEACON_SECURITY_BITS + (beacon ? 0 : GRINDING_BITS);

/** @returns null when no ring will do that is sparser than the complete graph by half: use `masking/complete` */
export function ringNumbers(load: RingLoad, securityBits: number): RingNumbers | null {
  const { participants } = load;
  const most = (drawn: number): number => mostColluders(load, drawn, securityBits);
  // One share alone never is a secret.
  const threshold = (k: number): number => Math.max(most(k) + 1, 2);
  // k < (n − 1)/2
  const last = Math.ceil((participants - 1) / 4) - 1;
  const w = smallestSize({ first: 1, step: 1, last }, (size) =>
    Math.max(
      most(size) + 1 - fewestSurvivors(load, size),
      // Two more neighbours at a time.
      Math.ceil((threshold(2 * size) - fewestSurvivors(load, 2 * size)) / 2),
    ),
  );
  if (w === null) return null;
  const committee = participants > COMMITTEE_ABOVE ? committeeOf(load, securityBits) : null;
  if (participants > COMMITTEE_ABOVE && committee === null) return null;
  return { w, h: most(w) + 1, k: 2 * w, t: threshold(2 * w), committee };
}

/** Two quorums of the smallest committee share an honest signer, and enough of it survive. */
function committeeOf(load: RingLoad, securityBits: number): Committee | null {
  const quorumOf = (m: number): number => Math.floor((m + mostColluders(load, m, securityBits)) / 2) + 1;
  const m = smallestSize(
    { first: 1, step: 1, last: load.participants },
    (size) => quorumOf(size) - fewestSurvivors(load, size),
  );
  return m === null ? null : { m, q: quorumOf(m) };
}

/** ln of the probabilities, over one random ring, that something of somebody may leak, and that the sum cannot be opened. */
export function ringFailure(
  { participants, colluders, losses }: RingLoad,
  { w, h, k, t, committee }: RingNumbers,
): { readonly privacy: number; readonly correctness: number } {
  const colluding = (drawn: number) => ({ population: participants, marked: colluders, drawn });
  const surviving = (drawn: number) => ({ population: participants, marked: participants - losses, drawn });
  const everybody = Math.log(participants);
  const signing =
    committee === null
      ? { privacy: -Infinity, correctness: -Infinity }
      : {
          privacy: logAtLeast(colluding(committee.m), 2 * committee.q - committee.m),
          correctness: logBelow(surviving(committee.m), committee.q),
        };
  return {
    privacy: logAdd(
      everybody + logAtLeast(colluding(w), h),
      everybody + logAtLeast(colluding(k), t),
      signing.privacy,
    ),
    correctness: logAdd(
      everybody + logBelow(surviving(w), h),
      everybody + logBelow(surviving(k), t),
      signing.correctness,
    ),
  };
}
