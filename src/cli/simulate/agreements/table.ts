/** What two threads know of the secrets that pairs agree on. Nothing in a simulation is secret, and it is wiped all the same. */
import { KEY_BYTES } from '../../../../crypto/key-agreement.js';

/** Of each pair two: of its mask keys and of its share keys. */
export const KINDS = 2;

/** Shared memory: given to another thread it stays the same. */
export interface AgreementTable {
  readonly secrets: Uint8Array;
  readonly isKnown: Uint8Array;
}

export function agreementTable(pairs: number): AgreementTable {
  const places = pairs * KINDS;
  return {
    secrets: new Uint8Array(new SharedArrayBuffer(places * KEY_BYTES)),
    isKnown: new Uint8Array(new SharedArrayBuffer(places)),
  };
}

/** An array of its own; null as long as nobody has computed it. */
export function knownAt({ secrets, isKnown }: AgreementTable, place: number): Uint8Array | null {
  if (Atomics.load(isKnown, place) === 0) return null;
  return secrets.slice(place * KEY_BYTES, (place + 1) * KEY_BYTES);
}

/** Two threads may do so at once: both write the same. */
export function learn({ secrets, isKnown }: AgreementTable, place: number, secret: Uint8Array): void {
  secrets.set(secret, place * KEY_BYTES);
  Atomics.store(isKnown, place, 1);
}
