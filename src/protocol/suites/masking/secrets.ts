/**
 * What the shares of r4 give (PROTOCOL §4.6): b of every survivor and the mask key seed of everybody who dropped between r1
 * and r2. Each secret is compared with what its owner committed to, so a wrong share never becomes a wrong sum. Whose share
 * is wrong is asked only when something does not come out: then each is compared with the leaf its dealer signed, and is
 * ignored or names its dealer (attacks B1, B3).
 */
import { equalBytes, wipe } from '../../../../crypto/bytes.js';
import { type KeyPair, maskKeyPair } from '../../../../crypto/key-agreement.js';
import { reconstructSecret, ShareMismatchError } from '../../../../crypto/secret-sharing.js';
import type { SessionContext } from '../../context.js';
import { isBlindsumError, refuse } from '../../errors.js';
import { identityAt, keysAt, shareLeaf } from '../../shares.js';
import type { Steps } from '../../steps.js';
import type { DealerRecord } from '../../suite.js';
import type { Revealed } from './reveal.js';
import { SHARE_KINDS, selfMaskCommitment, sharePoint } from './sharing.js';

export interface Helper {
  readonly position: number;
  readonly given: ReadonlyMap<number, Revealed>;
}

/** Of whom each secret is wanted; positions. */
export interface Wanted {
  readonly survivors: readonly number[];
  readonly dropped: readonly number[];
}

/** By position. Whoever asked wipes them. */
export interface Opened {
  readonly selfSeeds: ReadonlyMap<number, Uint8Array>;
  readonly maskKeys: ReadonlyMap<number, Uint8Array>;
  /** Whose shares are not those they were dealt. */
  readonly badHelpers: readonly number[];
}

type Dealers = ReadonlyMap<number, DealerRecord>;

/** @throws BlindsumError TOO_FEW_SHARES, BAD_DEALER */
export function* openSecrets(
  session: SessionContext,
  wanted: Wanted,
  dealers: Dealers,
  helpers: readonly Helper[],
): Steps<Opened> {
  let refusal: unknown;
  try {
    return { ...(yield* reconstructAll(session, wanted, dealers, helpers)), badHelpers: [] };
  } catch (error) {
    if (!isBlindsumError(error, 'BAD_DEALER')) throw error;
    refusal = error;
  }
  const good: Helper[] = [];
  const badHelpers: number[] = [];
  for (const helper of helpers) {
    yield;
    if (fitsLeaves(session, helper, dealers))
      good.push(helper); // check: B3
    else badHelpers.push(helper.position);
  }
  // All shares are those that were dealt, so it is the dealer.
  if (badHelpers.length === 0) throw refusal;
  return { ...(yield* reconstructAll(session, wanted, dealers, good)), badHelpers };
}

function* reconstructAll(
  session: SessionContext,
  { survivors, dropped }: Wanted,
  dealers: Dealers,
  helpers: readonly Helper[],
): Steps<Omit<Opened, 'badHelpers'>> {
  const shares = yield* sharesByDealer(dealers, helpers);
  const selfSeeds = new Map<number, Uint8Array>();
  const maskKeys = new Map<number, Uint8Array>();
  let isComplete = false;
  try {
    for (const position of survivors) {
      yield;
      const seed = reconstructFor(session, position, shares.get(position) ?? []);
      selfSeeds.set(position, seed);
      const { commitment } = dealers.get(position) as DealerRecord;
      if (!equalBytes(selfMaskCommitment(session, position, seed), commitment))
        blameDealer(session, position); // check: B1, B3
    }
    for (const position of dropped) {
      yield;
      const { privateKey, publicKey } = pairFrom(
        reconstructFor(session, position, shares.get(position) ?? []),
      );
      maskKeys.set(position, privateKey);
      if (!equalBytes(publicKey, keysAt(session, position).maskKey)) blameDealer(session, position); // check: B1, B3
    }
    isComplete = true;
    return { selfSeeds, maskKeys };
  } finally {
    if (!isComplete) wipe(...selfSeeds.values(), ...maskKeys.values()); // check: C13
  }
}

function pairFrom(seed: Uint8Array): KeyPair {
  try {
    return maskKeyPair(seed);
  } finally {
    wipe(seed); // check: C13
  }
}

type Shares = readonly { readonly point: number; readonly share: Uint8Array }[];

function* sharesByDealer(dealers: Dealers, helpers: readonly Helper[]): Steps<ReadonlyMap<number, Shares>> {
  const shares = new Map<number, { point: number; share: Uint8Array }[]>(
    [...dealers.keys()].map((position) => [position, []]),
  );
  for (const { position, given } of helpers) {
    yield;
    for (const [dealer, answer] of given) {
      if (answer.kind === 'unavailable') continue;
      shares.get(dealer)?.push({ point: sharePoint(position), share: answer.share });
    }
  }
  return shares;
}

function fitsLeaves(session: SessionContext, { position, given }: Helper, dealers: Dealers): boolean {
  return [...given].every(([dealer, answer]) => {
    if (answer.kind === 'unavailable') return true;
    const kind = answer.kind === 'maskKeyShare' ? 'maskKey' : 'selfMask';
    // Everybody in U2 dealt one packet per holder, with a leaf of each kind.
    const leaves = dealers.get(dealer)?.leaves.get(position) as readonly Uint8Array[];
    const leaf = leaves[SHARE_KINDS.indexOf(kind)] as Uint8Array;
    return equalBytes(leaf, shareLeaf(session, dealer, position, kind, answer.share));
  });
}

/** The one secret of `dealer` that the sets allow to be revealed. */
function reconstructFor(session: SessionContext, dealer: number, shares: Shares): Uint8Array {
  const threshold = session.parameters.t;
  if (shares.length < threshold) {
    refuse(
      'TOO_FEW_SHARES',
      'peer',
      `only ${shares.length} of the ${threshold} shares needed for one participant arrived`,
    );
  } // check: B5
  try {
    return reconstructSecret({ shares, threshold });
  } catch (error) {
    if (error instanceof ShareMismatchError) blameDealer(session, dealer); // check: B3
    throw error;
  }
}

// Where all shares fitted the leaves the dealer signed, what does not come out is the dealer's doing.
function blameDealer(session: SessionContext, dealer: number): never {
  refuse('BAD_DEALER', 'peer', 'a participant dealt shares that do not give the secret it committed to', {
    participant: identityAt(session, dealer),
  });
}
