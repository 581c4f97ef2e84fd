/** What an operator can do, and is refused: tasks, sessions, inputs, cancelling, watching, certificates. */
import { describe, expect, test } from '@jest/globals';
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { electorateHash, revocationCodec } from '../../src/protocol/documents.js';
import { signBody } from '../../src/protocol/signed.js';
import { abortCodec, inputHash, openingCodec } from '../../src/protocol/statements.js';
import type { SessionSummary } from '../../src/rpc/operator-api.js';
import { organiser, participants, party, signTask, taskOf, vectorOf } from '../helpers/protocol.js';
import { settle } from './manual-clock.js';
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
  upTo,
  type World,
} from './world.js';

const identities = (count: number) => participants(count).map(({ identity }) => identity);
const request = (taskId: string, more = {}) => ({
  taskId,
  inputDigest: null,
  joinMs: JOIN_MS,
  roundMs: ROUND_MS,
  ...more,
});

describe('tasks', () => {
  const create = (
    world: World,
    over: Parameters<typeof taskOf>[1] = {},
    pinned = identities(5),
    by = organiser,
  ) =>
    world.coordinator.operator.createTask(
      signTask(taskOf(participants(5), over), by),
      over.pinned === null ? null : pinned,
    );

  test('are listed, once however often they come, and can be closed', async () => {
    const world = makeWorld();
    const { operator } = world.coordinator;
    const { taskId } = await create(world);
    expect(await create(world)).toEqual({ taskId });
    const [task, ...others] = await operator.listTasks();
    expect(others).toEqual([]);
    expect(task).toMatchObject({ taskId, closed: false, sessions: 0, createdMs: world.clock.now() });
    await operator.openSession(request(taskId));
    await operator.closeTask(taskId);
    expect(await operator.getTask(taskId)).toMatchObject({ closed: true, sessions: 1 });
    await expectCode(operator.openSession(request(taskId)), 'UNKNOWN_TASK');
    await expectCode(operator.closeTask('00'.repeat(32)), 'UNKNOWN_TASK');
    await expectCode(operator.getTask('nonsense'), 'UNKNOWN_TASK');
  });

  test('that are closed let those go who wait, once the last session has ended', async () => {
    const world = makeWorld();
    const { operator } = world.coordinator;
    const { id, taskId, members } = await openSession(world);
    const [{ api }] = members as [TestParticipant];
    const announced: string[] = [];
    const wait = async (): Promise<void> => {
      for await (const { sessionId } of api.watchSessions(taskId, new AbortController().signal))
        announced.push(sessionId);
    };
    const waiting = wait().catch((error: unknown) => error);
    await operator.closeTask(taskId);
    await world.clock.advance(2000);
    expect(announced).toEqual([id]);
    expect((await api.getTask(taskId)).pinned).toHaveLength(5);
    await operator.cancelSession(id, '');
    await world.clock.advance(2000);
    expect(await waiting).toMatchObject({ code: 'UNKNOWN_TASK', message: expect.stringContaining('closed') });
    await expectCode(api.getTask(taskId), 'UNKNOWN_TASK');
    await expectCode(wait(), 'UNKNOWN_TASK');
    expect(await operator.getTask(taskId)).toMatchObject({ closed: true });
  });

  test('must be signed by the organiser', async () => {
    await expectCode(create(makeWorld(), {}, identities(5), party('operator')), 'WRONG_ORGANISER');
  });

  test('must be usable', async () => {
    const world = makeWorld({ limits: { maxVectors: 2, maxUploadBytes: 100 } });
    await expectCode(create(world, { suite: 'masking/unknown' }), 'UNSUPPORTED');
    await expectCode(create(world, { critical: ['new'] }), 'UNSUPPORTED');
    await expectCode(create(world, { vectors: [vectorOf({ bits: 4 })] }), 'WOULD_WRAP');
    await expectCode(create(world, { maxWeight: 3 }), 'BAD_TASK');
    const vectors = ['a', 'b', 'c'].map((name) => vectorOf({ name }));
    await expectCode(create(world, { vectors }), 'TOO_LARGE');
    await expectCode(create(world, { vectors: [vectorOf({ length: 51 })] }), 'TOO_LARGE');
    await create(world, { vectors: [vectorOf({ length: 50 })] });
  });

  test('must come with exactly the participants they pin', async () => {
    const world = makeWorld();
    const { operator } = world.coordinator;
    const pinning = signTask(taskOf(participants(5)));
    await expectCode(operator.createTask(pinning, null), 'BAD_TASK');
    await expectCode(create(world, {}, identities(4)), 'BAD_TASK');
    await expectCode(create(world, {}, identities(5).reverse()), 'BAD_TASK');
    await expectCode(
      operator.createTask(signTask(taskOf(participants(5), { pinned: null })), identities(5)),
      'BAD_TASK',
    );
    const shuffled = [...identities(5)].reverse();
    const asListed = { hash: electorateHash(shuffled), size: 5 };
    await expectCode(create(world, { pinned: asListed }, shuffled), 'BAD_TASK');
  });

  test('must leave enough survivors, in numbers', async () => {
    const error = await expectCode(create(makeWorld(), { minSurvivors: 6 }), 'TOO_FEW_PARTICIPANTS');
    expect(error.message).toBe('5 are invited, but 6 must survive (N = 5, n_C = 1, q = 4, spare = -1)');
  });
});

describe('opening a session', () => {
  test('numbers it, binds everything, and begins the log with task and opening', async () => {
    const world = makeWorld();
    const { operator } = world.coordinator;
    const input = new Uint8Array([1, 2, 3]);
    const sent: number[] = [];
    const digest = await operator.putInput(input, (bytes) => sent.push(bytes));
    expect(sent).toEqual([3]);
    expect(equalBytes(digest, inputHash(input))).toBe(true);
    const { taskId } = await operator.createTask(signTask(taskOf(participants(5))), identities(5));
    const summary = await operator.openSession(request(taskId, { inputDigest: digest }));
    expect(summary).toMatchObject({
      taskId,
      number: 1,
      phase: 'r0',
      maxColluders: 1,
      quorum: 4,
      needed: 4,
      openedMs: world.clock.now(),
      phaseDeadlineInMs: JOIN_MS,
      accepted: { r0: 0, r1: 0, r2: 0, r3: 0, r4: 0 },
      u1: null,
      abort: null,
    });
    expect(summary.electorate).toEqual(identities(5));
    const opening = openingCodec.decode((await operator.getOutcome(summary.sessionId)).opening.payload);
    expect(opening).toMatchObject({ session: 1, joinMs: JOIN_MS, roundMs: ROUND_MS, previous: [] });
    expect(equalBytes(opening.input as Uint8Array, digest)).toBe(true);
    const [member] = participants(5);
    const api = world.coordinator.participant({
      identity: member?.identity as Uint8Array,
      certificate: null,
    });
    expect(await api.getInput(summary.sessionId)).toEqual(input);
    expect((await operator.openSession(request(taskId))).number).toBe(2);
    expect((await operator.listSessions(taskId)).map(({ number }) => number)).toEqual([1, 2]);
    expect(await operator.listSessions()).toHaveLength(2);
    await expectCode(operator.listSessions('00'.repeat(32)), 'UNKNOWN_TASK');
  });

  test('many at once get different numbers, also from two coordinators', async () => {
    const world = makeWorld();
    const other = makeWorld({ store: world.store });
    const { taskId } = await world.coordinator.operator.createTask(
      signTask(taskOf(participants(5))),
      identities(5),
    );
    const opened = await Promise.all(
      [world, world, other, other, world].map(({ coordinator }) =>
        coordinator.operator.openSession(request(taskId)),
      ),
    );
    expect(opened.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  test('is refused without its input, with odd times, beyond the limits', async () => {
    const world = makeWorld({
      limits: { maxOpenSessions: 2, maxBlobBytes: 3, maxRoundMs: 1000 },
      defaults: { joinMs: 700, roundMs: 800 },
    });
    const { operator } = world.coordinator;
    const { taskId } = await operator.createTask(signTask(taskOf(participants(5))), identities(5));
    const open = (more = {}) => operator.openSession(request(taskId, { joinMs: 0, roundMs: 0, ...more }));
    await expectCode(open({ inputDigest: new Uint8Array(32) }), 'INPUT_MISMATCH');
    for (const joinMs of [-1, 1.5, 1001, 2000]) await expectCode(open({ joinMs }), 'BAD_CONFIG');
    await expectCode(open({ roundMs: 1001 }), 'BAD_CONFIG');
    await expectCode(operator.putInput(new Uint8Array(4)), 'TOO_LARGE');
    await expectCode(operator.openSession(request('00'.repeat(32))), 'UNKNOWN_TASK');
    const { sessionId, phaseDeadlineInMs } = await open();
    expect(phaseDeadlineInMs).toBe(700);
    const { opening } = await operator.getOutcome(sessionId);
    expect(openingCodec.decode(opening.payload)).toMatchObject({ joinMs: 700, roundMs: 800 });
    await open();
    await expectCode(open(), 'OVERLOADED');
    await operator.cancelSession(sessionId, '');
    await open();
  });

  test('names each ended session of the task once', async () => {
    const world = makeWorld();
    const { operator } = world.coordinator;
    const first = await openSession(world);
    await upTo(first, 'end');
    const second = await openSession(world, { taskId: first.taskId });
    const third = await openSession(world, { taskId: first.taskId });
    await operator.cancelSession(second.id, 'not needed');
    const fourth = await openSession(world, { taskId: first.taskId });
    await operator.cancelSession(third.id, 'not needed');
    await operator.cancelSession(fourth.id, 'not needed');
    await world.restart();
    const fifth = await openSession(world, { taskId: first.taskId });
    const previous = async (id: string) =>
      openingCodec
        .decode((await operator.getOutcome(id)).opening.payload)
        .previous.map(({ session, size, root }) => ({ id: toHex(session), size, root: toHex(root) }));
    const checkpoint = async (id: string) => {
      const tree = (await world.store.getSession(id))?.tree;
      return { id, size: tree?.size, root: toHex(tree?.root as Uint8Array) };
    };
    expect(await previous(first.id)).toEqual([]);
    expect(await previous(second.id)).toEqual([await checkpoint(first.id)]);
    expect(await previous(third.id)).toEqual([]);
    expect(await previous(fourth.id)).toEqual([await checkpoint(second.id)]);
    expect(await previous(fifth.id)).toEqual([await checkpoint(third.id), await checkpoint(fourth.id)]);
  });

  test('of a task that pins nobody invites those enrolled, whose certificates hold', async () => {
    const world = makeWorld();
    const { operator } = world.coordinator;
    const everyone = participants(6);
    const { taskId } = await operator.createTask(
      signTask(taskOf(everyone, { pinned: null, maxParticipants: 5 })),
      null,
    );
    const few = await expectCode(operator.openSession(request(taskId)), 'TOO_FEW_PARTICIPANTS');
    expect(few.message).toMatch(/N = 0, n_C = 1, q = 1/);
    for (const [index, member] of everyone.entries()) {
      const validMs = index === 2 ? JOIN_MS + ROUND_MS : 1e9;
      await operator.putCertificate(certify(member, world.clock, validMs));
    }
    const { electorate } = await operator.openSession(request(taskId));
    expect(electorate).toEqual(everyone.filter((_, index) => index !== 2).map(({ identity }) => identity));
    await operator.putCertificate(certify(everyone[2] as (typeof everyone)[0], world.clock));
    await expectCode(operator.openSession(request(taskId)), 'TOO_LARGE');
    const identity = everyone[0]?.identity as Uint8Array;
    await operator.putRevocation(signBody(revocationCodec, { identity, revokedMs: 1 }, organiser.signer));
    const next = await operator.openSession(request(taskId));
    expect(next.electorate).toEqual(everyone.slice(1).map((member) => member.identity));
  });
});

describe('a running session', () => {
  test.each(['join', 'share', 'mask', 'sign', 'reveal'] as const)(
    'can be cancelled before %s',
    async (step) => {
      const world = makeWorld();
      const { operator } = world.coordinator;
      const session = await openSession(world);
      await upTo(session, step);
      await all(session, step, [0, 1]);
      const round = await session.phase();
      await operator.cancelSession(session.id, 'the model was the wrong one');
      const { phase, abort, phaseDeadlineInMs } = await session.summary();
      expect({ phase, abort, phaseDeadlineInMs }).toEqual({
        phase: 'aborted',
        abort: { code: 'CANCELLED', message: 'the model was the wrong one', blamed: [] },
        phaseDeadlineInMs: 0,
      });
      const outcome = await operator.getOutcome(session.id);
      expect(outcome).toMatchObject({ result: null, aggregate: null });
      expect(abortCodec.decode(outcome.abort?.payload as Uint8Array).round).toBe(round);
      await expectCode(operator.cancelSession(session.id, 'again'), 'LATE');
      await expectCode(operator.cancelSession('00'.repeat(32), ''), 'UNKNOWN_SESSION');
      await settle();
      // Only the node itself still lives.
      expect(world.clock.pending).toBe(1);
    },
  );

  test('can be watched by operator and participants, from any moment to its end', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    const { signal } = new AbortController();
    const watch = async <T>(events: AsyncIterable<T>): Promise<T[]> => {
      const list: T[] = [];
      for await (const event of events) list.push(event);
      return list;
    };
    const [member] = session.members;
    const summaries = watch<SessionSummary>(world.coordinator.operator.watchSession(session.id, signal));
    const events = watch(member?.api.watchSession(session.id, signal) as AsyncIterable<unknown>);
    await upTo(session, 'mask');
    const late = watch(member?.api.watchSession(session.id, signal) as AsyncIterable<{ phase: string }>);
    await all(session, 'mask');
    await all(session, 'sign');
    await all(session, 'reveal');
    expect(await events).toEqual([
      { phase: 'r0', deadlineInMs: JOIN_MS, complaints: 0 },
      ...['r1', 'r2', 'r3', 'r4'].map((phase) => ({ phase, deadlineInMs: ROUND_MS, complaints: 0 })),
      { phase: 'closed', deadlineInMs: 0, complaints: 0 },
    ]);
    expect((await late).map(({ phase }) => phase)).toEqual(['r2', 'r3', 'r4', 'closed']);
    const seen = (await summaries).map(({ phase }) => phase);
    expect([...new Set(seen)]).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'closed']);
    expect((await summaries).at(-1)?.accepted).toEqual({ r0: 5, r1: 5, r2: 5, r3: 5, r4: 5 });
    // One who comes after the end learns the end.
    expect(await watch(world.coordinator.operator.watchSession(session.id, signal))).toHaveLength(1);
    await expectSum(session, [0, 1, 2, 3, 4]);
  });

  test('an operator that watches hears of every message as it comes, of many at once only once', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    const gone = new AbortController();
    const joined: number[] = [];
    const watching = (async () => {
      const summaries = world.coordinator.operator.watchSession(session.id, gone.signal);
      for await (const { accepted } of summaries) joined.push(accepted.r0);
    })();
    await settle();
    expect(joined).toEqual([0]);
    await all(session, 'join', [0]);
    expect(joined).toEqual([0, 1]);
    await all(session, 'join', [1]);
    await all(session, 'join', [2]);
    await world.clock.advance(100);
    expect(joined).toEqual([0, 1, 3]);
    await all(session, 'join', [3]);
    gone.abort();
    await watching;
    expect(joined).toEqual([0, 1, 3]);
  });

  test('a watcher that goes away, and a coordinator that stops, end the streams', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    const [member] = session.members;
    const gone = new AbortController();
    const events: unknown[] = [];
    const first = (async () => {
      for await (const event of member?.api.watchSession(session.id, gone.signal) ?? []) events.push(event);
    })();
    const second = (async () => {
      for await (const event of member?.api.watchSession(session.id, new AbortController().signal) ?? [])
        events.push(event);
    })();
    const announced: string[] = [];
    const third = (async () => {
      for await (const { sessionId } of member?.api.watchSessions(
        session.taskId,
        new AbortController().signal,
      ) ?? [])
        announced.push(sessionId);
    })();
    const refusals = Promise.all([expectCode(second, 'UNREACHABLE'), expectCode(third, 'UNREACHABLE')]);
    await settle();
    gone.abort();
    await first;
    expect(events).toHaveLength(2);
    await world.coordinator.stop();
    await refusals;
    expect(announced).toEqual([session.id]);
    await expectCode(world.coordinator.operator.openSession(request(session.taskId)), 'UNREACHABLE');
  });

  test('new sessions are announced to those invited, once each, while they can be joined', async () => {
    const world = makeWorld();
    const first = await openSession(world);
    await upTo(first, 'share');
    const stop = new AbortController();
    const heard = async (identity: Uint8Array): Promise<string[]> => {
      const ids: string[] = [];
      const api = world.coordinator.participant({ identity, certificate: null });
      for await (const { sessionId, opening, electorate, hasInput } of api.watchSessions(
        first.taskId,
        stop.signal,
      )) {
        expect(hasInput).toBe(false);
        expect(opening).toEqual((await world.coordinator.operator.getOutcome(sessionId)).opening);
        expect(electorate).toHaveLength(5);
        ids.push(sessionId);
      }
      return ids;
    };
    const member = heard(first.members[0]?.party.identity as Uint8Array);
    const stranger = heard(party('stranger').identity);
    await settle();
    const second = await openSession(world, { taskId: first.taskId });
    await settle();
    const third = await openSession(world, { taskId: first.taskId });
    await world.clock.advance(2000);
    stop.abort();
    expect(await member).toEqual([second.id, third.id]);
    expect(await stranger).toEqual([]);
  });
});

describe('who may speak at all', () => {
  test('those with a certificate, and those a task pins', async () => {
    const world = makeWorld();
    const { coordinator, clock } = world;
    const [first, second] = participants(5) as [ReturnType<typeof party>, ReturnType<typeof party>];
    await expectCode(coordinator.authorize(first.identity, null), 'CERTIFICATE_UNKNOWN');
    await coordinator.operator.createTask(signTask(taskOf(participants(5))), identities(5));
    await coordinator.authorize(first.identity, null);
    await expectCode(coordinator.authorize(party('stranger').identity, null), 'CERTIFICATE_UNKNOWN');

    const certificate = certify(first, clock, 1000);
    await coordinator.authorize(first.identity, certificate);
    await coordinator.authorize(first.identity, certificate);
    expect(await world.store.listEnrolments()).toHaveLength(1);
    // A remembered certificate is not good for everybody, nor for ever.
    await expectCode(coordinator.authorize(second.identity, certificate), 'CERTIFICATE_UNKNOWN');
    await clock.advance(1000);
    await expectCode(coordinator.authorize(first.identity, certificate), 'CERTIFICATE_EXPIRED');
    const forged = certify(first, clock, 1e9, party('somebody').signer);
    await expectCode(coordinator.authorize(first.identity, forged), 'CERTIFICATE_UNKNOWN');

    const valid = certify(first, clock);
    await coordinator.authorize(first.identity, valid);
    const { identity } = first;
    const revocation = signBody(revocationCodec, { identity, revokedMs: clock.now() }, organiser.signer);
    await coordinator.operator.putRevocation(revocation);
    await expectCode(coordinator.authorize(identity, valid), 'CERTIFICATE_REVOKED');
    await expectCode(coordinator.authorize(identity, null), 'CERTIFICATE_REVOKED');
    await expectCode(coordinator.operator.putCertificate(valid), 'CERTIFICATE_REVOKED');
    const task = (await coordinator.operator.listTasks())[0];
    const api = coordinator.participant({ identity: second.identity, certificate: null });
    const reply = await api.getTask(task?.taskId as string);
    expect(reply.revocations).toEqual([revocation]);
    expect(reply.pinned).toEqual(identities(5));
  });

  test('certificates and revocations come from the organiser', async () => {
    const { coordinator, clock } = makeWorld();
    const [first] = participants(5) as [ReturnType<typeof party>];
    const impostor = party('operator').signer;
    await expectCode(
      coordinator.operator.putCertificate(certify(first, clock, 1e9, impostor)),
      'WRONG_ORGANISER',
    );
    const revocation = signBody(revocationCodec, { identity: first.identity, revokedMs: 1 }, impostor);
    await expectCode(coordinator.operator.putRevocation(revocation), 'WRONG_ORGANISER');
  });
});
