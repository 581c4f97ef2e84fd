/** Messages that no honest party sends, signed all the same. */
import { concatBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { encodePackets } from '../../src/protocol/attachments.js';
import type { RosterMessage, ShareKeysMessage } from '../../src/protocol/client/r1-share-keys.js';
import type { Codec } from '../../src/protocol/codec.js';
import { sessionContext } from '../../src/protocol/context.js';
import { type Dealer, dealerFrom, packetFor } from '../../src/protocol/coordinator/dealers.js';
import { answerCodec, type ShareKeys, shareKeysCodec } from '../../src/protocol/messages.js';
import { type RosterEntry, rosterRoot } from '../../src/protocol/roster.js';
import { toBitmap } from '../../src/protocol/sets.js';
import { shareEntry, type SharePacket } from '../../src/protocol/shares.js';
import { type Signed, signBody, type Signer } from '../../src/protocol/signed.js';
import { setCodec, type SetStatement } from '../../src/protocol/statements.js';
import { suitesWithPlain } from '../suites/plain/index.js';
import { coordinator, type Party } from './parties.js';
import type { Setup } from './protocol.js';

/** A signed message with some fields changed, signed again by its (deviating) author. */
export function altered<T>(codec: Codec<T>, signed: Signed, by: Party | Signer, changes: Partial<T>): Signed {
  return signBody(codec, { ...codec.decode(signed.payload), ...changes }, 'signer' in by ? by.signer : by);
}

/** A statement of the coordinator with some fields changed. */
export const alteredSet = (signed: Signed, changes: Partial<SetStatement>): Signed =>
  altered(setCodec, signed, coordinator, changes);

/** A roster as a coordinator would state it that signs whatever it likes: root, context and statement fit the entries. */
export function statedRoster(
  setup: Setup,
  entries: readonly RosterEntry[],
  changes: Partial<SetStatement> = {},
): RosterMessage {
  const { header } = setup;
  const derived = suitesWithPlain(header.task.suite).derive(
    header.task,
    header.electorate.length,
    entries.length,
  );
  const parameters = (changes.parameters ?? derived) as typeof derived;
  const ctx = sessionContext(header.id, rosterRoot(entries), parameters);
  const everyone = entries.map((_, position) => position);
  const statement = signBody(
    setCodec,
    {
      ctx,
      set: 1,
      members: toBitmap(everyone, entries.length),
      size: 0,
      root: new Uint8Array(32),
      parameters: { ...parameters },
      ...changes,
    },
    coordinator.signer,
  );
  return { statement, entries, revocations: [], nowMs: 0 };
}

/** r1 over other packets, as a deviating dealer would sign it. */
export function resigned(
  message: ShareKeysMessage,
  dealer: Party | Signer,
  packets: readonly SharePacket[],
  changes: Partial<ShareKeys> = {},
): ShareKeysMessage {
  const shareRoot = merkleRoot(packets.map(shareEntry));
  return { r1: altered(shareKeysCodec, message.r1, dealer, { shareRoot, ...changes }), packets };
}

/** The coordinator's record of a dealer to everybody that sent `message`, whether or not it would have been accepted. */
export const dealerOf = (position: number, { r1, packets }: ShareKeysMessage): Dealer =>
  dealerFrom(
    position,
    r1,
    packets.map((_, holder) => holder),
    encodePackets(packets),
  );

export const packetOf = (dealer: Dealer, holder: number): SharePacket => {
  const packet = packetFor(dealer, holder);
  if (packet === undefined) throw new Error(`nothing was dealt to position ${holder}`);
  return packet;
};

/** With a signature that does not verify. */
export const broken = (signed: Signed): Signed => ({
  ...signed,
  signature: signed.signature.map((byte) => byte ^ 1),
});

/** An answer to a complaint, with whatever shares. */
export const signAnswer = (
  ctx: Uint8Array,
  holder: Uint8Array,
  shares: readonly Uint8Array[],
  by: Signer,
): Signed =>
  signBody(answerCodec, { sender: by.publicKey, ctx, holder, shares: sha256(concatBytes(...shares)) }, by);
