/** Messages that no honest participant makes: dealt shares that lie, and messages with something changed. */
import { concatBytes } from '../../../crypto/bytes.js';
import { type CborValue, decodeCanonical, encodeCanonical } from '../../../crypto/canonical.js';
import { sha256 } from '../../../crypto/hash.js';
import { agree, shareKeyPair } from '../../../crypto/key-agreement.js';
import { packBits } from '../../../crypto/masked-vector.js';
import { deriveShareKey, sealShares } from '../../../crypto/share-encryption.js';
import type { KeysAdvertised, KeysShared } from '../../../src/protocol/client/state.js';
import type { ShareKeysMessage } from '../../../src/protocol/client/r1-share-keys.js';
import type { VectorLayout } from '../../../src/protocol/parameters.js';
import { encodeShares, identityAt, keysAt, shareAad, shareLeaves } from '../../../src/protocol/shares.js';
import type { Signed, Signer } from '../../../src/protocol/signed.js';
import { MAX_PACKET_BYTES } from '../../../src/protocol/suites/masking/sharing.js';
import { SHARE_KINDS } from '../../../src/protocol/suites/masking/sharing.js';
import { replaced, resigned } from '../../helpers/protocol.js';
import type { Part } from './play.js';

/** Repeatable junk. */
export const junk = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => ((at + 1) * 167 + seed * 89 + (at >> 3) * 31) & 0xff);

export interface Dealing {
  readonly message: ShareKeysMessage;
  readonly state: KeysShared;
}

/** r1 with the lie of `part` told to its victims. The state then knows what was dealt, and can answer for it. */
export function lieInR1(honest: Dealing, before: KeysAdvertised, part: Part, signer: Signer): Dealing {
  const { state } = honest;
  const { session, self } = state;
  let { message } = honest;
  if (part.main === 'wrong-commitment') {
    message = resigned(message, signer, message.packets, { commitment: junk(32, 1) });
    return { message, state };
  }
  if (part.main === 'wrong-own-leaf') {
    const own = message.packets[self] as (typeof message.packets)[number];
    const packets = replaced(message.packets, self, { ...own, leaves: [junk(32, 2), junk(32, 3)] });
    return { message: resigned(message, signer, packets), state };
  }
  const victims = session.roster
    .map((_, position) => position)
    .filter((position) => position !== self && ((part.victims >> position) & 1) === 1);
  const dealt = new Map(state.dealt);
  let packets = message.packets;
  for (const holder of victims) {
    const packet = packets[holder] as (typeof packets)[number];
    const shares = dealt.get(holder)?.shares ?? [];
    const changed = shares.map((share, kind) =>
      ((part.kinds >> kind) & 1) === 1 ? share.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) : share,
    );
    const seal = (plaintext: readonly Uint8Array[]) => reseal(before, state, holder, plaintext);
    const leavesOf = (fitting: readonly Uint8Array[]) =>
      shareLeaves(session, self, holder, SHARE_KINDS, fitting);
    const short = shares.map((share) => share.subarray(1));
    const told = {
      'garbage-packet': { ...packet, ciphertext: junk(200, holder) },
      'off-polynomial': { ...packet, ciphertext: seal(changed), leaves: leavesOf(changed) },
      'wrong-leaves': { ...packet, leaves: [junk(32, 4), junk(32, 5)] },
      'other-plaintext': { ...packet, ciphertext: seal(changed) },
      'short-share': { ...packet, ciphertext: seal(short), leaves: leavesOf(short) },
      'swapped-packets': {
        ...packet,
        ciphertext: (packets[(holder + 1) % packets.length] ?? packet).ciphertext,
      },
      'longest-packet': { ...packet, ciphertext: junk(MAX_PACKET_BYTES, holder) },
    }[part.main];
    if (told === undefined || told.ciphertext.length === 0) continue;
    packets = replaced(packets, holder, told);
    const signedShares = { 'off-polynomial': changed, 'short-share': short }[part.main] ?? shares;
    dealt.set(holder, { ciphertextHash: sha256(told.ciphertext), shares: signedShares });
  }
  return { message: resigned(message, signer, packets), state: { ...state, dealt } };
}

function reseal(
  { shareSeed }: KeysAdvertised,
  { session, self }: KeysShared,
  holder: number,
  shares: readonly Uint8Array[],
): Uint8Array {
  const channel = deriveShareKey({
    agreed: agree(shareKeyPair(shareSeed).privateKey, keysAt(session, holder).shareKey),
    ctx: session.ctx,
    sender: identityAt(session, self),
    recipient: identityAt(session, holder),
    senderKey: keysAt(session, self).shareKey,
    recipientKey: keysAt(session, holder).shareKey,
  });
  const plaintext = encodeShares(session, self, holder, shares);
  return sealShares({ ...channel, aad: shareAad(session, self, holder), plaintext });
}

/** One field of a payload changed in one of several ways; signed again by its author. */
export function alteredField({ payload }: Signed, at: number, how: number, signer: Signer): Signed {
  const [label, ...fields] = decodeCanonical(payload) as CborValue[];
  const values = [label as CborValue, ...fields];
  // Mostly not the label: nothing gets past a wrong one.
  const field = at % 7 === 0 ? 0 : 1 + (at % fields.length);
  const value = values[field] as CborValue;
  const changed: CborValue = [
    value instanceof Uint8Array ? value.map((byte, index) => (index === 3 ? byte ^ 1 : byte)) : junk(32, how),
    null,
    value instanceof Uint8Array ? value.subarray(1) : [value],
    junk(32, how),
    how,
    [junk(32, how), junk(32, how)],
    'x'.repeat(how % 300),
    values[1] as CborValue,
  ][how % 8] as CborValue;
  values[field] = changed;
  if (how % 31 === 0) values.push(null);
  if (how % 37 === 0) values.pop();
  return resign(encodeCanonical(values), signer);
}

/** Bytes changed, cut or added; signed again, or with the signature of before. */
export function alteredBytes(
  { payload, signature }: Signed,
  at: number,
  how: number,
  signer: Signer,
): Signed {
  const place = at % payload.length;
  const changed = [
    () => payload.map((byte, index) => (index === place ? byte ^ (1 << (how % 8)) : byte)),
    () => payload.subarray(0, place),
    () => Uint8Array.of(...payload.subarray(0, place), how & 0xff, ...payload.subarray(place)),
    () => Uint8Array.of(...payload, 0),
    () => payload,
  ][how % 5]?.() as Uint8Array;
  if (how % 5 === 4) {
    const other = [
      signature.map((byte, index) => (index === at % 64 ? byte ^ 1 : byte)),
      signature.subarray(0, 63),
      new Uint8Array(64),
      new Uint8Array(),
    ][at % 4] as Uint8Array;
    return { payload, signature: other };
  }
  return how % 2 === 0 ? { payload: changed, signature } : resign(changed, signer);
}

export const resign = (payload: Uint8Array, signer: Signer): Signed => ({
  payload,
  signature: signer.sign(payload),
});

/** The right form and nothing else: its digests fit, and it takes no mask away. */
export function randomUpload(
  layout: readonly VectorLayout[],
  seed: number,
): { bytes: Uint8Array; digests: Uint8Array[] } {
  const parts = layout.map(({ bits, length }, index) =>
    packBits(
      Uint32Array.from({ length }, (_, at) => ((at + seed + index) * 2654435761) % 2 ** bits),
      bits,
    ),
  );
  return { bytes: concatBytes(...parts), digests: parts.map((part) => sha256(part)) };
}

/** A list with something missing, twice, empty or too long. */
export function alteredList<T>(list: readonly T[], at: number, how: number, other: T): T[] {
  const place = at % Math.max(1, list.length);
  return [
    () => list.filter((_, index) => index !== place),
    () => [...list, other],
    () => [],
    () => list.map((item, index) => (index === place ? other : item)),
    () => [...list].reverse(),
    () => [...list, ...list],
  ][how % 6]?.() as T[];
}
