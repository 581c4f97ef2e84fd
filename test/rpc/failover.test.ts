// Several addresses of one coordinator: two real servers over TLS, which stand for its nodes.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BlindsumError } from '../../src/protocol/errors.js';
import type { SessionSummary } from '../../src/rpc/operator-api.js';
import { createDevTls } from '../../src/coordinator/tls.js';
import { followSession } from '../../src/operator/follow-session.js';
import { collect, identities, refusalOf, signed, startWorld, type World } from './fakes.js';

const TASK = { task: signed(1), pinned: null, revocations: [] };
const never = new AbortController().signal;
/** Nobody listens on this port. */
const NOWHERE = '127.0.0.1:1';

type Participant = Parameters<typeof startWorld>[0];
type Operator = Parameters<typeof startWorld>[1];

let nodes: World[];
let asked: string[];
beforeEach(() => {
  nodes = [];
  asked = [];
});
afterEach(() => Promise.all(nodes.map((node) => node.close())));

async function node(name: string, participant: Participant = {}, operator: Operator = {}): Promise<World> {
  const started = await startWorld(
    {
      getTask: () => {
        asked.push(name);
        return Promise.resolve(TASK);
      },
      ...participant,
    },
    operator,
  );
  nodes.push(started);
  return started;
}

/** Beginning with the first. */
const inOrder = (coordinator: readonly string[]) => ({ coordinator, draw: () => 0 });

test('a client begins at any of the addresses and stays with the one that answers', async () => {
  const [a, b] = [await node('a'), await node('b')];
  const addresses = [NOWHERE, a.address, b.address];
  for (const [drawn, name] of [
    [0, 'a'],
    [0.34, 'a'],
    [0.67, 'b'],
    [0.999, 'b'],
  ] as const) {
    const client = a.participant({ coordinator: addresses, draw: () => drawn });
    for (let call = 0; call < 3; call += 1) expect(await client.getTask('00')).toEqual(TASK);
    expect(asked.splice(0)).toEqual([name, name, name]);
  }
});

test('many clients are spread over the nodes', async () => {
  const [a, b] = [await node('a'), await node('b')];
  const coordinator = [a.address, b.address];
  await Promise.all(Array.from({ length: 24 }, () => a.participant({ coordinator }).getTask('00')));
  // 24 throws of a coin, all alike: once in eight million runs.
  expect(new Set(asked)).toEqual(new Set(['a', 'b']));
});

test('when its node goes, a client goes on at another, and is not drawn back', async () => {
  const [a, b] = [await node('a'), await node('b')];
  const client = a.participant(inOrder([a.address, b.address]));
  await client.getTask('00');
  await a.server.stop(0);
  await client.getTask('00').catch(() => client.getTask('00'));
  await client.getTask('00');
  expect(asked).toEqual(['a', 'b', 'b']);
  expect(client.bytes().up).toBeGreaterThan(0);
});

test('a node that does not answer in time is left, too', async () => {
  const silent = (): Promise<never> => {
    asked.push('a');
    return new Promise(() => undefined);
  };
  const [a, b] = [await node('a', { getTask: silent }), await node('b')];
  const client = a.participant({ ...inOrder([a.address, b.address]), timeoutMs: 1000 });
  expect(await refusalOf(client.getTask('00'))).toMatchObject({ code: 'DEADLINE' });
  expect(await client.getTask('00')).toEqual(TASK);
  expect(asked).toEqual(['a', 'b']);
});

test('a call that may have arrived is not made again by itself; the next one goes elsewhere', async () => {
  let arrived = (): void => undefined;
  const arrival = new Promise<void>((resolve) => (arrived = resolve));
  const lost: Operator = {
    openSession: () => {
      arrived();
      return new Promise(() => undefined);
    },
  };
  const opened: string[] = [];
  const a = await node('a', {}, lost);
  const b = await node(
    'b',
    {},
    {
      openSession: ({ taskId }) => {
        opened.push(taskId);
        return Promise.resolve(SUMMARY);
      },
    },
  );
  const operator = a.operator(inOrder([a.address, b.address]));
  const request = { taskId: '00', inputDigest: null, joinMs: 1, roundMs: 1 };
  const first = refusalOf(operator.openSession(request));
  await arrival;
  await a.server.stop(0);
  expect(await first).toMatchObject({ code: 'UNREACHABLE' });
  expect(opened).toEqual([]);
  expect(await operator.openSession(request)).toMatchObject({ sessionId: SUMMARY.sessionId });
  expect(opened).toEqual(['00']);
});

test('a refusal is final, wherever it comes from', async () => {
  const refused = (): Promise<never> =>
    Promise.reject(new BlindsumError('OVERLOADED', 'peer', 'too many calls', { retryAfterMs: 5 }));
  const [a, b] = [await node('a', { getTask: refused }), await node('b')];
  const client = a.participant(inOrder([a.address, b.address]));
  expect(await refusalOf(client.getTask('00'))).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 5 });
  expect(await refusalOf(client.getTask('00'))).toMatchObject({ code: 'OVERLOADED' });
  expect(asked).toEqual([]);
});

describe('when none of them can be reached', () => {
  test('the error names them all, and the call is worth another attempt', async () => {
    const a = await node('a');
    const client = a.participant(inOrder([NOWHERE, '127.0.0.1:2']));
    const refusal = await refusalOf(client.getTask('00'));
    expect(refusal.code).toBe('UNREACHABLE');
    expect(refusal.message).toMatch(/127\.0\.0\.1:1 .*127\.0\.0\.1:2 /);
  });

  test('with a certificate that is not from the pinned CA there is nothing to wait for', async () => {
    const [a, b] = [await node('a'), await node('b')];
    const { caPem } = await createDevTls([]);
    const stranger = (...coordinator: string[]) =>
      refusalOf(a.participant({ ...inOrder(coordinator), ca: caPem }).getTask('00'));
    expect(await stranger(a.address, b.address)).toMatchObject({ code: 'TLS_MISMATCH' });
    expect(await stranger(a.address, NOWHERE)).toMatchObject({ code: 'UNREACHABLE' });
    expect(asked).toEqual([]);
  });

  test('no address at all is a mistake', async () => {
    const a = await node('a');
    expect(() => a.participant({ coordinator: [] })).toThrow(/at least one address/);
  });
});

describe('what is watched', () => {
  const watching = (name: string, events: readonly number[]): Participant => ({
    async *watchSession(_id, signal) {
      asked.push(name);
      for (const complaints of events) yield { phase: 'r0', deadlineInMs: 1, complaints };
      if (events.length < 2) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });

  test('fails when its node goes, and the next watch is at another', async () => {
    const [a, b] = [await node('a', watching('a', [1])), await node('b', watching('b', [2, 3]))];
    const client = a.participant(inOrder([a.address, b.address]));
    const watch = client.watchSession('00', never)[Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({ complaints: 1 });
    await a.server.stop(0);
    expect(await refusalOf(watch.next())).toMatchObject({ code: 'UNREACHABLE' });
    expect(await collect(client.watchSession('00', never))).toHaveLength(2);
    expect(asked).toEqual(['a', 'b']);
  });

  test('is followed by an operator from node to node to the end of the session', async () => {
    const closed: SessionSummary = { ...SUMMARY, phase: 'closed' };
    const a = await node(
      'a',
      {},
      {
        async *watchSession(_id, signal) {
          yield SUMMARY;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
      },
    );
    const b = await node(
      'b',
      {},
      {
        async *watchSession() {
          yield await Promise.resolve(closed);
        },
      },
    );
    const phases: string[] = [];
    for await (const { phase } of followSession(
      a.operator(inOrder([a.address, b.address])),
      SUMMARY.sessionId,
      never,
    )) {
      phases.push(phase);
      if (phase === 'r0') await a.server.stop(0);
    }
    expect(phases).toEqual(['r0', 'closed']);
  });
});

const SUMMARY: SessionSummary = {
  sessionId: '11'.repeat(32),
  taskId: '22'.repeat(32),
  number: 1,
  phase: 'r0',
  electorate: identities(3),
  maxColluders: 1,
  quorum: 3,
  needed: 3,
  openedMs: 1,
  phaseSinceMs: 1_700_000_000_500,
  phaseDeadlineInMs: 1,
  purgedMs: 0,
  accepted: { r0: 0, r1: 0, r2: 0, r3: 0, r4: 0 },
  u1: null,
  u2: null,
  u3: null,
  abort: null,
};
