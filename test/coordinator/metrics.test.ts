// What is counted and measured of sessions, and that the page says nothing that tells participants apart.
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { METRICS } from '../../src/coordinator/metrics/definitions.js';
import { instrumentedStore } from '../../src/coordinator/metrics/instrumented-store.js';
import { createPrometheusMetrics } from '../../src/coordinator/metrics/prometheus.js';
import { fingerprint } from '../../src/protocol/fingerprint.js';
import { createMemoryStore } from '../../src/storage/memory.js';
import type { Store } from '../../src/storage/port.js';
import { type MetricsPage, readPage } from '../helpers/metrics-page.js';
import { storeWith } from '../helpers/store-with.js';
import type { TestParticipant } from './test-participant.js';
import { all, expectSum, JOIN_MS, makeWorld, openSession, ROUND_MS, upTo } from './world.js';

/** A world whose metrics can be read. */
function measured() {
  const metrics = createPrometheusMetrics();
  return { world: makeWorld({ metrics }), page: async () => readPage(await metrics.page()) };
}

describe('a session', () => {
  test('in which all stay', async () => {
    const { world, page } = measured();
    const session = await openSession(world, { count: 5 });
    expect((await page()).of('blindsum_sessions_open', { round: 'r0' })).toBe(1);
    await upTo(session, 'sign');
    const half = await page();
    expect(half.of('blindsum_sessions_open', { round: 'r0' })).toBe(0);
    expect(half.of('blindsum_sessions_open', { round: 'r3' })).toBe(1);
    expect(half.of('blindsum_sessions_ended_total')).toBe(0);
    await all(session, 'sign');
    await all(session, 'reveal');
    await expectSum(session, [0, 1, 2, 3, 4]);

    const end = await page();
    expect(end.of('blindsum_sessions_opened_total')).toBe(1);
    expect(end.of('blindsum_sessions_ended_total', { outcome: 'closed', code: 'none' })).toBe(1);
    expect(end.of('blindsum_sessions_open')).toBe(0);
    for (const round of ['r0', 'r1', 'r2', 'r3', 'r4']) {
      expect(end.of('blindsum_messages_accepted_total', { round })).toBe(5);
      expect(end.of('blindsum_round_seconds_count', { round })).toBe(1);
    }
    expect(end.of('blindsum_participants_dropped_total')).toBe(0);
    // Each of the five self masks; nobody dropped out, so no pairwise ones.
    expect(end.of('blindsum_unmask_streams_total')).toBe(5);
    expect(end.of('blindsum_unmask_seconds_count')).toBe(1);
    expect(end.of('blindsum_store_operation_seconds_count', { operation: 'commitInput' })).toBe(5);
    expect(end.of('blindsum_store_failures_total')).toBe(0);
  });

  test('from which some drop out: each once, in the round it missed', async () => {
    const { world, page } = measured();
    const session = await openSession(world, { count: 10 });
    await all(session, 'join', [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await world.clock.advance(JOIN_MS);
    await all(session, 'share', [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await all(session, 'mask', [2, 3, 4, 5, 6, 7, 8, 9]);
    await world.clock.advance(ROUND_MS);
    await all(session, 'sign', [3, 4, 5, 6, 7, 8, 9]);
    await world.clock.advance(ROUND_MS);
    await all(session, 'reveal', [3, 4, 5, 6, 7, 8]);
    await world.clock.advance(ROUND_MS);
    await expectSum(session, [2, 3, 4, 5, 6, 7, 8, 9]);

    const end = await page();
    const dropped = (round: string) =>
      end.of('blindsum_participants_dropped_total', { round, reason: 'absent' });
    expect(['r0', 'r1', 'r2', 'r3', 'r4'].map(dropped)).toEqual([1, 0, 1, 1, 1]);
    expect(end.of('blindsum_participants_dropped_total')).toBe(4);
    expect(end.of('blindsum_round_seconds_sum', { round: 'r0' })).toBe(JOIN_MS / 1000);

    const names = session.members.map(({ party }) => fingerprint(party.identity));
    const lines = world.logged.filter(({ message }) => message === 'participant dropped');
    expect(lines.map(({ fields }) => fields)).toEqual(
      [0, 1, 2, 9].map((index, at) => ({
        session: session.id,
        task: session.taskId,
        round: ['r0', 'r2', 'r3', 'r4'][at],
        participant: names[index],
        reason: 'absent',
      })),
    );
    expect(
      world.logged.filter(({ message }) => message === 'round closed').map(({ fields }) => fields),
    ).toEqual(
      [
        ['r0', 'r1', JOIN_MS, 10, 9, 1],
        ['r1', 'r2', 0, 9, 9, 0],
        ['r2', 'r3', ROUND_MS, 9, 8, 1],
        ['r3', 'r4', ROUND_MS, 8, 7, 1],
        ['r4', 'closed', ROUND_MS, 7, 6, 1],
      ].map(([round, to, durationMs, awaited, accepted, dropped]) => ({
        ...{ session: session.id, task: session.taskId, round, to, durationMs },
        ...{ awaited, accepted, dropped },
      })),
    );
  });

  test('that is cancelled: nobody is said to have dropped out', async () => {
    const { world, page } = measured();
    const session = await openSession(world, { count: 5 });
    await all(session, 'join', [0, 1]);
    await world.coordinator.operator.cancelSession(session.id, 'wrong input');
    const end = await page();
    expect(end.of('blindsum_sessions_ended_total', { outcome: 'aborted', code: 'CANCELLED' })).toBe(1);
    expect(end.of('blindsum_participants_dropped_total')).toBe(0);
    expect(world.logged.at(-1)).toEqual({
      level: 'warn',
      message: 'session aborted',
      fields: {
        ...{ session: session.id, task: session.taskId, round: 'r0', code: 'CANCELLED' },
        reason: 'wrong input',
      },
    });
  });

  test('whose end cannot be reported has ended all the same', async () => {
    let isLast = false;
    const wrap = (store: Store): Store =>
      storeWith(store, {
        readRecords: (id, kind) =>
          kind === 'r3' && isLast ? Promise.reject(new Error('gone')) : store.readRecords(id, kind),
      });
    const world = makeWorld({ wrap });
    const session = await openSession(world, { count: 5 });
    await upTo(session, 'reveal');
    await all(session, 'reveal', [0, 1, 2, 3]);
    isLast = true;
    await world.clock.advance(ROUND_MS);
    expect(await session.phase()).toBe('closed');
    expect(world.logged.map(({ message }) => message)).toContain('a closed round cannot be reported');
  });
});

describe('leases', () => {
  const heldOn = async (page: () => Promise<MetricsPage>): Promise<number[]> => {
    const now = await page();
    return ['session', 'retention'].map((kind) => now.of('blindsum_leases_held', { kind }));
  };

  test('held: one per open session and one for the retention, and none that has run out', async () => {
    let isSilent = false;
    let answer = (): void => undefined;
    let own: readonly string[] = [];
    const metrics = createPrometheusMetrics();
    const page = async () => readPage(await metrics.page());
    const world = makeWorld({
      metrics,
      wrap: (store) =>
        storeWith(store, {
          async renewLeases(leaseMs) {
            if (isSilent) await new Promise<void>((resolve) => (answer = resolve));
            return store.renewLeases(leaseMs);
          },
          // As when its clock is set forward: no node lives for long enough.
          acquireLeases: async () => [
            ...own.map((name) => ({ name, isOrphan: true })),
            ...(await store.acquireLeases()),
          ],
        }),
    });
    await world.coordinator.start();
    expect(await heldOn(page)).toEqual([0, 1]);
    const session = await openSession(world);
    expect(await heldOn(page)).toEqual([1, 1]);
    isSilent = true;
    await world.clock.advance(10_000);
    const whileSilent = await heldOn(page);
    isSilent = false;
    answer();
    expect(whileSilent).toEqual([0, 0]);
    await world.clock.advance(10_000);
    own = [session.id];
    await world.clock.advance(10_000);
    own = [];
    expect(await heldOn(page)).toEqual([1, 1]);
    await world.coordinator.operator.cancelSession(session.id, 'over');
    await world.clock.advance(10_000);
    expect(await heldOn(page)).toEqual([0, 1]);
    // Nobody else had them meanwhile.
    expect((await page()).of('blindsum_takeovers_total')).toBe(0);
  });

  test('taken over: open sessions, from a node that was stopped', async () => {
    const { world, page } = measured();
    await world.coordinator.start();
    await openSession(world);
    const session = await openSession(world, { count: 6 });
    await world.coordinator.operator.cancelSession(session.id, 'over');
    await world.restart();
    const now = await page();
    expect(now.of('blindsum_takeovers_total', { reason: 'stopped' })).toBe(1);
    expect(now.of('blindsum_takeovers_total', { reason: 'died' })).toBe(0);
  });
});

test('uploads on their way in are seen while they are there', async () => {
  const { world, page } = measured();
  const session = await openSession(world, { count: 5 });
  await upTo(session, 'mask');
  const limit = (await page()).of('blindsum_staged_upload_limit_bytes');
  expect(limit).toBe(32 * 2 ** 20);
  expect((await page()).of('blindsum_staged_uploads')).toBe(0);
  const first = session.members[0] as TestParticipant;
  await first.prepareInput();
  await first.api.beginUpload(session.id, first.r2.header);
  expect((await page()).of('blindsum_staged_uploads')).toBe(1);
  expect((await page()).of('blindsum_staged_upload_bytes')).toBe(10);
});

test('operations of the store are timed, also those that fail; those in progress are counted', async () => {
  const metrics = createPrometheusMetrics();
  let nowMs = 0;
  const store = createMemoryStore({ now: () => 0 });
  let finish = (): void => undefined;
  const slow = storeWith(store, {
    commitInput: () => new Promise((resolve) => (finish = () => resolve('stored'))),
    getTask: () => Promise.reject(new Error('disk')),
  });
  const timed = instrumentedStore(slow, metrics, () => nowMs);
  const committing = timed.commitInput('', {} as never, {} as never);
  await expect(timed.getTask('x')).rejects.toThrow('disk');
  const during = readPage(await metrics.page());
  expect(during.of('blindsum_commits_waiting')).toBe(1);
  expect(during.of('blindsum_store_failures_total', { operation: 'getTask' })).toBe(1);
  expect(during.of('blindsum_store_operation_seconds_count', { operation: 'getTask' })).toBe(1);
  nowMs = 1500;
  finish();
  expect(await committing).toBe('stored');
  await Promise.resolve();
  const after = readPage(await metrics.page());
  expect(after.of('blindsum_commits_waiting')).toBe(0);
  expect(after.of('blindsum_store_operation_seconds_sum', { operation: 'commitInput' })).toBe(1.5);
  // What is no operation passes untouched.
  const unwatch = timed.watch(() => undefined);
  expect(unwatch()).toBeUndefined();
});

test('the page has every metric of the table, with help, and those of the process', async () => {
  const metrics = createPrometheusMetrics();
  const text = await metrics.page();
  for (const [name, { kind, help }] of Object.entries(METRICS)) {
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`);
    if (kind === 'counter') expect(name).toMatch(/_total$/);
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
  }
  expect(text).toContain('process_cpu_seconds_total');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('A11 the page names no participant, no task, no session', async () => {
  const metrics = createPrometheusMetrics();
  const world = makeWorld({ metrics });
  const session = await openSession(world, { count: 5 });
  await upTo(session, 'end', [0, 1, 2, 3]);
  const text = await metrics.page();
  const identities = session.members.map(({ party }) => party.identity);
  const names = [session.id, session.taskId, ...identities.map(toHex), ...identities.map(fingerprint)];
  expect(names.filter((name) => text.includes(name.slice(0, 9)))).toEqual([]);
  // Nor could it: these are all the labels that there are.
  const labels = new Set(Object.values(METRICS).flatMap((metric) => Object.keys(metric.labels)));
  expect([...labels].sort()).toEqual([
    'code',
    'kind',
    'method',
    'operation',
    'outcome',
    'reason',
    'revision',
    'round',
    'service',
    'state',
    'version',
    // As the configuration names them.
    'witness',
  ]);
});
