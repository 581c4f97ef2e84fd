/**
 * Before r0 (PROTOCOL §3, §7): what a participant checks of a session before it does any work for it. Run by the client;
 * everything in the message is controlled by the coordinator.
 */
import { equalBytes } from '../../../crypto/bytes.js';
import { namedRound, requireChain } from '../beacon.js';
import { isListed } from '../bisect.js';
import { electorateHash, grantHash, taskCodec, taskHash } from '../documents.js';
import { refuse } from '../errors.js';
import { checkDataset, checkFloor, type Policy } from '../policy.js';
import { answeredInput, checkElectorate, isIncreasing, scopeKey, type ScopeRecord } from '../scope.js';
import { openSigned, type Signed } from '../signed.js';
import { type Opening, openingCodec, openingHash } from '../statements.js';
import { type Anchors, type Deps, onceOf, type Opened, round } from './state.js';

/** A session number may be ahead of the last one by less than this: a larger jump would let one opening burn them all. */
export const MAX_SESSION_JUMP = 2 ** 20;

export interface OpeningMessage {
  readonly task: Signed;
  readonly opening: Signed;
  /** Increasing. */
  readonly electorate: readonly Uint8Array[];
  /** This participant's name for the data it will send; null: the task's label itself. */
  readonly dataset: string | null;
  /** Whether those data depend on the input that the opening names. */
  readonly answersInput: boolean;
  /** Organiser-signed exceptions of the one-vote rule that this participant was given and is willing to use. */
  readonly grants: readonly Signed[];
}

/** What this participant's journal knows. */
export interface Ledger {
  /** Highest session number of the task joined so far; null for none. */
  readonly lastSession: number | null;
  readonly scopeOf: (scope: Uint8Array) => ScopeRecord | null;
}

export const openSession = round(
  (anchors: Anchors, message: OpeningMessage, ledger: Ledger, deps: Deps): Opened => {
    const task = openSigned(taskCodec, message.task, anchors.organiser, deps.verify, 'WRONG_ORGANISER');
    const opening = openSigned(
      openingCodec,
      message.opening,
      anchors.coordinator,
      deps.verify,
      'WRONG_COORDINATOR',
    );
    const hash = taskHash(message.task);
    if (
      !equalBytes(opening.task, hash) || // check: A7, A9
      opening.suite !== task.suite // check: A7
    ) {
      refuse('TASK_MISMATCH', 'peer', 'the opening does not belong to this task');
    }
    if (!opening.keyTypes.every((type) => type === 'x25519')) {
      refuse('UNSUPPORTED', 'peer', 'the opening needs key types this version does not know');
    } // check: A5
    if (namedRound(task, opening) !== null) requireChain(task, anchors.beacon); // check: A3b, A7
    deps.suite(task.suite).checkTask(task); // check: A7, C7
    checkFloor(anchors.policy, task, opening); // check: A7
    checkDataset(anchors.policy, task, message); // check: A11
    checkGrants(anchors.policy, opening, message.grants); // check: A11
    checkListedElectorate(message, opening.electorate, task.pinned, deps); // check: A6
    checkSessionNumber(opening.session, ledger.lastSession); // check: A9
    const scope = scopeKey(task, hash, opening.input);
    checkElectorate(ledger.scopeOf(scope), message.electorate, task.maxColluders); // check: A11
    return {
      kind: 'opened',
      anchors,
      id: openingHash(message.opening),
      task,
      taskHash: hash,
      opening,
      electorate: message.electorate,
      pinned: task.pinned !== null,
      scope,
      answers: answeredInput(task, opening.input, message.answersInput),
    };
  },
);

/**
 * A grant counts only where the opening names it. Who accepts none leaves before anything is sent: later its upload could
 * be opened by the votes of those who do (PROTOCOL §7).
 */
function checkGrants(policy: Policy, opening: Opening, given: readonly Signed[]): void {
  if (opening.grants.length > 0 && !policy.acceptGrants) {
    refuse(
      'BELOW_POLICY',
      'peer',
      'the session uses an exception of the one-vote rule, which the policy does not accept',
    );
  } // check: A11
  const hashes = given.map(grantHash);
  if (!opening.grants.every((named) => hashes.some((hash) => equalBytes(hash, named)))) {
    refuse('BELOW_POLICY', 'peer', 'the session names a grant that this participant was not given');
  } // check: A11
}

interface HashAndSize {
  readonly hash: Uint8Array;
  readonly size: number;
}

function checkListedElectorate(
  { electorate }: OpeningMessage,
  named: HashAndSize,
  pinned: HashAndSize | null,
  deps: Deps,
): void {
  const hash = onceOf(deps)('electorate', [electorate], () => {
    if (!isIncreasing(electorate))
      refuse('BAD_SET', 'peer', 'the electorate is not in strictly increasing order'); // check: A6
    return electorateHash(electorate);
  });
  if (
    electorate.length !== named.size || // check: A6
    !equalBytes(hash, named.hash) // check: A6
  ) {
    refuse('BAD_SET', 'peer', 'the electorate is not the one that the opening names');
  }
  if (
    pinned !== null &&
    (named.size !== pinned.size || // check: A6
      !equalBytes(named.hash, pinned.hash)) // check: A6
  ) {
    refuse('BAD_SET', 'peer', 'the opening names another electorate than the organiser pinned in the task');
  }
  if (!isListed(electorate, deps.signer.publicKey)) {
    refuse('UNKNOWN_PARTICIPANT', 'peer', 'this session does not invite this identity');
  }
}

function checkSessionNumber(session: number, last: number | null): void {
  if (last !== null && session <= last) {
    refuse(
      'SESSION_NUMBER',
      'peer',
      `session number ${session} is not greater than ${last}, which this journal has joined`,
    );
  } // check: A9
  if (session >= (last ?? 0) + MAX_SESSION_JUMP) {
    refuse('SESSION_NUMBER', 'peer', `session number ${session} jumps too far`);
  } // check: A9
}
