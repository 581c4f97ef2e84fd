/** Messages that deviate: signed by those who would have to sign them, so that only the check meant refuses them. */
import * as c from '../../../../crypto/index.js';
import type { CborValue } from '../../../../crypto/index.js';
import type { Signed } from '../../../../src/protocol/signed.js';
import { type Party, party } from '../../../helpers/protocol.js';

export const zeros = new Uint8Array(32);
export const stranger = party('a stranger');

const signedBy = ({ signer }: Party, payload: Uint8Array): Signed => ({
  payload,
  signature: signer.sign(payload),
});

/** The same payload, signed by somebody else. */
export const resignedBy = (by: Party, { payload }: Signed): Signed => signedBy(by, payload);
/** One field too many, well signed. */
export const overfull = ({ payload }: Signed, by: Party): Signed =>
  signedBy(by, c.encodeCanonical([...(c.decodeCanonical(payload) as CborValue[]), null]));

export function flipped(bytes: Uint8Array, index = 0): Uint8Array {
  const copy = bytes.slice();
  copy[index] = (copy[index] as number) ^ 1;
  return copy;
}
export const spoiled = ({ payload, signature }: Signed): Signed => ({
  payload,
  signature: flipped(signature, 40),
});
