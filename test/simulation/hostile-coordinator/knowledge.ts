/**
 * What the adversary can compute of the honest participants' masks. It works with the very bytes that were sent: opens the
 * colluders' packets, collects revealed shares and answers, reconstructs every secret it has t shares of, and derives
 * from secrets the streams that they give.
 */
import { toHex } from '../../../crypto/bytes.js';
import { agree, maskKeyPair } from '../../../crypto/key-agreement.js';
import { reconstructSecret } from '../../../crypto/secret-sharing.js';
import { openShares } from '../../../crypto/share-encryption.js';
import { answerCodec, shareKeysCodec, unmaskCodec } from '../../../src/protocol/messages.js';
import { type Members, rankOf } from '../../../src/protocol/sets.js';
import { decodeShares, shareAad } from '../../../src/protocol/shares.js';
import { pairwiseStream, selfStream } from '../../../src/protocol/suites/masking/masks.js';
import { sharePoint } from '../../../src/protocol/suites/masking/sharing.js';
import { type Colluder, type Context, holders } from './forge.js';
import type { Observed } from './play.js';
import type { Seat } from './seat.js';
import { VECTOR } from './world.js';

/** Shares of one honest dealer, by position of the holder. */
interface Collected {
  readonly maskKey: Map<number, Uint8Array>;
  readonly selfMask: Map<number, Uint8Array>;
}

export interface Knowledge {
  /** Streams by key and nonce. */
  readonly streams: ReadonlyMap<string, { readonly key: Uint8Array; readonly nonce: Uint8Array }>;
  /** Honest participants of whom both secrets of one session are known. */
  readonly exposed: readonly number[];
}

export function knowledgeOf(observed: Observed): Knowledge {
  const streams = new Map<string, { key: Uint8Array; nonce: Uint8Array }>();
  const exposed: number[] = [];
  const learn = ({ key, nonce }: { key: Uint8Array; nonce: Uint8Array }): void =>
    void streams.set(toHex(key) + toHex(nonce), { key, nonce });
  for (const context of observed.contexts.values()) {
    const { session, roster } = context;
    const seats = observed.seats.filter(({ seat }) => seat.context === context).map(({ seat }) => seat);
    const collected = new Map<number, Collected>();
    for (const seat of seats) {
      if (seat.sent.r1.length === 0) continue;
      const position = roster.indexOf(seat.participant);
      collected.set(position, collect(observed, context, seat, position, seats));
      // Masks between an honest participant and a colluder.
      for (const { position: own, state } of context.colluders.values()) {
        const agreed = state.agreed.get(position);
        if (agreed !== undefined) learn(pairwiseStream(session, VECTOR, own, position, agreed));
      }
    }
    for (const [position, { maskKey, selfMask }] of collected) {
      const b = reconstructed(selfMask, session.parameters.t);
      if (b !== null) learn(selfStream(session, VECTOR, position, b));
      const seed = reconstructed(maskKey, session.parameters.t);
      if (seed !== null) masksOf(context, position, seed).forEach(learn);
      if (b !== null && seed !== null) exposed.push(roster[position] as number);
    }
  }
  return { streams, exposed };
}

function reconstructed(shares: ReadonlyMap<number, Uint8Array>, threshold: number): Uint8Array | null {
  if (shares.size < threshold) return null;
  const given = [...shares].map(([position, share]) => ({ point: sharePoint(position), share }));
  return reconstructSecret({ shares: given, threshold });
}

/** All pairwise masks of whoever has this mask key. */
function masksOf({ session }: Context, position: number, seed: Uint8Array) {
  const { privateKey } = maskKeyPair(seed);
  return session.roster.flatMap(({ keys }, peer) =>
    peer === position || keys === null
      ? []
      : [pairwiseStream(session, VECTOR, position, peer, agree(privateKey, keys.maskKey))],
  );
}

/** Of the dealer at `position`: what colluders were dealt, what it answered, what the others revealed. */
function collect(
  observed: Observed,
  context: Context,
  dealer: Seat,
  position: number,
  seats: readonly Seat[],
): Collected {
  const found: Collected = { maskKey: new Map(), selfMask: new Map() };
  const keep = (holder: number, [maskKey, selfMask]: readonly (Uint8Array | undefined)[]): void => {
    if (maskKey !== undefined) found.maskKey.set(holder, maskKey);
    if (selfMask !== undefined) found.selfMask.set(holder, selfMask);
  };
  const identities = context.session.roster.map(({ identity }) => toHex(identity));
  for (const colluder of context.colluders.values()) {
    const shares = openPacket(context, dealer, position, colluder, 2);
    if (shares !== null) keep(colluder.position, shares);
  }
  for (const { answer, shares } of dealer.sent.answers)
    keep(identities.indexOf(toHex(answerCodec.decode(answer.payload).holder)), shares);
  for (const helper of seats) {
    for (const revealed of helper.sent.r4) {
      const { kinds, u2 } = unmaskCodec.decode(revealed.r4.payload);
      const own = context.roster.indexOf(helper.participant);
      for (const [kind, share] of revealedOf(observed, context, own, u2, kinds, revealed.shares, position))
        keep(own, kind === 2 ? [share, undefined] : [undefined, share]);
    }
  }
  return found;
}

export function openPacket(
  context: Context,
  dealer: Seat,
  position: number,
  colluder: Colluder,
  kinds: number,
): readonly Uint8Array[] | null {
  const sent = dealer.sent.r1[0];
  const incoming = colluder.state.incoming.find((one) => one.position === position);
  const packet = sent?.packets[rankOf(holders(context.session, position), colluder.position)];
  if (sent === undefined || incoming === undefined || packet === undefined) return null;
  if (toHex(shareKeysCodec.decode(sent.r1.payload).ctx) !== context.ctxHex) return null;
  const { session } = context;
  const aad = shareAad(session, position, colluder.position);
  const plaintext = openShares({ ...incoming, aad, ciphertext: packet.ciphertext });
  return plaintext && decodeShares(session, position, colluder.position, plaintext, kinds);
}

/**
 * Shares of one dealer in an r4: kinds are for the members of U2 that the helper neighbours, in order, and a share goes
 * with each kind but 3. Kinds beyond these (only a broken client has them) begin again.
 */
function revealedOf(
  observed: Observed,
  { session }: Context,
  helper: number,
  u2: Uint8Array,
  kinds: Uint8Array,
  shares: readonly Uint8Array[],
  dealer: number,
): [number, Uint8Array][] {
  const suite = observed.world.under.suitesWithSparse(session.task.suite);
  const near = [...suite.neighbours(session, helper), helper].sort((a, b) => a - b);
  const u2Members = observed.sets.get(toHex(u2)) as Members;
  const asked = near.filter((position) => u2Members.includes(position));
  const left = [...shares];
  const found: [number, Uint8Array][] = [];
  kinds.forEach((kind, entry) => {
    const share = kind === 3 ? undefined : left.shift();
    if (asked[entry % asked.length] === dealer && share !== undefined) found.push([kind, share]);
  });
  return found;
}
