/**
 * The policy: a participant's floor (PROTOCOL §2, §7). It comes from the participant's own trust file; nothing the
 * coordinator sends can lower it (attacks A6, A7, C12).
 */
import { z } from 'zod';
import type { Task } from './documents.js';
import { refuse } from './errors.js';
import { neededSurvivors, quorum } from './parameters.js';
import type { Opening } from './statements.js';

const count = (min: number) => z.number().int().min(min).max(1_000_000);

export const policySchema = z.strictObject({
  /** Suites this participant runs. */
  suites: z.array(z.string()).default(['masking/complete', 'masking/ring', 'ckks/sumkey']),
  /** Honest inputs that must at least be in any opened sum: max(q, minSurvivors) − n_C ≥ minHonest. */
  minHonest: count(2).default(2),
  /** Smallest electorate. */
  minParticipants: count(3).default(3),
  /** Smallest n_C a task may assume. */
  minColluders: count(0).default(1),
  /** A roster older than this after the own keys were sent is refused. */
  rosterMaxAgeMs: count(1).default(600_000),
  /** Own data set → the one label under which its records may be summed. */
  datasets: z.record(z.string(), z.string()).default({}),
  /** Whether training tasks, whose every session sends a new update, are accepted. */
  evolving: z.boolean().default(false),
  /**
   * Whether of many participants only the signatures of a committee may count: a set is then final for its session, but
   * two sessions of one scope need not share an honest signer.
   */
  acceptCommittee: z.boolean().default(false),
  /** Whether an organiser's grant may re-open a scope for another set of participants. */
  acceptGrants: z.boolean().default(false),
  /** Attempts at one training session whose earlier attempts aborted after votes. */
  maxAttempts: count(1).default(2),
  /** Of the witnesses that the trust file names, how many must have cosigned the coordinator's log. */
  minWitnesses: z.number().int().min(0).max(64).default(0),
});
export type Policy = z.infer<typeof policySchema>;

/** @throws BlindsumError BELOW_POLICY, UNSUPPORTED, TOO_FEW_PARTICIPANTS (fault peer) */
export function checkFloor(policy: Policy, task: Task, opening: Opening): void {
  const size = opening.electorate.size;
  if (!policy.suites.includes(task.suite))
    refuse('UNSUPPORTED', 'peer', `the policy does not accept suite ${task.suite}`); // check: A7
  if (size < 3) refuse('TOO_FEW_PARTICIPANTS', 'peer', `the session invites ${size}; a sum needs at least 3`); // check: A7
  if (size > task.maxParticipants) {
    refuse('BELOW_POLICY', 'peer', `the session invites ${size}, the task allows ${task.maxParticipants}`);
  } // check: A6
  floor('electorate', size, policy.minParticipants); // check: A7
  floor('maxColluders', task.maxColluders, policy.minColluders); // check: A6
  floor('honest survivors', neededSurvivors(task, size) - task.maxColluders, policy.minHonest); // check: A6, A7
  if (neededSurvivors(task, size) > size) {
    refuse(
      'BELOW_POLICY',
      'peer',
      `the session needs ${neededSurvivors(task, size)} survivors but invites ${size}`,
    );
  }
  if (task.scope.kind === 'evolving' && !policy.evolving) {
    refuse(
      'BELOW_POLICY',
      'peer',
      'the task is evolving (one new input per session), which the policy does not accept',
    );
  } // check: A2, A11
}

/** Of a frozen roster. */
export interface Signing {
  readonly participants: number;
  /** How many of them sign. */
  readonly signers: number;
  /** How many of those make a set final. */
  readonly q: number;
  /** N */
  readonly electorate: number;
}

/**
 * Two sessions of a scope share an honest signer only if both need more than half of the electorate and its colluders: a
 * committee of everybody who came is still one.
 * @throws BlindsumError BELOW_POLICY (fault peer)
 */
export function checkSigners(
  policy: Policy,
  task: Task,
  { participants, signers, q, electorate }: Signing,
): void {
  const needed = quorum(electorate, task.maxColluders);
  if (policy.acceptCommittee) return;
  const isEverybody =
    signers === participants && // check: A11
    q >= needed; // check: A11
  if (isEverybody) return;
  refuse(
    'BELOW_POLICY',
    'peer',
    `${q} of a committee of ${signers} make a set final, not ${needed} of all ${participants} participants, which the policy does not accept (acceptCommittee)`,
  );
}

function floor(what: string, value: number, least: number): void {
  if (value < least) refuse('BELOW_POLICY', 'peer', `${what}: ${value} is below the policy's ${least}`);
}

export interface Data {
  /** Null: the data set that is pinned to the label, or of several the one of the same name. */
  readonly dataset: string | null;
  /** Whether the values depend on the input that the opening names. */
  readonly answersInput: boolean;
}

/**
 * A static task may only use a data set that the policy pins to its label. An evolving task has a scope for each input:
 * values that are the same whatever the input would be summed over another set under each input that a coordinator
 * thinks up, so they may not go there.
 * @throws BlindsumError BELOW_POLICY (fault caller)
 */
export function checkDataset(policy: Policy, task: Task, { dataset, answersInput }: Data): void {
  if (task.scope.kind !== 'static') {
    if (!answersInput) {
      refuse(
        'BELOW_POLICY',
        'caller',
        'the task is evolving, for values made anew from the input of each session: make them in a function, or say that they answer the input (answersInput, --answers-input)',
      );
    } // check: A11
    return;
  }
  const label = task.scope.dataset;
  const pinned = Object.keys(policy.datasets).filter((name) => policy.datasets[name] === label);
  if (dataset === null ? pinned.length === 1 || pinned.includes(label) : pinned.includes(dataset)) return;
  if (pinned.length === 0) {
    refuse(
      'BELOW_POLICY',
      'caller',
      `the policy does not pin data set ${dataset ?? label} to the label ${label}: add it under policy.datasets`,
    );
  }
  const names = pinned.join(' or ');
  refuse(
    'BELOW_POLICY',
    'caller',
    `label ${label} is pinned to data set ${names}: give dataset ${names} (--dataset ${names})`,
  ); // check: A11
}
