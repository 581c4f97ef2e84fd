/**
 * Where all participants are in one process, what is the same for all of them is checked and computed once, not once by
 * each. For simulations only: a participant by itself trusts nobody else's checks.
 */
import { verifySignature } from '../../../crypto/signature.js';
import type { Once } from '../../protocol/client/state.js';
import type { Verify } from '../../protocol/signed.js';
import { AgreementsAhead } from './agreements/ahead.js';
import type { SimulationOptions } from './options.js';
import { rememberingVerifier } from './remembering-verifier.js';
import { SharedRoster } from './shared-roster.js';

export interface SharedSession {
  readonly verify: Verify;
  readonly once: Once;
  readonly agreements: AgreementsAhead;
  readonly roster: SharedRoster;
}

/** With fewer, each does everything itself. */
const SHARED_ABOVE = 100;
/** So many do in any case, so that a report can say what it takes. */
const ALONE = 10;

export const sharesChecks = ({ participants, verify, shared }: SimulationOptions): boolean =>
  verify === undefined && (shared ?? participants > SHARED_ABOVE);

/** Spread over all participants. */
export const isAlone = (participant: number, participants: number): boolean =>
  participant % Math.ceil(participants / ALONE) === 0;

export const createShared = (): SharedSession => ({
  verify: rememberingVerifier(verifySignature),
  once: rememberingOnce(),
  agreements: new AgreementsAhead(),
  roster: new SharedRoster(),
});

/** A place for each part of a key: strings by value, everything else by identity. */
class Place {
  readonly #objects = new WeakMap<object, Place>();
  readonly #strings = new Map<string, Place>();
  /** What was computed, in an array so that anything can have been. */
  computed: readonly [unknown] | null = null;

  at(part: object | string): Place {
    const places = typeof part === 'string' ? this.#strings : this.#objects;
    const known = (places as Map<object | string, Place>).get(part);
    if (known !== undefined) return known;
    const place = new Place();
    (places as Map<object | string, Place>).set(part, place);
    return place;
  }
}

function rememberingOnce(): Once {
  const root = new Place();
  return <T>(what: string, of: readonly (object | string)[], compute: () => T): T => {
    const place = [what, ...of].reduce<Place>((at, part) => at.at(part), root);
    place.computed ??= [compute()];
    return place.computed[0] as T;
  };
}
