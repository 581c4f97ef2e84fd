/** The coordinator's statements as a participant reads them (PROTOCOL §3): signed by the pinned key, of the own context. */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import type { Parameters, SessionContext } from '../context.js';
import { refuse } from '../errors.js';
import { neededSurvivors } from '../parameters.js';
import { fromBitmap, isMember, isSubset, memberSet, type MemberSet } from '../sets.js';
import { openSigned, type Signed } from '../signed.js';
import { type SetStatement, setCodec } from '../statements.js';
import { type Deps, onceOf } from './state.js';

/** U1 is the whole roster. Its context is checked by the caller, who computes it from the roster and these integers. */
export function openFirstSet(
  signed: Signed,
  coordinator: Uint8Array,
  rosterSize: number,
  deps: Deps,
): SetStatement & { parameters: Parameters } {
  const statement = openSigned(setCodec, signed, coordinator, deps.verify, 'WRONG_COORDINATOR');
  if (
    statement.set !== 1 || // check: A4
    fromBitmap(statement.members, rosterSize).length !== rosterSize // check: A4
  ) {
    refuse('BAD_SET', 'peer', 'the statement of U1 does not name the whole roster');
  }
  const { q, t } = statement.parameters;
  if (q === undefined || t === undefined) refuse('MALFORMED', 'peer', 'the statement of U1 lacks q or t');
  return { ...statement, parameters: { ...statement.parameters, q, t } };
}

/**
 * U2 or U3: a subset of the set before, large enough, with this participant in it.
 * @throws BlindsumError WRONG_COORDINATOR, CONTEXT_MISMATCH, BAD_SET, NOT_IN_SET, TOO_FEW_SURVIVORS (fault peer)
 */
export function openNextSet(
  set: 2 | 3,
  signed: Signed,
  coordinator: Uint8Array,
  session: SessionContext,
  self: number,
  before: MemberSet,
  deps: Deps,
): MemberSet {
  const statement = openSigned(setCodec, signed, coordinator, deps.verify, 'WRONG_COORDINATOR');
  if (!equalBytes(statement.ctx, session.ctx))
    refuse('CONTEXT_MISMATCH', 'peer', `the statement of U${set} is for another session`); // check: A4, A9
  if (
    statement.set !== set || // check: A4, A9
    Object.keys(statement.parameters).length > 0 // check: C12
  ) {
    refuse('BAD_SET', 'peer', `this is not a statement of U${set}`);
  }
  const { ctx, roster } = session;
  const same = [before.members, `${set}`, toHex(ctx), toHex(statement.members)];
  const next = onceOf(deps)('set', same, () => {
    const members = fromBitmap(statement.members, roster.length);
    if (!isSubset(members, before.members))
      refuse('BAD_SET', 'peer', `U${set} names somebody who is not in U${set - 1}`); // check: A3
    return memberSet(ctx, set, members, roster.length);
  });
  const { members } = next;
  if (!isMember(members, self)) refuse('NOT_IN_SET', 'peer', `U${set} leaves this participant out`); // check: A3
  const needed = neededSurvivors(session.task, session.opening.electorate.size);
  if (members.length < needed) {
    refuse('TOO_FEW_SURVIVORS', 'peer', `U${set} has ${members.length} members, ${needed} are needed`);
  } // check: A7
  return next;
}

/** What the suite asks of the sets as a whole; on a ring it goes all around it. */
export function checkSets(
  session: SessionContext,
  sets: { u1: MemberSet; u2: MemberSet; u3?: MemberSet },
  deps: Deps,
): void {
  const { u2, u3 } = sets;
  const same = [session.ctx, u2.hash, ...(u3 === undefined ? [] : [u3.hash])].map(toHex);
  onceOf(deps)('whole', same, () => deps.suite(session.task.suite).checkSets(session, sets));
}
