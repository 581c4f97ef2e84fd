// Several coordinators on one PostgreSQL: each serves every session, one of them closes its rounds, and another goes on
// when that one dies or is told to stop. Dying is a store that answers no more: the process is as good as dead.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { toHex } from '../../crypto/bytes.js';
import { type Coordinator, createCoordinator } from '../../src/coordinator/coordinator.js';
import { type Clock, systemClock } from '../../src/coordinator/clock.js';
import { createPrometheusMetrics } from '../../src/coordinator/metrics/prometheus.js';
import { createPostgresStore } from '../../src/storage/postgres/index.js';
import type { Store } from '../../src/storage/port.js';
import { readPage } from '../helpers/metrics-page.js';
import { type Postgres, query, startPostgres } from '../helpers/postgres.js';
import {
  coordinator as coordinatorParty,
  organiser,
  participants,
  signTask,
  taskOf,
  verify,
} from '../helpers/protocol.js';
import { suitesWithPlain } from '../suites/plain/index.js';
import { TestParticipant } from './test-participant.js';

const LEASE_MS = 1500;
const MEMBERS = 5;
const STEPS = ['join', 'share', 'mask', 'sign', 'reveal'] as const;
const PHASES = ['r0', 'r1', 'r2', 'r3', 'r4', 'closed'] as const;

interface Node {
  readonly coordinator: Coordinator;
  readonly store: Store;
  readonly closed: string[];
  /** How many sessions it took over from nodes that died, and that were stopped. */
  takeovers(): Promise<number[]>;
  /** From now on its store answers no more. */
  kill(): void;
}

let server: Postgres;
let url: string;
let nodes: Node[];
beforeAll(async () => {
  server = await startPostgres({ max_connections: '100' });
});
afterAll(() => server.dispose());
beforeEach(async () => {
  url = await server.createDatabase();
  nodes = [];
});
afterEach(async () => {
  for (const { coordinator, store } of nodes) {
    await coordinator.stop();
    await store.close();
  }
});

async function startNode(name: string, clock: Clock = systemClock): Promise<Node> {
  const store = await createPostgresStore({ url, node: name });
  let isDead = false;
  const fragile = new Proxy(store, {
    get(target, key: keyof Store) {
      const method = Reflect.get(target, key) as (...args: unknown[]) => unknown;
      if (key === 'watch') return method;
      return (...args: unknown[]) => (isDead ? Promise.reject(new Error('dead')) : method(...args));
    },
  });
  const closed: string[] = [];
  const metrics = createPrometheusMetrics();
  const ignore = (): void => undefined;
  const info = (fields: object, message: string): void => {
    if (message === 'round closed') closed.push((fields as { to: string }).to);
  };
  const coordinator = createCoordinator({
    store: fragile,
    signer: coordinatorParty.signer,
    organiser: organiser.identity,
    engine: createReferenceEngine(),
    suite: suitesWithPlain,
    clock,
    verify,
    metrics,
    leaseMs: LEASE_MS,
    logger: { debug: ignore, info, warn: ignore, error: ignore },
  });
  await coordinator.start();
  const takeovers = async (): Promise<number[]> => {
    const page = readPage(await metrics.page());
    return ['died', 'stopped'].map((reason) => page.of('blindsum_takeovers_total', { reason }));
  };
  const node = { coordinator, store, closed, takeovers, kill: () => void (isDead = true) };
  nodes.push(node);
  return node;
}

/** @param at the node through which participant i speaks */
async function openOn(opener: Node, at: (index: number) => Node, roundMs = 60_000) {
  const everyone = participants(MEMBERS);
  const { operator } = opener.coordinator;
  const pinned = everyone.map(({ identity }) => identity);
  const { taskId } = await operator.createTask(signTask(taskOf(everyone)), pinned);
  const request = { taskId, inputDigest: null, joinMs: 60_000, roundMs };
  const { sessionId, electorate } = await operator.openSession(request);
  const { opening } = await operator.getOutcome(sessionId);
  const apiOf = (node: Node, index: number) =>
    node.coordinator.participant({ identity: everyone[index]!.identity, certificate: null });
  const members = everyone.map(
    (party, index) =>
      new TestParticipant(
        party,
        index,
        apiOf(at(index), index),
        sessionId,
        null,
        () => Date.now(),
        undefined,
      ),
  );
  for (const member of members) await member.prepare(opening, electorate, taskId);
  const move = (node: Node): void =>
    members.forEach((member, index) => Object.assign(member, { api: apiOf(node, index) }));
  return { sessionId, members, move };
}

async function untilPhase(node: Node, sessionId: string, phase: string): Promise<void> {
  // Whoever closed the round says so a moment after the store has it.
  const isThere = async (): Promise<boolean> =>
    (await node.store.getSession(sessionId))?.phase === phase &&
    nodes.some(({ closed }) => closed.includes(phase));
  for (const endMs = Date.now() + 30_000; !(await isThere()); await sleep(20))
    if (Date.now() > endMs) throw new Error(`the session does not come to ${phase}`);
}

test('participants of one session speak to different nodes; one node closes its rounds', async () => {
  const [a, b, c] = [await startNode('a'), await startNode('b'), await startNode('c')];
  const { sessionId, members } = await openOn(a, (index) => [a, b, c][index % 3] as Node);
  for (const [round, step] of STEPS.entries()) {
    await Promise.all(members.map((member) => member[step]()));
    await untilPhase(b, sessionId, PHASES[round + 1] as string);
  }
  expect(a.closed).toEqual(PHASES.slice(1));
  expect([...b.closed, ...c.closed]).toEqual([]);
  expect((await members[1]!.aggregate()).survivors).toBe(MEMBERS);
});

test.each(STEPS)('a node that dies before %s: another one closes the round and goes on', async (step) => {
  const [a, b] = [await startNode('a'), await startNode('b')];
  const { sessionId, members, move } = await openOn(a, () => a);
  for (const [round, each] of STEPS.entries()) {
    if (each === step) {
      a.kill();
      move(b);
    }
    await Promise.all(members.map((member) => member[each]()));
    await untilPhase(b, sessionId, PHASES[round + 1] as string);
  }
  const before = STEPS.indexOf(step);
  expect(a.closed).toEqual(PHASES.slice(1, before + 1));
  expect(b.closed).toEqual(PHASES.slice(before + 1));
  expect([await a.takeovers(), await b.takeovers()]).toEqual([
    [0, 0],
    [1, 0],
  ]);
  expect((await members[0]!.aggregate()).survivors).toBe(MEMBERS);
});

test('a node that is told to stop hands over at once', async () => {
  const [a, b] = [await startNode('a'), await startNode('b')];
  const { sessionId, members, move } = await openOn(a, () => a);
  await a.coordinator.stop();
  const [lease] = await query(url, `SELECT node FROM lease WHERE name = '${sessionId}'`);
  expect(lease?.node).not.toBe('a');
  move(b);
  await Promise.all(members.map((member) => member.join()));
  await untilPhase(b, sessionId, 'r1');
  expect(b.closed).toEqual(['r1']);
  expect(await b.takeovers()).toEqual([0, 1]);
});

test('a node whose clock is an hour off neither closes early nor refuses in time', async () => {
  const off = (ms: number): Clock => ({ ...systemClock, now: () => systemClock.now() + ms });
  const [a, b] = [await startNode('a', off(3_600_000)), await startNode('b', off(-3_600_000))];
  const { sessionId, members, move } = await openOn(a, (index) => (index % 2 === 0 ? a : b));
  const row = await b.store.getSession(sessionId);
  expect(Math.abs((row?.phaseDeadlineMs ?? 0) - Date.now() - 60_000)).toBeLessThan(30_000);
  await Promise.all(members.map((member) => member.join()));
  await untilPhase(b, sessionId, 'r1');
  a.kill();
  move(b);
  await Promise.all(members.map((member) => member.share()));
  await untilPhase(b, sessionId, 'r2');
  expect(toHex((await b.coordinator.operator.getSession(sessionId)).u2?.[0] ?? new Uint8Array())).not.toBe(
    '',
  );
});
