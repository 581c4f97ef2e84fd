/**
 * What a witness does with a checkpoint (PROTOCOL §12.3): it cosigns what continues all that it cosigned before, and
 * nothing else. Run by anybody but the coordinator; with one honest witness that participants demand there is one log.
 *
 * The caller makes the head durable before the line leaves: a witness that forgets could cosign a second log.
 */
import type { Signer, Verify } from '../signed.js';
import type { Checkpoint } from './checkpoint.js';
import { cosign, openCosignatures, witnessKey } from './cosignature.js';
import { followLog, type LogHead } from './follow-log.js';
import type { CheckpointReply } from './replies.js';
import { signatureLine, signaturesOf } from './signed-note.js';

export interface WitnessKey {
  /** Neither white space nor '+'. */
  readonly name: string;
  readonly signer: Signer;
}

/** The head with the witness's own cosignature. */
export interface WitnessedHead extends LogHead {
  /** Signature line, without its newline; null: the coordinator has it already. */
  readonly line: string | null;
}

/**
 * @param seen what this witness cosigned last, with its cosignature; null for nothing
 * @returns null while nothing was logged
 * @throws BlindsumError LOG_FORKED: `seen` and the note of the reply are evidence; MALFORMED, WRONG_COORDINATOR,
 * BAD_SIGNATURE (fault peer)
 */
export function witnessLog(
  coordinator: Uint8Array,
  witness: WitnessKey,
  seen: Checkpoint | null,
  reply: CheckpointReply,
  seconds: number,
  verify: Verify,
): WitnessedHead | null {
  const known = { name: witness.name, publicKey: witness.signer.publicKey };
  const head = followLog({ coordinator, witnesses: [known], minWitnesses: 0, seen }, reply, verify);
  if (head === null) return null;
  const { note } = head.checkpoint;
  const isKnown = head.cosigned.length > 0;
  const kept = isKnown ? note : seen?.size === head.checkpoint.size ? seen.note : null;
  // By its key: a line that only has its name is not its own.
  const [before] = kept === null ? [] : signaturesOf(kept, witnessKey(known));
  const own = before ?? cosign(note.text, witness, seconds);
  const others = note.signatures.filter((signature) => signature.name !== witness.name);
  const signed = { ...note, signatures: [...others, own] };
  return {
    checkpoint: { ...head.checkpoint, note: signed },
    cosigned: openCosignatures(signed, [known], verify),
    line: isKnown ? null : signatureLine(own).trimEnd(),
  };
}
