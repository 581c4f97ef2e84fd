/**
 * Cosignatures of witnesses (c2sp.org/tlog-cosignature, Ed25519; PROTOCOL §12.3): "at this time, this was the largest head
 * of this log that I have seen, and it continues all that I saw before". With one honest witness among those a participant
 * demands, a coordinator cannot show two logs.
 */
import { concatBytes, toHex, utf8 } from '../../../crypto/bytes.js';
import { refuse } from '../errors.js';
import type { Signer, Verify } from '../signed.js';
import {
  type Note,
  type NoteKey,
  noteKeyId,
  type NoteSignature,
  SIGNATURE_TYPE,
  signaturesOf,
} from './signed-note.js';

export interface Witness {
  /** Neither white space nor '+'. */
  readonly name: string;
  /** Ed25519, 32 bytes; used for nothing else. */
  readonly publicKey: Uint8Array;
}

const TIME_BYTES = 8;

export const witnessKey = ({ name, publicKey }: Witness): NoteKey => ({
  name,
  publicKey,
  type: SIGNATURE_TYPE.cosignature,
});

/** Names witness and key: with another key it is another witness. */
export const witnessId = (witness: Witness): string =>
  `${witness.name}+${toHex(noteKeyId(witnessKey(witness)))}`;

const signedText = (text: string, seconds: number): Uint8Array =>
  utf8(`cosignature/v1\ntime ${seconds}\n${text}`);

/** @param seconds since 1970 */
export function cosign(
  text: string,
  witness: { name: string; signer: Signer },
  seconds: number,
): NoteSignature {
  const { name, signer } = witness;
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds));
  return {
    name,
    keyId: noteKeyId(witnessKey({ name, publicKey: signer.publicKey })),
    signature: concatBytes(time, signer.sign(signedText(text, seconds))),
  };
}

export interface Cosigned {
  readonly witness: Witness;
  /** Seconds since 1970, by the witness's clock. */
  readonly seconds: number;
}

/**
 * Which of the witnesses cosigned the note, each once. Those of others are ignored.
 * @throws BlindsumError BAD_SIGNATURE: one of a known witness that does not verify
 */
export function openCosignatures(note: Note, witnesses: readonly Witness[], verify: Verify): Cosigned[] {
  return witnesses.flatMap((witness) => {
    const times = signaturesOf(note, witnessKey(witness)).map(({ signature }) =>
      openCosignature(note.text, witness, signature, verify),
    );
    return times.length === 0 ? [] : [{ witness, seconds: Math.max(...times) }];
  });
}

function openCosignature(text: string, witness: Witness, signature: Uint8Array, verify: Verify): number {
  const seconds = timeOf(signature);
  const isValid =
    seconds !== null && verify(witness.publicKey, signedText(text, seconds), signature.subarray(TIME_BYTES));
  if (!isValid) refuse('BAD_SIGNATURE', 'peer', `the cosignature of witness ${witness.name} does not verify`); // check: A4
  return seconds;
}

function timeOf(signature: Uint8Array): number | null {
  if (signature.length !== TIME_BYTES + 64) return null;
  const { buffer, byteOffset } = signature;
  const seconds = new DataView(buffer, byteOffset, TIME_BYTES).getBigUint64(0);
  return seconds <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seconds) : null;
}
