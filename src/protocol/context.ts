/**
 * The session context (PROTOCOL §3). Every mask key, share key, set hash and signature from r1 on is bound to `ctx`,
 * which every participant computes itself: two participants that were shown different inputs, tasks, rosters or numbers
 * hold different contexts, so neither masks nor signatures of one are of any use with the other (attacks A1, A4, A9).
 */
import { compareBytes } from '../../crypto/bytes.js';
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { bisect } from './bisect.js';
import type { Task } from './documents.js';
import type { Opening } from './statements.js';

/** The suite's integers; `q` (quorum) and `t` (sharing threshold) are always among them. */
export type Parameters = Readonly<Record<string, number>> & { readonly q: number; readonly t: number };

/** X25519 public keys of r0. */
export interface SessionKeys {
  readonly shareKey: Uint8Array;
  readonly maskKey: Uint8Array;
}

export interface RosterMember {
  readonly identity: Uint8Array;
  /** Null for somebody who is not a neighbour and whose r0 was not delivered. */
  readonly keys: SessionKeys | null;
}

/** What all participants and the coordinator agree on once the roster is frozen. */
export interface SessionContext {
  /** H(opening), 32 bytes. */
  readonly id: Uint8Array;
  readonly task: Task;
  readonly taskHash: Uint8Array;
  readonly opening: Opening;
  /** Increasing by identity; an index into it is a participant's position, 0-based. */
  readonly roster: readonly RosterMember[];
  readonly rosterRoot: Uint8Array;
  readonly parameters: Parameters;
  readonly ctx: Uint8Array;
  /** Value of the beacon's round that the opening names, 32 bytes; null when it names none. */
  readonly beacon: Uint8Array | null;
}

/** Roster position of an identity; -1: it is not on the roster. */
export const positionOf = ({ roster }: Pick<SessionContext, 'roster'>, identity: Uint8Array): number =>
  bisect(roster.length, (index) => compareBytes(identity, (roster[index] as RosterMember).identity));

export function sessionContext(id: Uint8Array, rosterRoot: Uint8Array, parameters: Parameters): Uint8Array {
  return hashTuple(LABEL.context, id, rosterRoot, { ...parameters });
}
