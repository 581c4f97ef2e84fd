/**
 * The integers of a session on a ring (PROTOCOL §5.2): what the coordinator states with U1 and what a participant accepts.
 * They follow from the task and from how many came, never from a share of those: the coordinator can pick the latter.
 */
import { beaconOf } from '../../beacon.js';
import type { Parameters } from '../../context.js';
import type { Task } from '../../documents.js';
import { refuse } from '../../errors.js';
import { checkTask as checkMaskingTask, neededSurvivors, quorum } from '../../parameters.js';
import { logAtLeast, logBelow } from './hypergeometric.js';
import { COMMITTEE_ABOVE, type RingNumbers, ringNumbers, securityBitsOf } from './numbers.js';
import { CORRECTNESS_BITS, type RingLoad } from './tails.js';

/** Each member has an evaluation point of its own in GF(2^16) but 0. */
export const MAX_ROSTER = 65_535;

const bitsOf = (task: Task): number => securityBitsOf(beaconOf(task) !== null);

/** As many may drop out after r0 as leave the survivors that the task needs. */
export const sessionLoad = (task: Task, electorateSize: number, rosterSize: number): RingLoad => ({
  participants: rosterSize,
  colluders: Math.min(task.maxColluders, rosterSize),
  losses: Math.max(0, rosterSize - neededSurvivors(task, electorateSize)),
});

/** @throws BlindsumError USE_COMPLETE (fault peer) */
export function sessionNumbers(task: Task, electorateSize: number, rosterSize: number): RingNumbers {
  const load = sessionLoad(task, electorateSize, rosterSize);
  const numbers = ringNumbers(load, bitsOf(task));
  if (numbers === null) {
    refuse(
      'USE_COMPLETE',
      'peer',
      `no ring of ${load.participants}, of whom ${load.colluders} may collude and ${load.losses} drop out, is sparse enough: use suite masking/complete`,
    );
  }
  return numbers;
}

/** @throws BlindsumError as `checkTask` of all masking suites; USE_COMPLETE */
export function checkTask(task: Task): void {
  const beacon = beaconOf(task);
  checkMaskingTask(task, beacon === null ? [] : [beacon]);
  if (task.maxParticipants > MAX_ROSTER) {
    refuse(
      'BAD_TASK',
      'peer',
      `suite ${task.suite} is for at most ${MAX_ROSTER} participants, not ${task.maxParticipants}`,
    );
  } // check: B4
  const electorate = task.pinned?.size ?? task.maxParticipants;
  sessionNumbers(task, electorate, electorate);
}

export function parametersOf(
  task: Task,
  electorateSize: number,
  { w, h, k, t, committee }: RingNumbers,
): Parameters {
  const q = committee?.q ?? quorum(electorateSize, task.maxColluders);
  return { q, t, k, w, h, m: committee?.m ?? 0 };
}

/** A bound as a participant checks it: rounding in the last digits must not split a session. In bits. */
const SLACK_BITS = 0.01;
const NAMES = ['h', 'k', 'm', 'q', 't', 'w'];

/**
 * A participant's check: the integers keep what the tails demand. They need not be the smallest that do, but the ring no
 * more than one wider: a coordinator that has the ring would look for the width that suits it.
 * @throws BlindsumError BELOW_POLICY (fault peer)
 */
export function checkParameters(
  task: Task,
  electorateSize: number,
  rosterSize: number,
  stated: Parameters,
): void {
  const load = sessionLoad(task, electorateSize, rosterSize);
  const { participants, colluders, losses } = load;
  const { q, t, k = 0, w = 0, h = 0, m = 0 } = stated;
  const bound = (bits: number): number => (SLACK_BITS - bits) * Math.LN2 - Math.log(participants);
  /** Whether so many of `drawn` places are colluders with a probability below 2^−(σ+1), anywhere on the ring. */
  const isPrivate = (drawn: number, count: number): boolean =>
    logAtLeast({ population: participants, marked: colluders, drawn }, count) < bound(bitsOf(task) + 1);
  /** Likewise, whether fewer survive. */
  const isLive = (drawn: number, count: number): boolean =>
    logBelow({ population: participants, marked: participants - losses, drawn }, count) <
    bound(CORRECTNESS_BITS);
  const everybodySigns = participants <= COMMITTEE_ABOVE;
  const isQuorum = everybodySigns
    ? m === 0 && q === quorum(electorateSize, task.maxColluders)
    : m >= q && m <= participants && isPrivate(m, 2 * q - m) && isLive(m, q);
  const least = ringNumbers(load, bitsOf(task));
  const holds =
    least !== null && // check: C12
    w <= least.w + 1 && // check: C12
    Object.keys(stated).sort().join() === NAMES.join() && // check: C12
    k === 2 * w && // check: C12
    k < (participants - 1) / 2 && // check: C12
    t >= 2 && // check: C12
    isQuorum && // check: C12
    isPrivate(w, h) && // check: C12
    isPrivate(k, t) && // check: C12
    isLive(w, h) && // check: C12
    isLive(k, t); // check: C12
  if (holds) return;
  refuse(
    'BELOW_POLICY',
    'peer',
    `the coordinator states numbers for the ring that do not hold for ${participants} participants, ${colluders} colluders and ${losses} dropouts (q = ${q}, t = ${t}, k = ${k}, w = ${w}, h = ${h}, m = ${m})`,
  );
}
