/**
 * The log of a coordinator as somebody follows it (PROTOCOL §12.2–12.4): participants before they join and with every
 * receipt, witnesses all the time. A head is accepted only if it continues the one that was accepted last.
 *
 * Security: a coordinator that shows two logs has to go on with each of them towards whoever saw it; the first one who
 * sees both holds two notes under its key that no proof connects. How many witnesses must have cosigned is the reader's
 * own floor.
 */
import { verifyConsistency } from '../../../crypto/merkle.js';
import { refuse } from '../errors.js';
import type { Verify } from '../signed.js';
import { type Checkpoint, logOrigin, openCheckpoint } from './checkpoint.js';
import { type Cosigned, openCosignatures, type Witness } from './cosignature.js';
import type { CheckpointReply } from './replies.js';

/** What a reader goes by; from its own trust file and its own disk. */
export interface LogView {
  /** Ed25519 key, 32 bytes. */
  readonly coordinator: Uint8Array;
  /** Those that count, each with a name and a key of its own. */
  readonly witnesses: readonly Witness[];
  readonly minWitnesses: number;
  /** The head that was accepted last; null for none. */
  readonly seen: Checkpoint | null;
}

export interface LogHead {
  readonly checkpoint: Checkpoint;
  readonly cosigned: readonly Cosigned[];
}

/**
 * Whether enough witnesses cosigned the head is a question of its own.
 * @returns null while nothing was logged
 * @throws BlindsumError LOG_FORKED: both notes are evidence; MALFORMED, WRONG_COORDINATOR, BAD_SIGNATURE (fault peer)
 */
export function followLog(view: LogView, reply: CheckpointReply, verify: Verify): LogHead | null {
  const { coordinator, witnesses, seen } = view;
  if (reply.checkpoint === null) return nothingLogged(seen, reply);
  const checkpoint = openCheckpoint(reply.checkpoint, logOrigin(coordinator), coordinator, verify);
  if (checkpoint.size === 0) malformed();
  if (seen !== null)
    requireContinued(seen, checkpoint, reply.consistency); // check: A4
  else if (reply.consistency.length > 0) malformed();
  return { checkpoint, cosigned: openCosignatures(checkpoint.note, witnesses, verify) };
}

function nothingLogged(seen: Checkpoint | null, { consistency }: CheckpointReply): null {
  if (seen !== null)
    refuse('LOG_FORKED', 'peer', `the log had ${seen.size} entries when it was seen last, and now is empty`); // check: A4
  if (consistency.length > 0) malformed();
  return null;
}

function requireContinued(seen: Checkpoint, next: Checkpoint, proof: readonly Uint8Array[]): void {
  if (next.size < seen.size)
    refuse(
      'LOG_FORKED',
      'peer',
      `the log had ${seen.size} entries when it was seen last, and now has ${next.size}`,
    );
  const claim = { oldSize: seen.size, oldRoot: seen.root, newSize: next.size, newRoot: next.root, proof };
  if (!verifyConsistency(claim))
    refuse(
      'LOG_FORKED',
      'peer',
      `the log of ${next.size} entries does not continue the one of ${seen.size} that was seen last`,
    );
}

/** @throws BlindsumError NOT_WITNESSED (fault peer) */
export function requireWitnesses({ minWitnesses }: LogView, { checkpoint, cosigned }: LogHead): void {
  if (cosigned.length >= minWitnesses) return;
  refuse(
    'NOT_WITNESSED',
    'peer',
    `${cosigned.length} of the witnesses that the trust file names have cosigned the log of ${checkpoint.size} entries, the policy asks for ${minWitnesses}`,
  ); // check: A4
}

const malformed = (): never => refuse('MALFORMED', 'peer', 'an empty log, or a proof from one');
