// What an auditor is given of a session beside its leaves: the lists that those name by hash, in their order.
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { electorateHash, grantCodec } from '../../src/protocol/documents.js';
import { advertiseKeysCodec, shareKeysCodec } from '../../src/protocol/messages.js';
import { rosterRoot } from '../../src/protocol/roster.js';
import { decodeSigned } from '../../src/protocol/attachments.js';
import { type Signed, signBody, signedHash } from '../../src/protocol/signed.js';
import { openingCodec } from '../../src/protocol/statements.js';
import { sessionHeadCodec } from '../../src/protocol/transcript/session-head.js';
import { fill, organiser, participants, type Party } from '../helpers/protocol.js';
import {
  all,
  certify,
  expectCode,
  exported,
  JOIN_MS,
  makeWorld,
  openSession,
  ROUND_MS,
  type Session,
  upTo,
} from './world.js';

async function transcriptOf(session: Pick<Session, 'world' | 'id'>) {
  const [head, ...leaves] = await exported(session);
  return { head: sessionHeadCodec.decode(head as Uint8Array), leaves: leaves.map(decodeSigned) };
}

const openingOf = ([, opening]: readonly Signed[]) => openingCodec.decode((opening as Signed).payload);

async function enrolled(): Promise<Session> {
  const world = makeWorld();
  const certificate = (party: Party) => certify(party, world.clock);
  for (const party of participants(5)) await world.coordinator.operator.putCertificate(certificate(party));
  return openSession(world, { task: { pinned: null }, certificate });
}

describe('electorate and certificates', () => {
  test('those of the roster, in its order, give the root that everybody signed; a purge leaves them', async () => {
    const session = await enrolled();
    await upTo(session, 'end');
    await session.world.coordinator.operator.purgeSession(session.id, { aggregate: true });
    const { head, leaves } = await transcriptOf(session);
    expect(electorateHash(head.electorate)).toEqual(openingOf(leaves).electorate.hash);
    const entries = leaves.slice(2, 7).map((r0, index) => ({
      identity: advertiseKeysCodec.decode(r0.payload).sender,
      certificate: head.certificates[index] ?? null,
      r0Hash: signedHash(r0),
      r0,
    }));
    const r1 = shareKeysCodec.decode((leaves[8] as Signed).payload);
    expect(head.certificates).toHaveLength(5);
    expect(toHex(rosterRoot(entries))).toBe(toHex(r1.rosterRoot));
    expect(head.grants).toEqual([]);
  });

  test('none where the task pins its list, and none of a session without a roster', async () => {
    const pinned = await openSession(makeWorld());
    await upTo(pinned, 'end');
    expect((await transcriptOf(pinned)).head.certificates).toEqual([]);
    const session = await enrolled();
    await all(session, 'join', [0, 1]);
    await session.world.clock.advance(JOIN_MS + ROUND_MS);
    expect(await session.phase()).toBe('aborted');
    const { head, leaves } = await transcriptOf(session);
    expect([head.electorate.length, head.certificates.length, leaves.length]).toEqual([5, 0, 5]);
  });
});

describe('grants', () => {
  const [from, to] = [participants(5), participants(4)].map((list) => list.map(({ identity }) => identity));
  const grant = (scope: number): Signed =>
    signBody(
      grantCodec,
      { scope: fill(scope), from: from as Uint8Array[], to: to as Uint8Array[] },
      organiser.signer,
    );

  test('those that the opening names, in its order', async () => {
    const world = makeWorld();
    const { taskId } = await openSession(world);
    const [one, two] = [grant(1), grant(2)];
    const request = { taskId, inputDigest: null, joinMs: JOIN_MS, roundMs: ROUND_MS };
    const { sessionId: id } = await world.coordinator.operator.openSession({
      ...request,
      grants: [two, one],
    });
    const { head, leaves } = await transcriptOf({ world, id });
    expect(head.grants).toEqual([two, one]);
    expect(openingOf(leaves).grants).toEqual(head.grants.map(signedHash));
  });

  test('an input cannot be called like a grant, and a grant of somebody else is not kept', async () => {
    const world = makeWorld();
    const { taskId } = await openSession(world);
    const request = { taskId, inputDigest: null, joinMs: JOIN_MS, roundMs: ROUND_MS };
    const { operator } = world.coordinator;
    await operator.openSession({ ...request, grants: [grant(1)] });
    await expectCode(
      operator.openSession({ ...request, inputDigest: signedHash(grant(1)) }),
      'INPUT_MISMATCH',
    );
    const forged = { ...grant(2), signature: fill(64, 1) };
    await expectCode(operator.openSession({ ...request, grants: [forged] }), 'WRONG_ORGANISER');
    expect(await world.store.getBlob(`grant/${toHex(signedHash(forged))}`)).toBeNull();
  });
});
