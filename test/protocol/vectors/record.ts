/** From a session that was played to the file that shows it: every message in order, and the values behind it. */
import * as c from '../../../crypto/index.js';
import type { CborValue } from '../../../crypto/index.js';
import { scopeKey } from '../../../src/protocol/scope.js';
import { layoutOf } from '../../../src/protocol/parameters.js';
import { decodeAggregate } from '../../../src/protocol/quantise.js';
import type { MemberSet } from '../../../src/protocol/sets.js';
import { type Signed, signedHash } from '../../../src/protocol/signed.js';
import { maskedInputCodec, unmaskCodec } from '../../../src/protocol/messages.js';
import { certificateHash, electorateHash, taskHash } from '../../../src/protocol/documents.js';
import { coordinator, organiser, seedOf } from '../../helpers/protocol.js';
import { maskInput, rosterEntry, type Secrets, shareKeys, type Shared, uploadEntry } from './outsider.js';
import { type Played, secretsOf } from './scenarios.js';

const at = <T>(items: readonly T[], index: number): T => items[index] as T;

/** Bytes become hexadecimal, words become numbers. */
export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return c.toHex(value);
  if (value instanceof Uint32Array || value instanceof Float64Array) return [...value];
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}

const bytesOf = ({ payload, signature }: Signed) => ({ payload, signature });

/** A payload's fields as they are, for reading; the bytes are what counts. */
export const readable = (payload: Uint8Array): CborValue => c.decodeCanonical(payload);

function sharedOf({ r1, setup }: Played): Shared {
  const { session } = r1.frozen;
  return {
    ctx: session.ctx,
    rosterRoot: session.rosterRoot,
    roster: session.roster.map(({ identity, keys }) => {
      if (keys === null) throw new Error('a roster of the coordinator has all keys');
      return { identity, ...keys };
    }),
    threshold: session.parameters.t,
    layout: layoutOf(setup.header.task),
  };
}

export function sessionFile(played: Played): object {
  const { scenario, setup, r1 } = played;
  const secrets = secretsOf(played);
  const shared = sharedOf(played);
  const inRoster = (position: number): Secrets => at(secrets, at(scenario.present.r0, position));
  return {
    description: scenario.description,
    organiser: { seed: seedOf('organiser'), publicKey: organiser.identity },
    coordinator: { seed: seedOf('coordinator'), publicKey: coordinator.identity },
    ...documents(played),
    participants: participantsOf(played, secrets),
    r0: r1.members.map(({ index, position }) => ({
      participant: index,
      ...bytesOf(at(setup.members, index).record.signed),
      shareKey: at(shared.roster, position).shareKey,
      maskKey: at(shared.roster, position).maskKey,
      hash: signedHash(at(setup.members, index).record.signed),
    })),
    u1: firstSet(played),
    r1: firstShares(played, shared, inRoster),
    u2: setOf(played.r2.statement, played.r2.frozen.u2),
    r2: maskedInputs(played, shared, inRoster),
    answers: played.answers.map(({ dealer, holder, signed, shares }) => ({
      dealer,
      holder,
      ...bytesOf(signed),
      shares,
    })),
    u3: { ...setOf(played.r3.statement, played.r3.frozen.u3), uploads: uploadsOf(played) },
    r3: sent(played.r3.members, scenario.present.r3).map(({ position, send }) => ({
      position,
      ...bytesOf(send),
    })),
    r4: sent(played.r4.members, scenario.present.r4).map(({ position, send }) => ({
      position,
      ...bytesOf(send.r4),
      kinds: unmaskCodec.decode(send.r4.payload).kinds,
      shares: send.shares,
    })),
    result: { ...bytesOf(played.closed.result), ...aggregateOf(played) },
    tree: treeOf(played),
  };
}

function documents({ scenario, setup }: Played): object {
  const { header, electorate } = setup;
  const { task } = header;
  const hash = taskHash(setup.task);
  return {
    task: {
      ...bytesOf(setup.task),
      id: hash,
      fields: readable(setup.task.payload),
      layout: layoutOf(task),
      scope: scopeKey(task, hash, header.opening.input),
    },
    opening: {
      ...bytesOf(setup.opening),
      id: header.id,
      fields: readable(setup.opening.payload),
      electorate: electorateHash(electorate),
      input: scenario.inputBytes,
    },
  };
}

function participantsOf({ scenario, setup }: Played, secrets: readonly Secrets[]): object[] {
  return setup.members.map(({ party }, index) => {
    const certificate = scenario.options.certificate?.(party) ?? null;
    const { input, ...rest } = at(secrets, index);
    return {
      identity: party.identity,
      ...rest,
      ...(scenario.plain === null ? {} : at(scenario.plain, index)),
      input,
      certificate:
        certificate === null ? null : { ...bytesOf(certificate), hash: certificateHash(certificate) },
    };
  });
}

const setOf = (statement: Signed, set: MemberSet | null) => ({
  ...bytesOf(statement),
  members: set?.members,
  hash: set?.hash,
});

function firstSet({ r1, setup }: Played): object {
  const { session, u1 } = r1.frozen;
  return {
    ...setOf(r1.statement, u1),
    roster: r1.members.map(({ index, position }) => {
      const { identity, certificate, r0 } = at(r1.message.entries, position);
      if (r0 === null) throw new Error('a roster of the coordinator has every r0');
      return { participant: index, identity, entry: rosterEntry(identity, certificate, r0) };
    }),
    rosterRoot: session.rosterRoot,
    parameters: session.parameters,
    ctx: session.ctx,
    needed: Math.max(session.parameters.q, setup.header.task.minSurvivors),
  };
}

function firstShares(
  { scenario, r1 }: Played,
  shared: Shared,
  inRoster: (position: number) => Secrets,
): object[] {
  return sent(r1.members, scenario.present.r1).map(({ position, send }) => {
    const garbled = scenario.garbled.filter(({ dealer }) => dealer === position).map(({ holder }) => holder);
    const dealt = shareKeys(inRoster(position), shared, position, garbled);
    const entries = dealt.packets.map(({ entry }) => entry);
    return {
      position,
      ...bytesOf(send.r1),
      commitment: dealt.commitment,
      shareRoot: dealt.shareRoot,
      garbled,
      packets: dealt.packets.map(({ shares, key, nonce, plaintext, entry }, recipient) => ({
        recipient,
        maskKeyShare: shares[0],
        selfMaskShare: shares[1],
        key,
        nonce,
        aad: dealt.aad[recipient],
        plaintext,
        ciphertext: at(send.packets, recipient).ciphertext,
        leaves: at(send.packets, recipient).leaves,
        entry,
        proof: c.inclusionProof(entries, recipient),
      })),
    };
  });
}

function maskedInputs(
  { scenario, r2 }: Played,
  shared: Shared,
  inRoster: (position: number) => Secrets,
): object[] {
  const u2 = r2.frozen.u2?.members ?? [];
  return sent(r2.members, scenario.present.r2).map(({ position, send }) => {
    const vectors = maskInput(inRoster(position), shared, position, u2);
    const { digests, complaints } = maskedInputCodec.decode(send.header.payload);
    return {
      position,
      ...bytesOf(send.header),
      complaints,
      vectors: vectors.map(({ packed: _, ...vector }, index) => ({ ...vector, digest: digests[index] })),
      upload: send.upload.bytes,
    };
  });
}

function uploadsOf({ r3 }: Played): object {
  const entries = r3.message.headers.map(({ payload }) => {
    const { sender, digests } = maskedInputCodec.decode(payload);
    return uploadEntry(sender, digests);
  });
  return { entries, root: r3.uploads };
}

function aggregateOf({ setup, r3, closed }: Played): object {
  const survivors = r3.members.length;
  const { vectors, weight } = decodeAggregate(setup.header.task, closed.sums, survivors);
  return { aggregate: closed.packed, integers: closed.sums, survivors, weight, vectors };
}

/** Size and root before each statement, as the statement says, and the hash of every leaf. */
function treeOf({ r4, closed }: Played): object {
  const leaves = [...r4.leaves, ...closed.closing.leaves];
  return {
    leaves: leaves.map((leaf) => c.sha256(Uint8Array.of(0), leaf)),
    size: closed.closing.tree.size,
    root: closed.closing.tree.root,
  };
}

function sent<M extends { readonly position: number }>(
  members: readonly M[],
  present: readonly number[],
): M[] {
  return members.filter(({ position }) => present.includes(position));
}
