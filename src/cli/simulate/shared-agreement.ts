/**
 * Two who agree on a secret both compute it. Where both are simulated in one process, the second of them is given what the
 * first computed, in an array of its own, and nothing is kept any longer.
 */
import { type Agreement, agreement, KEY_BYTES, publicKeyOf } from '../../../crypto/key-agreement.js';

export function sharedAgreement(): (privateKey: Uint8Array) => Agreement {
  const agreed = new Map<string, Uint8Array>();
  return (privateKey) => {
    const compute = agreement(privateKey);
    const own = publicKeyOf(privateKey);
    return (publicKey) => {
      const pair = pairOf(own, publicKey);
      const known = agreed.get(pair);
      if (known !== undefined) {
        agreed.delete(pair);
        return known;
      }
      const secret = compute(publicKey);
      agreed.set(pair, secret.slice());
      return secret;
    };
  };
}

const sum = Buffer.alloc(KEY_BYTES);

/** The same from both ends: keys are random, so their sum says which two they are. */
function pairOf(a: Uint8Array, b: Uint8Array): string {
  for (let i = 0; i < KEY_BYTES; i += 1) sum[i] = (a[i] as number) ^ (b[i] as number);
  return sum.toString('latin1');
}
