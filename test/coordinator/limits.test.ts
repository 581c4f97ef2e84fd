/**
 * Sizes that follow from the task and the session, over real connections: what is too much is refused before anything of
 * it is kept, and the same participant may go on with what is right. And how many tasks and sessions there may be.
 */
import { afterEach, describe, expect, test } from '@jest/globals';
import { concatBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { createGrpcTransport } from '../../src/client/node/grpc-transport.js';
import { createTokenSource } from '../../src/client/node/token.js';
import { createGrpcServer } from '../../src/coordinator/grpc/server.js';
import { createDevTls } from '../../src/coordinator/tls.js';
import { MAX_PACKET_BYTES } from '../../src/protocol/suites/masking/sharing.js';
import { maskedInputCodec, shareKeysCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { shareEntry, type SharePacket } from '../../src/protocol/shares.js';
import type { Codec } from '../../src/protocol/codec.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import type { RecordKind } from '../../src/storage/port.js';
import { coordinator, participants, signAnswer, signTask, taskOf } from '../helpers/protocol.js';
import type { TestParticipant } from './test-participant.js';
import { expectCode, JOIN_MS, makeWorld, openSession, ROUND_MS, type Session, upTo } from './world.js';

const tls = createDevTls([]);
const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

/** A session whose first participant speaks over gRPC from `step` on, and what the coordinator keeps of it. */
async function remoteFrom(step: Parameters<typeof upTo>[1]) {
  const session = await openSession(makeWorld());
  await upTo(session, step);
  const { world } = session;
  const { caPem, ...rest } = await tls;
  const nowMs = (): number => world.clock.now();
  const server = await createGrpcServer({
    participant: (caller) => world.coordinator.participant(caller),
    operator: () => world.coordinator.operator,
    auth: { coordinatorKey: coordinator.identity, operatorTokens: () => [], nowMs },
    listen: '127.0.0.1:0',
    tls: rest,
  });
  const member = session.members[0] as TestParticipant;
  const { signer } = member.party;
  const transport = createGrpcTransport({
    coordinator: `127.0.0.1:${server.port}`,
    ca: caPem,
    token: createTokenSource({ signer, coordinatorKey: coordinator.identity, nowMs }),
    certificate: null,
  });
  Object.assign(member, { api: transport });
  cleanup.push(async () => {
    transport.close();
    await server.stop(0);
  });
  const kept = (kind: RecordKind): Promise<number> => world.store.countRecords(session.id, kind);
  return { session, member, api: transport, kept };
}

/** The same message with other contents, signed by the same participant. */
const resigned = <B>(
  codec: Codec<B>,
  signed: Signed,
  change: Partial<B>,
  { deps }: TestParticipant,
): Signed => signBody(codec, { ...codec.decode(signed.payload), ...change }, deps.signer);

describe('sizes that follow from the session', () => {
  const longer = (packets: readonly SharePacket[], ciphertext: Uint8Array): SharePacket[] =>
    packets.map((packet) => (packet.ciphertext.length > 0 ? { ...packet, ciphertext } : packet));
  const extra = (packets: readonly SharePacket[]): SharePacket => ({
    ...(packets[1] as SharePacket),
    position: packets.length,
  });

  test.each<[string, (packets: readonly SharePacket[]) => SharePacket[]]>([
    ['one packet more than the roster has members', (packets) => [...packets, extra(packets)]],
    ['one packet less', (packets) => packets.slice(0, -1)],
    ['packets longer than any suite has', (packets) => longer(packets, new Uint8Array(MAX_PACKET_BYTES + 1))],
    [
      'a third leaf',
      (packets) => packets.map((packet) => ({ ...packet, leaves: [...packet.leaves, new Uint8Array(32)] })),
    ],
    [
      'a leaf of 33 bytes',
      (packets) => packets.map((packet) => ({ ...packet, leaves: [new Uint8Array(33), new Uint8Array(32)] })),
    ],
  ])('ShareKeys with %s: MALFORMED, although it is signed', async (_, change) => {
    const { session, member, api, kept } = await remoteFrom('share');
    await member.prepareShares();
    const packets = change(member.r1.packets);
    const shareRoot = merkleRoot(packets.map(shareEntry));
    const r1 = resigned(shareKeysCodec, member.r1.r1, { shareRoot }, member);
    await expectCode(api.shareKeys(session.id, r1, packets), 'MALFORMED');
    expect(await kept('r1')).toBe(0);
    await member.sendShares();
    expect(await kept('r1')).toBe(1);
  });

  test('BeginUpload with more digests than the task has vectors: MALFORMED', async () => {
    const { session, member, api, kept } = await remoteFrom('mask');
    await member.prepareInput();
    const { digests } = maskedInputCodec.decode(member.r2.header.payload);
    const more = { digests: [...digests, digests[0] as Uint8Array] };
    const header = resigned(maskedInputCodec, member.r2.header, more, member);
    await expectCode(api.beginUpload(session.id, header), 'MALFORMED');
    await expectCode(api.putChunk(session.id, 0, new Uint8Array(1)), 'OUT_OF_ORDER');
    expect(await kept('r2')).toBe(0);
    await member.sendInput();
  });

  test('PutChunk without a byte: MALFORMED, and the upload goes on', async () => {
    const { session, member, api } = await remoteFrom('mask');
    await member.prepareInput();
    await api.beginUpload(session.id, member.r2.header);
    await expectCode(api.putChunk(session.id, 0, new Uint8Array(0)), 'MALFORMED');
    await member.sendInput();
    expect(await session.world.store.readInputs(session.id)).toHaveLength(1);
  });

  test('PutChunk beyond the upload of the task: TOO_LARGE, and what was there before stays', async () => {
    const { session, member, api } = await remoteFrom('mask');
    await member.prepareInput();
    const { header, upload } = member.r2;
    await expectCode(api.putChunk(session.id, 0, upload.bytes), 'OUT_OF_ORDER');
    await api.beginUpload(session.id, header);
    await expectCode(api.putChunk(session.id, 0, new Uint8Array(upload.bytes.length + 1)), 'TOO_LARGE');
    await expectCode(api.putChunk(session.id, 0, new Uint8Array(2 ** 20 + 1)), 'TOO_LARGE');
    await api.putChunk(session.id, 0, upload.bytes.subarray(0, 3));
    await expectCode(api.putChunk(session.id, 3, new Uint8Array(upload.bytes.length - 2)), 'TOO_LARGE');
    expect(await api.beginUpload(session.id, header)).toEqual({ nextOffset: 3 });
    await member.sendInput();
    expect(await session.world.store.readInputs(session.id)).toHaveLength(1);
  });

  test('an answer to nobody, with too many shares, with shares that are too long: refused', async () => {
    const { session, member, api, kept } = await remoteFrom('mask');
    await member.prepareInput();
    const ctx = maskedInputCodec.decode(member.r2.header.payload).ctx;
    const holder = session.members[1]?.party.identity as Uint8Array;
    const answer = (shares: readonly Uint8Array[]) =>
      api.answerComplaint(session.id, signAnswer(ctx, holder, shares, member.deps.signer), shares);
    const share = new Uint8Array(32);
    await expectCode(answer([share, share, share]), 'MALFORMED');
    await expectCode(answer([share, new Uint8Array(MAX_PACKET_BYTES + 1)]), 'MALFORMED');
    await expectCode(answer([share, share]), 'UNKNOWN_PARTICIPANT');
    expect(await kept('answer')).toBe(0);
  });

  test.each<
    [string, (kinds: Uint8Array, shares: readonly Uint8Array[]) => [Uint8Array, readonly Uint8Array[]]]
  >([
    ['one share more than there are neighbours', (kinds, shares) => [kinds, [...shares, new Uint8Array(32)]]],
    [
      'a neighbour more',
      (kinds, shares) => [Uint8Array.of(...kinds, kinds[0] as number), [...shares, new Uint8Array(32)]],
    ],
    ['a share that is longer', (kinds, shares) => [kinds, [new Uint8Array(33), ...shares.slice(1)]]],
  ])('Unmask with %s: MALFORMED, although it is signed', async (_, change) => {
    const { session, member, api, kept } = await remoteFrom('reveal');
    await member.prepareUnmask();
    const [kinds, shares] = change(unmaskCodec.decode(member.r4.r4.payload).kinds, member.r4.shares);
    const digest = sha256(concatBytes(...shares));
    const r4 = resigned(unmaskCodec, member.r4.r4, { kinds, shares: digest }, member);
    await expectCode(api.unmask(session.id, r4, shares), 'MALFORMED');
    expect(await kept('r4')).toBe(0);
    await member.sendUnmask();
    expect(await kept('r4')).toBe(1);
  });
});

describe('how many', () => {
  const open = (session: Session, taskId = session.taskId) =>
    session.world.coordinator.operator.openSession({
      taskId,
      inputDigest: null,
      joinMs: JOIN_MS,
      roundMs: ROUND_MS,
    });
  const createTask = (world: ReturnType<typeof makeWorld>, name: string) =>
    world.coordinator.operator.createTask(
      signTask(taskOf(participants(5), { name })),
      participants(5).map(({ identity }) => identity),
    );

  test('sessions of one task at a time; another task has its own, and one that ends makes room', async () => {
    const world = makeWorld({ limits: { maxOpenSessionsPerTask: 2 } });
    const session = await openSession(world);
    await open(session);
    const refusal = await expectCode(open(session), 'OVERLOADED');
    expect(refusal.message).toBe('2 sessions of this task are open, at most 2 may be');
    expect(await world.store.listSessions()).toHaveLength(2);
    await open(session, (await createTask(world, 'another')).taskId);
    await world.coordinator.operator.cancelSession(session.id, '');
    await open(session);
  });

  test('tasks; one that is there already may come again', async () => {
    const world = makeWorld({ limits: { maxTasks: 2 } });
    await createTask(world, 'one');
    const two = await createTask(world, 'two');
    await expectCode(createTask(world, 'three'), 'OVERLOADED');
    expect(await createTask(world, 'two')).toEqual(two);
    expect(await world.store.listTasks()).toHaveLength(2);
  });

  test('made-up identities do not make the coordinator look through its tasks again and again', async () => {
    let looked = 0;
    const world = makeWorld({
      wrap: (store) =>
        new Proxy(store, {
          get(target, name: keyof typeof store) {
            if (name === 'listTasks') looked += 1;
            return (target[name] as () => unknown).bind(target);
          },
        }),
    });
    const stranger = (seed: number) =>
      world.coordinator.authorize(new Uint8Array(32).fill(seed), null).catch(() => undefined);
    await Promise.all(Array.from({ length: 50 }, (_, seed) => stranger(seed)));
    expect(looked).toBe(1);
    // Whoever a new task pins is known at once, also to those who come at the same moment.
    await createTask(world, 'one');
    looked = 0;
    const everyone = participants(5).map(({ identity }) => world.coordinator.authorize(identity, null));
    await Promise.all(everyone);
    expect(looked).toBe(1);
    await world.clock.advance(1000);
    await stranger(1);
    expect(looked).toBe(2);
  });
});
