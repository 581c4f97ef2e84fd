/**
 * Removing the masks (PROTOCOL §4.6): from the shares of r4, b of every survivor and the mask key of everybody who
 * dropped between r1 and r2. Each share is checked against the leaf its dealer signed and each secret against its
 * commitment, so a wrong share never becomes a wrong sum: it is ignored or names its dealer (attacks B1, B3).
 */
import { equalBytes, wipe } from '../../../../crypto/bytes.js';
import { agreement, maskKeyPair } from '../../../../crypto/key-agreement.js';
import { reconstructSecret, ShareMismatchError } from '../../../../crypto/secret-sharing.js';
import type { MaskStream } from '../../../../crypto/mask-engine/types.js';
import type { SessionContext } from '../../context.js';
import { refuse } from '../../errors.js';
import { layoutOf } from '../../parameters.js';
import { type Members, withSelf } from '../../sets.js';
import { identityAt, keysAt, shareLeaf } from '../../shares.js';
import type { Steps } from '../../steps.js';
import type { DealerRecord, OpenPlan, RevealRecord, Sets } from '../../suite.js';
import { opposite, pairwiseStream, selfStream, splitSums } from './masks.js';
import { parseReveal, type Revealed } from './reveal.js';
import { SHARE_KINDS, selfMaskCommitment, sharePoint } from './sharing.js';

type Neighbourhood = (position: number) => Members;
type Shares = readonly { readonly point: number; readonly share: Uint8Array }[];

export function* planOpen(
  session: SessionContext,
  sets: Sets,
  neighboursInU2: Neighbourhood,
  sum: Uint8Array,
  dealers: readonly DealerRecord[],
  reveals: readonly RevealRecord[],
): Steps<OpenPlan> {
  const byDealer = new Map(dealers.map((dealer) => [dealer.position, dealer]));
  const badHelpers: number[] = [];
  const shares = new Map<number, { point: number; share: Uint8Array }[]>(
    dealers.map(({ position }) => [position, []]),
  );
  for (const { position, reveal } of reveals) {
    yield;
    const given = parseReveal(withSelf(neighboursInU2(position), position), sets, reveal);
    if (!fitsLeaves(session, position, given, byDealer)) {
      badHelpers.push(position);
      continue;
    }
    for (const [dealer, answer] of given) {
      if (answer.kind === 'unavailable') continue;
      shares.get(dealer)?.push({ point: sharePoint(position), share: answer.share });
    }
  }
  const survivors = new Set(sets.u3.members);
  const dropped = sets.u2.members.filter((position) => !survivors.has(position));
  const vectors = layoutOf(session.task);
  const streams: MaskStream[][] = vectors.map(() => []);
  const secrets: Uint8Array[] = [];
  let isPlanned = false;
  try {
    for (const survivor of sets.u3.members) {
      yield;
      const seed = reconstructFor(session, survivor, shares.get(survivor) ?? []);
      secrets.push(seed);
      if (
        !equalBytes(
          selfMaskCommitment(session, survivor, seed),
          (byDealer.get(survivor) as DealerRecord).commitment,
        )
      ) {
        blameDealer(session, survivor);
      } // check: B1, B3
      vectors.forEach(({ name }, index) =>
        streams[index]?.push(opposite(selfStream(session, name, survivor, seed))),
      );
    }
    for (const position of dropped) {
      yield;
      const seed = reconstructFor(session, position, shares.get(position) ?? []);
      const keys = maskKeyPair(seed);
      const agreeWith = agreement(keys.privateKey);
      secrets.push(seed, keys.privateKey);
      if (!equalBytes(keys.publicKey, keysAt(session, position).maskKey)) blameDealer(session, position); // check: B1, B3
      for (const peer of neighboursInU2(position).filter((neighbour) => survivors.has(neighbour))) {
        yield;
        const agreed = agreeWith(keysAt(session, peer).maskKey);
        secrets.push(agreed);
        // Survivor `peer` added this stream to its own upload; take it out again.
        vectors.forEach(({ name }, index) =>
          streams[index]?.push(opposite(pairwiseStream(session, name, peer, position, agreed))),
        );
      }
    }
    const bases = splitSums(vectors, sum);
    isPlanned = true;
    return {
      badHelpers,
      job: {
        kind: 'mask',
        output: 'integers',
        vectors: vectors.map(({ name, bits, length }, index) => ({
          name,
          bits,
          length,
          base: bases[index] as Uint32Array,
          streams: streams[index] as MaskStream[],
        })),
      },
    };
  } finally {
    for (const secret of secrets) wipe(secret);
    if (!isPlanned) for (const { key } of streams.flat()) wipe(key);
  }
}

function fitsLeaves(
  session: SessionContext,
  helper: number,
  given: ReadonlyMap<number, Revealed>,
  dealers: ReadonlyMap<number, DealerRecord>,
): boolean {
  return [...given].every(([dealer, answer]) => {
    if (answer.kind === 'unavailable') return true;
    const kind = answer.kind === 'maskKeyShare' ? 'maskKey' : 'selfMask';
    // Everybody in U2 dealt one packet per holder, with a leaf of each kind.
    const leaves = dealers.get(dealer)?.leaves.get(helper) as readonly Uint8Array[];
    const leaf = leaves[SHARE_KINDS.indexOf(kind)] as Uint8Array;
    if (!equalBytes(leaf, shareLeaf(session, dealer, helper, kind, answer.share))) return false; // check: B3
    return true;
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

// All shares fitted the leaves the dealer signed, so what does not come out is the dealer's doing.
function blameDealer(session: SessionContext, dealer: number): never {
  refuse('BAD_DEALER', 'peer', 'a participant dealt shares that do not give the secret it committed to', {
    participant: identityAt(session, dealer),
  });
}
