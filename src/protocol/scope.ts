/**
 * One vote per scope (PROTOCOL §7). Sums over U3 and over U3 without v of the same data reveal v. So in one scope a
 * participant signs r3 for at most one set of identities, ever: any two quorums of the electorate share an honest
 * signer, hence all sums opened in a scope are over the same set (attack A11).
 */
import { compareBytes, equalBytes, toHex } from '../../crypto/bytes.js';
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { type Grant, grantCodec, grantHash, type Task } from './documents.js';
import { refuse } from './errors.js';
import { openSigned, type Signed, type Verify } from './signed.js';

/** What a journal remembers of one scope. Plain data; kept as long as the journal. */
export interface ScopeRecord {
  /** Identities, increasing; later sessions of the scope must name the same. */
  readonly electorate: readonly Uint8Array[];
  /** n_C; later sessions of the scope must assume the same. */
  readonly maxColluders: number;
  /** Secret of this journal: the same input in the same scope rounds to the same integers. 32 bytes. */
  readonly roundingSeed: Uint8Array;
  /** The one set of identities signed for, increasing; null while no vote was cast. */
  readonly vote: readonly Uint8Array[] | null;
  /** Vector digest per input hash (hex; '' for none) that was uploaded. Keyed by roundingSeed, so it reveals nothing. */
  readonly inputs: Readonly<Record<string, Uint8Array>>;
}

/** Scope key, 32 bytes: the data set label across tasks, or (task, input) for evolving tasks. */
export function scopeKey(task: Task, taskHash: Uint8Array, input: Uint8Array | null): Uint8Array {
  return task.scope.kind === 'static' ? datasetScope(task.scope.dataset) : evolvingScope(taskHash, input);
}

export const datasetScope = (label: string): Uint8Array => hashTuple(LABEL.scope, 'static', label);
export const evolvingScope = (taskHash: Uint8Array, input: Uint8Array | null): Uint8Array =>
  hashTuple(LABEL.scope, 'evolving', taskHash, input);

/**
 * Before r0. Two quorums share a signer who is honest against n_C colluders only if both count n_C: with a smaller n_C in
 * one task of a label, the colluders that another task withstands could open the scope over two sets.
 * @throws BlindsumError ELECTORATE_CHANGED (fault peer)
 */
export function checkElectorate(
  record: ScopeRecord | null,
  electorate: readonly Uint8Array[],
  maxColluders: number,
): void {
  if (record !== null && record.maxColluders !== maxColluders) {
    refuse(
      'ELECTORATE_CHANGED',
      'peer',
      `this scope was opened before with ${record.maxColluders} colluders assumed, now with ${maxColluders}: tasks of one data set label need the same maxColluders`,
    );
  } // check: A11
  if (record !== null && !sameIdentities(record.electorate, electorate)) {
    refuse(
      'ELECTORATE_CHANGED',
      'peer',
      'this scope was opened before with another electorate (somebody was enrolled or revoked since?): use a new data set label; a grant does not cover this',
    );
  } // check: A11
}

export interface Vote {
  /** Identities of U3, increasing. */
  readonly members: readonly Uint8Array[];
  /** See answeredInput. */
  readonly input: Uint8Array | null;
  /** Keyed digest of the quantised vector. */
  readonly vector: Uint8Array;
}

export interface GrantRules {
  readonly accept: boolean;
  readonly grants: readonly Signed[];
  /** H(Signed grant) of those that the opening names: any other was not agreed on by all who are in the session. */
  readonly named: readonly Uint8Array[];
  readonly organiser: Uint8Array;
  readonly verify: Verify;
}

/**
 * The record after voting; the caller stores it together with the r3 latch.
 * @throws BlindsumError VOTE_SPENT, INPUT_CHANGED (fault peer, self)
 */
export function castVote(scope: Uint8Array, record: ScopeRecord, vote: Vote, rules: GrantRules): ScopeRecord {
  if (record.vote !== null && !sameIdentities(record.vote, vote.members)) {
    if (!isGranted(scope, record.vote, vote.members, rules)) {
      refuse(
        'VOTE_SPENT',
        'peer',
        'this scope was already signed for another set of participants; two sums over different sets could reveal single inputs',
      );
    } // check: A11
  }
  return { ...recordInput(record, vote.input, vote.vector), vote: vote.members };
}

/**
 * The record after the vector has left; the caller stores it together with the r2 latch, before anything is sent. Not
 * only with the vote: the votes of others can open an upload whose sender never votes.
 * @throws BlindsumError INPUT_CHANGED (fault self)
 */
export function recordInput(record: ScopeRecord, input: Uint8Array | null, vector: Uint8Array): ScopeRecord {
  checkUnchanged(record, input, vector); // check: A11
  return { ...record, inputs: { ...record.inputs, [inputKey(input)]: vector } };
}

/**
 * The input that a vector counts for. In a static scope, what does not depend on the session's input counts for none:
 * else a coordinator that names another input for each session would be sent another vector of the same kind each time.
 */
export function answeredInput(
  { scope }: Task,
  input: Uint8Array | null,
  answersInput: boolean,
): Uint8Array | null {
  if (scope.kind === 'static' && !answersInput) return null; // check: A11
  return input;
}

const inputKey = (input: Uint8Array | null): string => (input === null ? '' : toHex(input));

/** Also before r0, where refusing spoils no session. @throws BlindsumError INPUT_CHANGED (fault self) */
export function checkUnchanged(record: ScopeRecord, input: Uint8Array | null, vector: Uint8Array): void {
  const before = record.inputs[inputKey(input)];
  if (before !== undefined && !equalBytes(before, vector)) {
    refuse(
      'INPUT_CHANGED',
      'self',
      'another vector was sent before for the same scope and input (the same values count as another vector under another weight, suite, scale or clip); send the same one, or one that answers a new input, or use a new data set label',
    );
  } // check: A11
}

function isGranted(
  scope: Uint8Array,
  from: readonly Uint8Array[],
  to: readonly Uint8Array[],
  rules: GrantRules,
): boolean {
  if (!rules.accept) return false; // check: A11
  return rules.grants.some((signed) => {
    const grant: Grant = openSigned(grantCodec, signed, rules.organiser, rules.verify, 'WRONG_ORGANISER');
    return (
      rules.named.some((hash) => equalBytes(hash, grantHash(signed))) && // check: A11
      equalBytes(grant.scope, scope) && // check: A11
      sameIdentities(grant.from, from) && // check: A11
      sameIdentities(grant.to, to) // check: A11
    );
  });
}

/** Both increasing. */
export function sameIdentities(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((identity, index) => compareBytes(identity, b[index] as Uint8Array) === 0)
  );
}

export function isIncreasing(identities: readonly Uint8Array[]): boolean {
  return identities.every(
    (identity, index) => index === 0 || compareBytes(identities[index - 1] as Uint8Array, identity) < 0,
  );
}
