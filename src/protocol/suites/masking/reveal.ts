/**
 * r4 of the masking suites (PROTOCOL §4.6): for each neighbour exactly one of a self mask share (it survived), a mask
 * key share (it dropped) or nothing. The type cannot hold both shares, and which of the two it is follows only from the
 * sets this participant signed in r3 (attack A3).
 */
import { SHARE_BYTES } from '../../../../crypto/secret-sharing.js';
import { refuse } from '../../errors.js';
import { isMember, type Members } from '../../sets.js';
import type { Held, Reveal, Revealing, Sets } from '../../suite.js';

export type Revealed =
  | { readonly kind: 'selfMaskShare'; readonly share: Uint8Array }
  | { readonly kind: 'maskKeyShare'; readonly share: Uint8Array }
  | { readonly kind: 'unavailable'; readonly reason: 'complaint' };

const KIND_BYTES = { selfMaskShare: 1, maskKeyShare: 2, unavailable: 3 } as const;
const KINDS = Object.keys(KIND_BYTES) as Revealed['kind'][];

/** @param neighbourhood neighbours in U2 and oneself, increasing */
export function reveal(neighbourhood: Members, sets: Sets, held: Held): Reveal {
  const revealed = neighbourhood.map((position) =>
    revealOne(position, isMember(sets.u3.members, position), held),
  );
  return {
    kinds: Uint8Array.from(revealed, ({ kind }) => KIND_BYTES[kind]),
    shares: revealed.flatMap((answer) => (answer.kind === 'unavailable' ? [] : [answer.share])),
  };
}

function revealOne(position: number, survived: boolean, held: Held): Revealed {
  const [maskKeyShare, selfMaskShare] =
    position === held.self ? held.ownShares : (held.shares.get(position) ?? []);
  const share = survived ? selfMaskShare : maskKeyShare;
  if (share === undefined || share === null) return { kind: 'unavailable', reason: 'complaint' };
  return survived ? { kind: 'selfMaskShare', share } : { kind: 'maskKeyShare', share };
}

interface Read {
  readonly kind: Revealed['kind'];
  /** Whether the sets allow it: of each neighbour one kind. */
  readonly allowed: boolean;
}

/** What the kind bytes say of each neighbour. @throws BlindsumError MALFORMED (fault peer) */
function readKinds(neighbourhood: Members, sets: Sets, kinds: Uint8Array): Read[] {
  if (kinds.length !== neighbourhood.length)
    refuse('MALFORMED', 'peer', 'r4 does not answer for each neighbour once'); // check: B4
  return neighbourhood.map((position, index) => {
    const kind = KINDS.find((name) => KIND_BYTES[name] === kinds[index]);
    if (kind === undefined) refuse('MALFORMED', 'peer', 'r4 reveals an unknown kind of share');
    const only = isMember(sets.u3.members, position) ? 'selfMaskShare' : 'maskKeyShare';
    return { kind, allowed: kind === only || kind === 'unavailable' };
  });
}

/** The coordinator's reading: one answer per member of the helper's neighbourhood. */
export function parseReveal(neighbourhood: Members, sets: Sets, wire: Reveal): ReadonlyMap<number, Revealed> {
  const { shares } = wire;
  let used = 0;
  const kinds = readKinds(neighbourhood, sets, wire.kinds);
  const answers = neighbourhood.map((position, index): [number, Revealed] => {
    const { kind, allowed } = kinds[index] as Read;
    if (!allowed) refuse('MALFORMED', 'peer', 'r4 reveals a share of the wrong kind'); // check: B1
    if (kind === 'unavailable') return [position, { kind, reason: 'complaint' }];
    const share = shares[used];
    used += 1;
    if (share?.length !== SHARE_BYTES) {
      refuse('MALFORMED', 'peer', 'r4 reveals a share of the wrong length');
    } // check: B4
    return [position, { kind, share }];
  });
  if (shares.length > used) refuse('MALFORMED', 'peer', 'r4 carries more shares than its kinds name'); // check: B4
  return new Map(answers);
}

const SHARE_KIND_OF = { selfMaskShare: 'selfMask', maskKeyShare: 'maskKey', unavailable: null } as const;

/** What the transcript shows of an r4, which has no shares in it. @throws BlindsumError MALFORMED (fault peer) */
export const revealed = (neighbourhood: Members, sets: Sets, kinds: Uint8Array): Revealing[] =>
  readKinds(neighbourhood, sets, kinds).map(({ kind, allowed }, index) => ({
    dealer: neighbourhood[index] as number,
    kind: SHARE_KIND_OF[kind],
    allowed,
  }));
