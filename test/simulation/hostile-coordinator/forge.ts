/**
 * The messages of the adversary. It holds the coordinator's key and those of the colluders, so it can state any set and
 * make r0 to r4 and headers of colluders to measure; of honest participants it only has what they sent.
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { inclusionProof, merkleTree } from '../../../crypto/merkle.js';
import type { ShareKeysMessage } from '../../../src/protocol/client/r1-share-keys.js';
import type { KeysAdvertised, KeysShared } from '../../../src/protocol/client/state.js';
import { sessionContext, type SessionContext } from '../../../src/protocol/context.js';
import { holdersOf } from '../../../src/protocol/dealing.js';
import {
  advertiseKeysCodec,
  type Complaint,
  consistencyCodec,
  maskedInputCodec,
} from '../../../src/protocol/messages.js';
import { type RosterEntry, rosterRoot } from '../../../src/protocol/roster.js';
import { type MemberSet, memberSet, type Members, rankOf, toBitmap } from '../../../src/protocol/sets.js';
import {
  identityAt,
  type ShareDelivery,
  shareEntry,
  type SharePacket,
} from '../../../src/protocol/shares.js';
import { type Signed, signBody, signedHash } from '../../../src/protocol/signed.js';
import { openingCodec, setCodec } from '../../../src/protocol/statements.js';
import { uploadEntry } from '../../../src/protocol/upload-root.js';
import type {
  AnswerDelivery,
  HeadersReply,
  RosterReply,
  SharesReply,
} from '../../../src/rpc/participant-api.js';
import { altered, coordinator as itsKey, type Party, resigned, signAnswer } from '../../helpers/protocol.js';
import type { Edge } from './decisions.js';
import { suitesWithSparse } from './sparse-suite.js';
import { depsFor, remembering, type ShownOpening, type Under, type World } from './world.js';

/** One roster, and what the adversary has in it. */
export interface Context {
  readonly opening: ShownOpening;
  readonly session: SessionContext;
  readonly ctxHex: string;
  /** Participants by position. */
  readonly roster: readonly number[];
  readonly u1: MemberSet;
  readonly reply: RosterReply;
  /** By participant. */
  readonly colluders: ReadonlyMap<number, Colluder>;
}

export interface Colluder {
  readonly position: number;
  readonly state: KeysShared;
  readonly r1: ShareKeysMessage;
}

const coordinator = remembering(itsKey);
const NO_TREE = { size: 0, root: new Uint8Array(32) };

function stateSet(
  ctx: Uint8Array,
  set: 1 | 2 | 3,
  members: Members,
  size: number,
  parameters: Readonly<Record<string, number>> = {},
): Signed {
  const body = { ctx, set, members: toBitmap(members, size), parameters, ...NO_TREE };
  return signBody(setCodec, body, coordinator.signer);
}

/**
 * A roster of these r0. Root, context and statement fit it, and the colluders in it deal shares as everybody does, but
 * for the packets that are to be bad.
 */
export function makeContext(
  world: World,
  opening: ShownOpening,
  r0s: ReadonlyMap<number, Signed>,
  badPackets: readonly Edge[],
): Context {
  const roster = [...r0s.keys()].sort((a, b) => a - b);
  const entries = roster.map((index): RosterEntry => {
    const r0 = r0s.get(index) as Signed;
    const { identity } = world.parties[index] as Party;
    return { identity, certificate: world.certificates[index] ?? null, r0, r0Hash: signedHash(r0) };
  });
  const { task, under } = world;
  const parameters = under
    .suitesWithSparse(task.suite)
    .derive(task, opening.electorate.length, entries.length);
  const root = rosterRoot(entries);
  const ctx = sessionContext(opening.id, root, parameters);
  const all = entries.map((_, position) => position);
  const statement = stateSet(ctx, 1, all, entries.length, parameters);
  const reply: RosterReply = { statement, entries, revocations: [] };
  const session: SessionContext = {
    id: opening.id,
    task,
    taskHash: openingCodec.decode(opening.signed.payload).task,
    opening: openingCodec.decode(opening.signed.payload),
    roster: entries.map(({ identity, r0 }) => ({
      identity,
      keys: advertiseKeysCodec.decode((r0 as Signed).payload),
    })),
    rosterRoot: root,
    parameters,
    ctx,
    beacon: null,
  };
  const colluders = new Map<number, Colluder>();
  for (const [index, keys] of opening.colluding) {
    const holders = badPackets
      .filter(([dealer]) => dealer === index)
      .map(([, holder]) => roster.indexOf(holder));
    const colluder = roster.includes(index) ? dealBy(world, index, keys, reply, toHex(ctx), holders) : null;
    if (colluder !== null) colluders.set(index, colluder);
  }
  const u1 = memberSet(ctx, 1, all, entries.length);
  return { opening, session, ctxHex: toHex(ctx), roster, u1, reply, colluders };
}

/** Whom a position dealt to, increasing. */
export const holders = (session: SessionContext, position: number): Members =>
  holdersOf(session, suitesWithSparse(session.task.suite), position);

type Dealing = ReturnType<Under['shareKeys']>;
/** What colluders deal follows from the context; most contexts occur in many plays. */
const dealings = new Map<Under, Map<string, Dealing>>();

function dealBy(
  world: World,
  index: number,
  keys: KeysAdvertised,
  reply: RosterReply,
  seed: string,
  badFor: readonly number[],
): Colluder | null {
  const deps = depsFor(world, index, seed);
  const known = dealings.get(world.under) ?? new Map<string, Dealing>();
  if (known.size > 5_000) known.clear();
  const step = known.get(`${index}/${seed}`) ?? world.under.shareKeys(keys, { ...reply, nowMs: 0 }, deps);
  dealings.set(world.under, known.set(`${index}/${seed}`, step));
  if (step.kind === 'refusal') return null;
  const { session, self } = step.state;
  const dealtTo = holders(session, self);
  const packets = step.send.packets.map((packet) =>
    badFor.includes(dealtTo[packet.position] as number) && packet.ciphertext.length > 0
      ? { ...packet, ciphertext: packet.ciphertext.map((byte) => byte ^ 1) }
      : packet,
  );
  return { position: step.state.self, state: step.state, r1: resigned(step.send, deps.signer, packets) };
}

export interface Dealt {
  readonly r1: Signed;
  readonly packets: readonly SharePacket[];
}

/** @param dealt by position, those that there are; the one to `to` is delivered of each */
export function sharesReply(
  context: Context,
  to: number,
  members: Members,
  dealt: ReadonlyMap<number, Dealt>,
  changed: readonly number[],
): SharesReply {
  const { session, roster } = context;
  const deliveries = members.flatMap((position): ShareDelivery[] => {
    const from = dealt.get(position);
    const rank = rankOf(holders(session, position), to);
    const packet = from?.packets[rank];
    if (position === to || from === undefined || packet === undefined) return [];
    const { leaves } = packet;
    const ciphertext = changed.includes(position)
      ? packet.ciphertext.map((byte) => byte ^ 1)
      : packet.ciphertext;
    const proof = inclusionProof(from.packets.map(shareEntry), rank);
    return [{ position, ciphertext, leaves, r1: from.r1, proof }];
  });
  return { statement: stateSet(session.ctx, 2, members, roster.length), deliveries };
}

/** The header that a colluder shows to somebody who masked for `u2`. */
export function headerBy(
  world: World,
  index: number,
  context: Context,
  u2: Uint8Array,
  complaints: readonly Complaint[] = [],
): Signed {
  const { signer } = world.parties[index] as Party;
  const body = {
    sender: signer.publicKey,
    ctx: context.session.ctx,
    u1: context.u1.hash,
    u2,
    digests: [new Uint8Array(32)],
    complaints: [...complaints],
  };
  return signBody(maskedInputCodec, body, signer);
}

/** A colluder's complaint about what an honest dealer signed for it. */
export function complaintBy(
  world: World,
  index: number,
  context: Context,
  u2: Uint8Array,
  dealer: number,
  dealt: Dealt,
): Signed | null {
  const { session, roster } = context;
  const packet = dealt.packets[rankOf(holders(session, roster.indexOf(dealer)), roster.indexOf(index))];
  if (packet === undefined) return null;
  const { identity } = world.parties[dealer] as Party;
  return headerBy(world, index, context, u2, [{ dealer: identity, ciphertext: sha256(packet.ciphertext) }]);
}

/** The true shares of a bad packet, as the colluder may still give them. */
export function answerBy(
  world: World,
  index: number,
  context: Context,
  holder: number,
): AnswerDelivery | null {
  const packet = context.colluders.get(index)?.state.dealt.get(context.roster.indexOf(holder));
  if (packet === undefined) return null;
  const { signer } = world.parties[index] as Party;
  const { identity } = world.parties[holder] as Party;
  return { answer: signAnswer(context.session.ctx, identity, packet.shares, signer), shares: packet.shares };
}

/** @param headers of `members`, as far as there are any; on a sparse graph `to` is shown those of its neighbours */
export function headersReply(
  { session, roster }: Context,
  to: number,
  members: Members,
  headers: readonly (Signed | null)[],
): HeadersReply {
  const statement = stateSet(session.ctx, 3, members, roster.length);
  const isThere = (header: Signed | null | undefined): header is Signed =>
    header !== null && header !== undefined;
  if (!suitesWithSparse(session.task.suite).sparse)
    return { statement, headers: headers.filter(isThere), uploads: null };
  const tree = merkleTree(
    members.map((position, index) => {
      const header = headers[index];
      const digests = isThere(header) ? maskedInputCodec.decode(header.payload).digests : [];
      return uploadEntry(identityAt(session, position), digests);
    }),
  );
  const near = holders(session, to);
  const shown = [...members.keys()].filter((rank) => near.includes(members[rank] as number));
  return {
    statement,
    headers: shown.map((rank) => headers[rank]).filter(isThere),
    uploads: { root: tree.root, paths: shown.map((rank) => tree.prove(rank)) },
  };
}

/** r3 by a colluder, over whatever somebody else signed. */
export const signatureBy = (world: World, index: number, like: Signed): Signed => {
  const party = world.parties[index] as Party;
  return altered(consistencyCodec, like, party, { sender: party.identity });
};

/** Whether two r3 are over the same sets and uploads. */
export function sameSets(a: Signed, b: Signed): boolean {
  const [x, y] = [consistencyCodec.decode(a.payload), consistencyCodec.decode(b.payload)];
  return (['ctx', 'u1', 'u2', 'u3', 'uploads'] as const).every((field) => equalBytes(x[field], y[field]));
}
