/** Helpers every later round shares: who is speaking, under which context, and the order records are closed in. */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import type { Codec } from '../codec.js';
import { positionOf } from '../context.js';
import { BlindsumError, refuse } from '../errors.js';
import { neededSurvivors } from '../parameters.js';
import { isMember, type MemberSet } from '../sets.js';
import { openSigned, type Signed } from '../signed.js';
import type { AbortReason, AcceptedRecord, CoordinatorDeps, Frozen } from './state.js';

export interface FromParticipant {
  /** Authenticated identity of the caller. */
  readonly sender: Uint8Array;
  readonly signed: Signed;
}

/**
 * Opens a message of a roster member that belongs to `allowed`.
 * @throws BlindsumError UNKNOWN_PARTICIPANT, BAD_SIGNATURE, MALFORMED, CONTEXT_MISMATCH
 */
export function openFrom<T extends { sender: Uint8Array; ctx: Uint8Array }>(
  frozen: Frozen,
  allowed: MemberSet,
  { sender, signed }: FromParticipant,
  codec: Codec<T>,
  deps: CoordinatorDeps,
): { body: T; position: number } {
  const position = positionOf(frozen.session, sender);
  if (!isMember(allowed.members, position)) {
    refuse('UNKNOWN_PARTICIPANT', 'peer', 'this identity is not, or no longer, part of the session');
  } // check: B5
  const body = openSigned(codec, signed, sender, deps.verify);
  if (!equalBytes(body.sender, sender)) refuse('BAD_SIGNATURE', 'peer', 'the message names another sender'); // check: B4
  if (!equalBytes(body.ctx, frozen.session.ctx)) {
    refuse('CONTEXT_MISMATCH', 'peer', 'the message was made for another session context');
  } // check: A9
  return { body, position };
}

/** Records by roster position, increasing. */
export function byPosition(
  frozen: Frozen,
  records: readonly AcceptedRecord[],
): { position: number; record: AcceptedRecord }[] {
  const positions = new Map(
    frozen.session.roster.map((member, position) => [toHex(member.identity), position]),
  );
  return records
    .flatMap((record) => {
      const position = positions.get(record.sender);
      return position === undefined ? [] : [{ position, record }];
    })
    .sort((a, b) => a.position - b.position);
}

export function tooFew(
  frozen: Frozen,
  count: number,
  what: string,
): { code: 'TOO_FEW_SURVIVORS'; message: string; blamed: [] } | null {
  const needed = neededSurvivors(frozen.header.task, frozen.header.electorate.length);
  return count >= needed
    ? null
    : { code: 'TOO_FEW_SURVIVORS', message: `${count} ${what}, ${needed} are needed`, blamed: [] };
}

/** What participants would refuse in these sets, whoever is in them (rings: the window check). */
export function refusedSets({ session, u1, u2, u3 }: Frozen, deps: CoordinatorDeps): AbortReason | null {
  const sets = { u1, u2: u2 as MemberSet, ...(u3 === null ? {} : { u3 }) };
  return abortReasonOf(() => {
    deps.suite(session.task.suite).checkSets(session, sets);
  });
}

/** Null when `check` refuses nothing. */
export function abortReasonOf(check: () => void): AbortReason | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof BlindsumError)) throw error;
    return { code: error.code, message: error.message, blamed: [] };
  }
}
