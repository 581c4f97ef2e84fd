/** What a participant is refused, by which code, and that a refused message leaves the session as it was. */
import { describe, expect, test } from '@jest/globals';
import { revocationCodec } from '../../src/protocol/documents.js';
import { advertiseKeysCodec, maskedInputCodec, shareKeysCodec } from '../../src/protocol/messages.js';
import { signBody } from '../../src/protocol/signed.js';
import { organiser, participants, party } from '../helpers/protocol.js';
import type { TestParticipant } from './test-participant.js';
import {
  all,
  certify,
  expectCode,
  expectSum,
  JOIN_MS,
  makeWorld,
  openSession,
  ROUND_MS,
  type Session,
  upTo,
} from './world.js';

const EVERYONE = [0, 1, 2, 3, 4];
const at = (session: Session, index: number) => session.members[index] as TestParticipant;

/** A stranger's interface to the session. */
const stranger = (session: Session, name = 'stranger') =>
  session.world.coordinator.participant({ identity: party(name).identity, certificate: null });

describe('who may speak', () => {
  test('only the electorate', async () => {
    const session = await openSession(makeWorld());
    const api = stranger(session);
    const [first] = session.members as [TestParticipant];
    await expectCode(api.advertiseKeys(session.id, first.r0, null), 'UNKNOWN_PARTICIPANT');
    for (const call of [
      api.getInput(session.id),
      api.getRoster(session.id),
      api.getOutcome(session.id),
      api.getAggregate(session.id),
      api.watchSession(session.id, new AbortController().signal)[Symbol.asyncIterator]().next(),
    ])
      await expectCode(call, 'UNKNOWN_PARTICIPANT');
  });

  test('unknown sessions and tasks', async () => {
    const session = await openSession(makeWorld());
    const { api, r0 } = at(session, 0);
    for (const id of ['', 'x', session.id.toUpperCase(), '00'.repeat(32)]) {
      await expectCode(api.advertiseKeys(id, r0, null), 'UNKNOWN_SESSION');
      await expectCode(api.getTask(id), 'UNKNOWN_TASK');
    }
    const never = new AbortController().signal;
    await expectCode(
      api.watchSessions('00'.repeat(32), never)[Symbol.asyncIterator]().next(),
      'UNKNOWN_TASK',
    );
  });

  test('a call that was cancelled before it began', async () => {
    const session = await openSession(makeWorld());
    const { api, r0 } = at(session, 0);
    await expectCode(api.advertiseKeys(session.id, r0, null, AbortSignal.abort()), 'CANCELLED');
    expect((await session.summary()).accepted.r0).toBe(0);
  });

  test('members only may read what belongs to a round, and only after it closed', async () => {
    const session = await openSession(makeWorld());
    const { id } = session;
    for (const call of ['getRoster', 'getShares', 'getHeaders', 'getSignatures', 'getComplaints'] as const)
      await expectCode(at(session, 0).api[call](id), 'WRONG_ROUND');
    await all(session, 'join', [0, 1, 2, 3]);
    await session.world.clock.advance(JOIN_MS);
    await expectCode(at(session, 4).api.getRoster(id), 'UNKNOWN_PARTICIPANT');
    await all(session, 'share', [0, 1, 2, 3]);
    await expectCode(at(session, 4).api.getShares(id), 'UNKNOWN_PARTICIPANT');
    await expectCode(at(session, 4).api.getComplaints(id), 'UNKNOWN_PARTICIPANT');
    await all(session, 'mask', [0, 1, 2, 3]);
    await expectCode(at(session, 4).api.getHeaders(id), 'UNKNOWN_PARTICIPANT');
    await expectCode(at(session, 0).api.getSignatures(id), 'WRONG_ROUND');
    await all(session, 'sign', [0, 1, 2, 3]);
    await expectCode(at(session, 4).api.getSignatures(id), 'UNKNOWN_PARTICIPANT');
    await expectCode(at(session, 0).api.getAggregate(id), 'WRONG_ROUND');
    await all(session, 'reveal', [0, 1, 2, 3]);
    await expectSum(session, [0, 1, 2, 3]);
  });

  test('who dropped out in r1 gets neither shares nor headers', async () => {
    const session = await openSession(makeWorld());
    await all(session, 'join');
    await all(session, 'share', [0, 1, 2, 3]);
    await at(session, 4).prepareShares();
    await session.world.clock.advance(ROUND_MS);
    await expectCode(at(session, 4).api.getShares(session.id), 'UNKNOWN_PARTICIPANT');
    await expectCode(at(session, 4).sendShares(), 'LATE');
    await all(session, 'mask', [0, 1, 2, 3]);
    await expectCode(at(session, 4).api.getHeaders(session.id), 'UNKNOWN_PARTICIPANT');
  });

  test('a session without input has none', async () => {
    const session = await openSession(makeWorld());
    await expectCode(at(session, 0).api.getInput(session.id), 'INPUT_MISMATCH');
  });
});

describe('when', () => {
  test('a message for a round that is not open yet: WRONG_ROUND; for one that is over: LATE', async () => {
    const session = await openSession(makeWorld());
    const [first] = session.members as [TestParticipant];
    await all(session, 'join', [0, 1, 2, 3]);
    const early = signBody(
      shareKeysCodec,
      {
        sender: first.party.identity,
        ctx: new Uint8Array(32),
        rosterRoot: new Uint8Array(32),
        commitment: new Uint8Array(32),
        shareRoot: new Uint8Array(32),
      },
      first.deps.signer,
    );
    await expectCode(first.api.shareKeys(session.id, early, []), 'WRONG_ROUND');
    await expectCode(first.api.beginUpload(session.id, early), 'WRONG_ROUND');
    await expectCode(first.api.putChunk(session.id, 0, new Uint8Array(1)), 'WRONG_ROUND');
    await expectCode(first.api.commitUpload(session.id), 'WRONG_ROUND');
    await expectCode(first.api.consistency(session.id, early), 'WRONG_ROUND');
    await expectCode(first.api.unmask(session.id, early, []), 'WRONG_ROUND');
    await session.world.clock.advance(JOIN_MS);
    await expectCode(at(session, 4).join(), 'LATE');
    await upTo(session, 'end', [0, 1, 2, 3]);
    await expectSum(session, [0, 1, 2, 3]);
    await expectCode(at(session, 4).join(), 'LATE');
    await expectCode(first.api.getShares(session.id), 'LATE');
    expect((await first.api.getHeaders(session.id)).headers).toHaveLength(4);
  });

  test('after the deadline nothing new is accepted, even if the round is still open', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await all(session, 'join', [0, 1, 2, 3]);
    await world.coordinator.stop();
    await world.clock.advance(JOIN_MS);
    // The coordinator is stopped: nobody closes the round.
    expect(await session.phase()).toBe('r0');
    await expectCode(at(session, 4).join(), 'LATE');
    await at(session, 0).join();
  });

  test('an abort ends every round', async () => {
    const session = await openSession(makeWorld());
    await upTo(session, 'share');
    await Promise.all(session.members.map((member) => member.prepareShares()));
    await session.world.coordinator.operator.cancelSession(session.id, 'enough');
    await expectCode(at(session, 0).sendShares(), 'LATE');
    await expectCode(at(session, 0).api.getShares(session.id), 'LATE');
    await at(session, 0).join();
    await expectCode(at(session, 0).api.getAggregate(session.id), 'WRONG_ROUND');
  });
});

describe('r0', () => {
  test('a second, other message: CONFLICT', async () => {
    const session = await openSession(makeWorld());
    const first = at(session, 0);
    await first.join();
    const body = { ...advertiseKeysCodec.decode(first.r0.payload), nonce: new Uint8Array(32) };
    const other = signBody(advertiseKeysCodec, body, first.deps.signer);
    await expectCode(first.api.advertiseKeys(session.id, other, null), 'CONFLICT');
  });

  test("another participant's key: DUPLICATE_KEY", async () => {
    const session = await openSession(makeWorld());
    const [first, second] = session.members as [TestParticipant, TestParticipant];
    await first.join();
    const { maskKey } = advertiseKeysCodec.decode(first.r0.payload);
    const stolen = (change: object) =>
      signBody(
        advertiseKeysCodec,
        { ...advertiseKeysCodec.decode(second.r0.payload), ...change },
        second.deps.signer,
      );
    for (const change of [{ maskKey }, { shareKey: maskKey }])
      await expectCode(second.api.advertiseKeys(session.id, stolen(change), null), 'DUPLICATE_KEY');
    const weak = stolen({ maskKey: new Uint8Array(32) });
    await expectCode(second.api.advertiseKeys(session.id, weak, null), 'WEAK_KEY');
    await second.join();
    expect((await session.summary()).accepted.r0).toBe(2);
  });

  test('a forged signature, another opening, another sender', async () => {
    const session = await openSession(makeWorld());
    const [first, second] = session.members as [TestParticipant, TestParticipant];
    const { payload, signature } = first.r0;
    const forged = { payload, signature: signature.map((byte) => byte ^ 1) };
    await expectCode(first.api.advertiseKeys(session.id, forged, null), 'BAD_SIGNATURE');
    await expectCode(second.api.advertiseKeys(session.id, first.r0, null), 'BAD_SIGNATURE');
    const body = { ...advertiseKeysCodec.decode(payload), opening: new Uint8Array(32) };
    const other = signBody(advertiseKeysCodec, body, first.deps.signer);
    await expectCode(first.api.advertiseKeys(session.id, other, null), 'CONTEXT_MISMATCH');
  });
});

describe('certificates of a task that pins nobody', () => {
  async function withCertificates(validMs?: number) {
    const world = makeWorld();
    for (const member of participants(5))
      await world.coordinator.operator.putCertificate(certify(member, world.clock));
    const certificate = (who: Parameters<typeof certify>[0]) => certify(who, world.clock, validMs);
    return openSession(world, { task: { pinned: null }, certificate });
  }

  test('are part of the roster', async () => {
    const session = await withCertificates();
    await upTo(session, 'end');
    await expectSum(session, EVERYONE);
    const { entries } = await at(session, 0).api.getRoster(session.id);
    expect(entries.every(({ certificate }) => certificate !== null)).toBe(true);
  });

  test('missing, forged, of somebody else, expiring before r1 ends', async () => {
    const session = await withCertificates();
    const [first, second] = session.members as [TestParticipant, TestParticipant];
    const { clock } = session.world;
    const bare = session.world.coordinator.participant({ identity: first.party.identity, certificate: null });
    const join = (certificate: Parameters<typeof bare.advertiseKeys>[2]) =>
      bare.advertiseKeys(session.id, first.r0, certificate);
    await expectCode(join(null), 'CERTIFICATE_UNKNOWN');
    await expectCode(join(second.certificate), 'CERTIFICATE_UNKNOWN');
    await expectCode(join(certify(first.party, clock, 1e9, party('nobody').signer)), 'CERTIFICATE_UNKNOWN');
    await expectCode(join(certify(first.party, clock, 0)), 'CERTIFICATE_EXPIRED');
    await expectCode(join(certify(first.party, clock, JOIN_MS + ROUND_MS)), 'CERTIFICATE_EXPIRED');
    await join(certify(first.party, clock, JOIN_MS + ROUND_MS + 1));
  });

  test('revoked: not let in, and nobody waits', async () => {
    const session = await withCertificates();
    const { operator } = session.world.coordinator;
    const { identity } = at(session, 4).party;
    await operator.putRevocation(signBody(revocationCodec, { identity, revokedMs: 1 }, organiser.signer));
    await expectCode(at(session, 4).join(), 'CERTIFICATE_REVOKED');
    await all(session, 'join', [0, 1, 2, 3]);
    expect(await session.phase()).toBe('r1');
    await upTo(session, 'end', [0, 1, 2, 3]);
    await expectSum(session, [0, 1, 2, 3]);
  });

  test('revoked after joining: the session aborts before anybody sees the roster', async () => {
    const session = await withCertificates();
    const { identity } = at(session, 4).party;
    await all(session, 'join', [3, 4]);
    await session.world.coordinator.operator.putRevocation(
      signBody(revocationCodec, { identity, revokedMs: 1 }, organiser.signer),
    );
    await all(session, 'join', [0, 1, 2]);
    await session.world.clock.advance(JOIN_MS);
    expect((await session.summary()).abort?.code).toBe('CERTIFICATE_REVOKED');
  });
});

describe('r1, r3 and r4', () => {
  test('r1: other packets, another roster, a second message', async () => {
    const session = await openSession(makeWorld());
    await all(session, 'join');
    const [first, second] = session.members as [TestParticipant, TestParticipant];
    await first.prepareShares();
    await second.prepareShares();
    const { r1, packets } = first.r1;
    await expectCode(first.api.shareKeys(session.id, r1, second.r1.packets), 'MALFORMED');
    const swapped = packets.map((packet, position) =>
      position === 1 ? { ...(packets[2] as (typeof packets)[0]), position } : packet,
    );
    await expectCode(first.api.shareKeys(session.id, r1, swapped), 'DIGEST_MISMATCH');
    const body = { ...shareKeysCodec.decode(r1.payload), rosterRoot: new Uint8Array(32) };
    const other = signBody(shareKeysCodec, body, first.deps.signer);
    await expectCode(first.api.shareKeys(session.id, other, packets), 'CONTEXT_MISMATCH');
    await first.sendShares();
    await first.prepareShares();
    await expectCode(first.sendShares(), 'CONFLICT');
  });

  test('r3 over other sets, r4 with other shares', async () => {
    const session = await openSession(makeWorld());
    await upTo(session, 'sign');
    const [first, second] = session.members as [TestParticipant, TestParticipant];
    await first.prepareConsistency();
    await expectCode(second.api.consistency(session.id, first.r3), 'BAD_SIGNATURE');
    await all(session, 'sign');
    await first.prepareUnmask();
    await second.prepareUnmask();
    await expectCode(first.api.unmask(session.id, first.r4.r4, second.r4.shares), 'DIGEST_MISMATCH');
    await expectCode(first.api.unmask(session.id, second.r4.r4, second.r4.shares), 'BAD_SIGNATURE');
    await all(session, 'reveal');
    await expectSum(session, EVERYONE);
  });

  test('an r2 header that was signed for other sets', async () => {
    const session = await openSession(makeWorld());
    await upTo(session, 'mask');
    const first = at(session, 0);
    await first.prepareInput();
    const body = { ...maskedInputCodec.decode(first.r2.header.payload), u2: new Uint8Array(32) };
    const other = signBody(maskedInputCodec, body, first.deps.signer);
    await expectCode(first.api.beginUpload(session.id, other), 'CONTEXT_MISMATCH');
    await first.sendInput();
    const digests = [new Uint8Array(32)];
    const second = signBody(
      maskedInputCodec,
      { ...maskedInputCodec.decode(first.r2.header.payload), digests },
      first.deps.signer,
    );
    await expectCode(first.api.beginUpload(session.id, second), 'CONFLICT');
  });
});
