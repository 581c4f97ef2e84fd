/** Who may ask for what: the electorate for the session as a whole, the members of a set for what belongs to its round. */
import { isListed } from '../protocol/bisect.js';
import { positionOf } from '../protocol/context.js';
import type { Frozen } from '../protocol/coordinator/state.js';
import { refuse } from '../protocol/errors.js';
import { isMember, type MemberSet } from '../protocol/sets.js';
import type { SessionRow, Store } from '../storage/port.js';
import { sessionRow, throwIfAborted } from './shell.js';

/** @throws BlindsumError UNKNOWN_SESSION, UNKNOWN_PARTICIPANT, CANCELLED */
export async function invitedTo(
  store: Store,
  sessionId: string,
  identity: Uint8Array,
  signal?: AbortSignal,
): Promise<SessionRow> {
  throwIfAborted(signal);
  const row = await sessionRow(store, sessionId);
  if (!isListed(row.electorate, identity)) {
    refuse('UNKNOWN_PARTICIPANT', 'peer', 'this session does not invite this identity');
  }
  return row;
}

/** Roster position of a member of `set`. @throws BlindsumError UNKNOWN_PARTICIPANT */
export function memberPosition(frozen: Frozen, set: MemberSet | null, identity: Uint8Array): number {
  const position = positionOf(frozen.session, identity);
  if (set === null || !isMember(set.members, position)) {
    refuse('UNKNOWN_PARTICIPANT', 'peer', 'this identity is not, or no longer, part of the session');
  }
  return position;
}
