// Whole sessions of real clients against a real coordinator, in one process: the sum is exact, every message is the
// same bytes however often the network fails, and whatever a client refuses it refuses with a code.
import { afterEach, describe, expect, test } from '@jest/globals';
import { toHex, utf8 } from '../../crypto/bytes.js';
import type { ProgressEvent, SessionOutcome } from '../../src/client/index.js';
import { vectorOf } from '../helpers/protocol.js';
import { party } from '../helpers/protocol.js';
import { intercept, lying, recording, type Sent, unreliable } from './helpers/transports.js';
import { makeWorld, sumOf, trustOf, valuesOf, type World, type WorldOptions } from './helpers/world.js';

const worlds: World[] = [];
async function world(options?: WorldOptions): Promise<World> {
  const made = await makeWorld(options);
  worlds.push(made);
  return made;
}
afterEach(async () => {
  for (const made of worlds.splice(0)) await made.stop();
});

const others = (made: World, except: number[] = [], task = made.taskId): Promise<unknown>[] =>
  made.parties.flatMap((_, index) =>
    except.includes(index)
      ? []
      : [made.client(index).contribute({ task, vectors: { counts: valuesOf(index) } })],
  );

describe('contribute', () => {
  test.each([3, 4, 5])('%i participants: sum and mean are exact for everybody', async (count) => {
    const made = await world({ count });
    const all = others(made) as Promise<Awaited<ReturnType<ReturnType<World['client']>['contribute']>>>[];
    const session = await made.open();
    const everyone = made.parties.map((_, index) => index);
    for (const result of await Promise.all(all)) {
      expect(result.sum.counts).toEqual(sumOf(everyone));
      expect(result.mean.counts).toEqual(sumOf(everyone).map((value) => value / count));
      expect(result.survivors).toBe(count);
      expect(result.weight).toBeNull();
      expect(result.receipt.session).toBe(session);
      expect(result.receipt.tree.size).toBeGreaterThan(5 * count);
    }
  });

  test('weights, fractions, several vectors', async () => {
    const vectors = [
      vectorOf({ name: 'a', bits: 32, scale: 4, clip: 100, weighted: true }),
      vectorOf({ name: 'vectors', length: 2, bits: 32, scale: 1024, clip: 100, weighted: true }),
    ];
    const made = await world({ task: { vectors, maxWeight: 10 } });
    const inputs = [0, 1, 2].map((index) => ({ a: valuesOf(index), vectors: [0.25 * index, -1.5] }));
    const all = inputs.map((given, index) =>
      made.client(index).contribute({
        task: made.taskId,
        // A vector named like the wrapper is not taken for it.
        vectors: () => (index === 0 ? given : { vectors: given, weight: index + 1 }),
        weight: index === 0 ? 1 : null,
      }),
    );
    await made.open();
    for (const result of await Promise.all(all)) {
      expect(result.weight).toBe(6);
      expect([...(result.sum.vectors as Float64Array)]).toEqual([2 * 0.25 + 3 * 0.5, -9]);
      expect([...(result.mean.vectors as Float64Array)]).toEqual([2 / 6, -1.5]);
    }
  });

  test('somebody who never answers is left out; the sum of the rest is exact', async () => {
    const made = await world({ count: 5, task: { maxColluders: 1 }, joinMs: 700, roundMs: 2000 });
    const all = others(made, [2]) as Promise<{ sum: Record<string, Float64Array> }>[];
    await made.open();
    for (const { sum } of await Promise.all(all)) expect(sum.counts).toEqual(sumOf([0, 1, 3, 4]));
  });

  test('the work gets the verified input before r0, and the progress is told', async () => {
    const made = await world();
    const events: ProgressEvent[] = [];
    const sent: Sent[] = [];
    const first = made.client(0, { transport: recording(made.api(0), sent) }).contribute({
      task: made.taskId,
      vectors: (input, session) => {
        expect(input).toEqual(utf8('the model'));
        expect(session.inputHash).not.toBeNull();
        expect(session.number).toBe(1);
        expect(sent).toEqual([]);
        return Promise.resolve({ counts: valuesOf(0) });
      },
      onProgress: (event) => events.push(event),
    });
    const all = [first, ...others(made, [0])];
    await made.open(utf8('the model'));
    await Promise.all(all);
    const types = events.map((event) => (event.type === 'round' ? event.round : event.type));
    const order = types.filter((type) => type !== 'masking' && type !== 'upload');
    expect(order).toEqual([
      'waiting',
      'opened',
      'input',
      'working',
      'r0',
      'r1',
      'r2',
      'r3',
      'r4',
      'receipt',
      'closed',
    ]);
  });

  test('every call fails before and after delivery: the same bytes again, and the exact sum', async () => {
    const made = await world();
    const sent: Sent[] = [];
    const transport = recording(unreliable(made.api(0)), sent);
    const first = made.client(0, { transport }).contribute({
      task: made.taskId,
      vectors: { counts: valuesOf(0) },
    });
    const all = [first, ...others(made, [0])];
    await made.open();
    await Promise.all(all);
    expect((await first).sum.counts).toEqual(sumOf([0, 1, 2]));
    for (const method of [
      'advertiseKeys',
      'shareKeys',
      'beginUpload',
      'commitUpload',
      'consistency',
      'unmask',
    ]) {
      const calls = sent.filter((call) => call.method === method);
      expect(calls.length).toBeGreaterThanOrEqual(2);
      expect(new Set(calls.map(({ bytes }) => bytes)).size).toBe(1);
    }
    const latches = await made.journal(0).latches((await first).receipt.session);
    expect(latches.map(({ message }) => message)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    for (const { signed } of latches) expect(JSON.stringify(sent)).toContain(toHex(signed.payload));
  });

  test('an upload that has to wait is told once, and not as trouble', async () => {
    const made = await world();
    const events: ProgressEvent[] = [];
    let begun = 0;
    const transport = intercept(made.api(0), async (method, _args, call) => {
      if (method === 'beginUpload' && (begun += 1) <= 3) return { retryAfterMs: 50 };
      return await call();
    });
    const first = made.client(0, { transport }).contribute({
      task: made.taskId,
      vectors: { counts: valuesOf(0) },
      onProgress: (event) => events.push(event),
    });
    const all = [first, ...others(made, [0])];
    await made.open();
    await Promise.all(all);
    expect(begun).toBe(4);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === 'held')).toHaveLength(1);
    expect(types).not.toContain('retry');
  });

  test('an upload goes on where it was, or from the beginning when the bytes are gone', async () => {
    const made = await world({ task: { vectors: [vectorOf({ length: 400_000, bits: 32, clip: 1000 })] } });
    let calls = 0;
    const transport = intercept(made.api(0), async (method, _args, call) => {
      if (method === 'putChunk') calls += 1;
      // The node with the staged bytes is gone: another one has none.
      if (method === 'putChunk' && calls === 2) return { nextOffset: 0 };
      return await call();
    });
    const all = made.parties.map((_, index) =>
      made.client(index, index === 0 ? { transport } : {}).contribute({
        task: made.taskId,
        vectors: { counts: new Float64Array(400_000).fill(index) },
      }),
    );
    await made.open();
    for (const { sum } of await Promise.all(all)) expect((sum.counts as Float64Array)[399_999]).toBe(3);
    expect(calls).toBeGreaterThan(2);
  });

  test('an abort of the operator is verified and reported with its code', async () => {
    const made = await world();
    const first = made.client(0).contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    const id = await made.open();
    await made.coordinator.operator.cancelSession(id, 'changed my mind');
    await expect(first).rejects.toMatchObject({ name: 'BlindsumError', fault: 'peer' });
    await expect(first).rejects.toThrow(/aborted in r0/);
  });

  test('too few: the abort is an error with the code of the abort', async () => {
    const made = await world({ joinMs: 400, roundMs: 400 });
    const first = made.client(0).contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    await made.open();
    await expect(first).rejects.toMatchObject({ code: 'TOO_FEW_PARTICIPANTS', fault: 'peer' });
  });

  test('work that takes too long is late, its signal says so, and no key was sent', async () => {
    const made = await world({ count: 4, task: { maxColluders: 0 }, joinMs: 500, roundMs: 3000 });
    const sent: Sent[] = [];
    const late = made.client(0, { transport: recording(made.api(0), sent) }).contribute({
      task: made.taskId,
      vectors: (_input, session) =>
        new Promise((resolve) =>
          session.signal.addEventListener('abort', () => resolve({ counts: valuesOf(0) })),
        ),
    });
    const all = others(made, [0]);
    await made.open();
    await expect(late).rejects.toMatchObject({ code: 'LATE', fault: 'self' });
    await Promise.all(all);
    expect(sent).toEqual([]);
    expect(await made.journal(0).lastSession(made.taskId)).toBeNull();
  });

  test('cancelling: while waiting, while working and in a round', async () => {
    const made = await world();
    const cancel = new AbortController();
    const waiting = made
      .client(0)
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) }, signal: cancel.signal });
    setTimeout(() => cancel.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED', fault: 'caller' });
    const again = new AbortController();
    const joined = made.client(0).contribute({
      task: made.taskId,
      vectors: { counts: valuesOf(0) },
      signal: again.signal,
      onProgress: (event) => {
        if (event.type === 'round') again.abort();
      },
    });
    const id = await made.open();
    await expect(joined).rejects.toMatchObject({ code: 'CANCELLED', fault: 'caller' });
    expect(await made.journal(0).unfinished(made.taskId)).toEqual([]);
    expect(await made.journal(0).secret(id)).toBeNull();
  });
});

describe('refusals', () => {
  const refused = async (made: World, overrides: object, request: object = {}): Promise<string> => {
    const sent: Sent[] = [];
    const transport = recording((overrides as { transport?: never }).transport ?? made.api(0), sent);
    const attempt = made
      .client(0, { ...overrides, transport })
      .contribute({ task: made.taskId, vectors: () => ({ counts: valuesOf(0) }), ...request });
    attempt.catch(() => undefined);
    await made.open(utf8('model')).catch(() => undefined);
    const code = await attempt.then(
      () => 'none',
      (error: { code?: string }) => error.code ?? 'another error',
    );
    expect(sent).toEqual([]);
    return code;
  };

  test('an input with another hash', async () => {
    const made = await world();
    const transport = lying(made.api(0), 'getInput', () => utf8('another model'));
    expect(await refused(made, { transport })).toBe('INPUT_MISMATCH');
  });

  test('another coordinator, another organiser, another task', async () => {
    const made = await world();
    const stranger = toHex(party('stranger').identity);
    expect(await refused(made, { trust: trustOf({}, { coordinator: stranger }) })).toBe('WRONG_COORDINATOR');
    expect(await refused(made, { trust: trustOf({}, { organiser: stranger }) })).toBe('WRONG_ORGANISER');
    const other = await made.createTask({ name: 'another', nonce: new Uint8Array(16).fill(1) });
    const reply = await made.api(0).getTask(other);
    expect(await refused(made, { transport: lying(made.api(0), 'getTask', () => reply) })).toBe(
      'TASK_MISMATCH',
    );
    // Even when the sessions announced are those of the other task.
    const elsewhere = new Proxy(
      lying(made.api(0), 'getTask', () => reply),
      {
        get: (api, name) =>
          name === 'watchSessions'
            ? (_asked: string, signal: AbortSignal) => made.api(0).watchSessions(other, signal)
            : (Reflect.get(api, name) as unknown),
      },
    );
    await made.open(null, other);
    expect(await refused(made, { transport: elsewhere })).toBe('TASK_MISMATCH');
  });

  test('a task below the floor, a data set the policy does not pin', async () => {
    const made = await world();
    expect(await refused(made, { trust: trustOf({ minParticipants: 4 }) })).toBe('BELOW_POLICY');
    expect(await refused(made, {}, { dataset: 'patients' })).toBe('BELOW_POLICY');
  });

  test('wrong vectors, before waiting for a session', async () => {
    const made = await world();
    const contribute = (vectors: Record<string, number[]>, rest = {}): Promise<unknown> =>
      made.client(0).contribute({ task: made.taskId, vectors, ...rest });
    await expect(contribute({ counts: [1, 2] })).rejects.toMatchObject({ code: 'WRONG_LENGTH' });
    await expect(contribute({})).rejects.toMatchObject({ code: 'MISSING_VECTOR' });
    await expect(contribute({ counts: [1, 2, 3, 4, NaN] })).rejects.toMatchObject({ code: 'NOT_FINITE' });
    await expect(contribute({ counts: [1, 2, 3, 4, 1e9] })).rejects.toMatchObject({ code: 'OVER_CLIP' });
    await expect(contribute({ counts: valuesOf(0) }, { weight: 3 })).rejects.toMatchObject({
      code: 'BAD_WEIGHT',
    });
  });

  test('a roster that comes too late', async () => {
    const made = await world();
    let nowMs = Date.now();
    const transport = lying(made.api(0), 'getRoster', (reply) => {
      nowMs += 600_001;
      return reply;
    });
    const first = made
      .client(0, { transport, now: () => nowMs })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    for (const other of others(made, [0])) other.catch(() => undefined);
    const id = await made.open();
    await expect(first).rejects.toMatchObject({ code: 'STALE_ROSTER', fault: 'peer' });
    // What was refused is kept, and the session is over for this journal.
    expect(await made.journal(0).evidence(id)).toHaveLength(1);
    expect(await made.journal(0).unfinished(made.taskId)).toEqual([]);
    await made.coordinator.operator.cancelSession(id, 'end of test');
  });

  test('an identity that the trust file revokes', async () => {
    const made = await world();
    const revoked = [toHex((made.parties[1] as { identity: Uint8Array }).identity)];
    const first = made
      .client(0, { trust: trustOf({}, { revoked }) })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    for (const other of others(made, [0])) other.catch(() => undefined);
    const id = await made.open();
    await expect(first).rejects.toMatchObject({ code: 'CERTIFICATE_REVOKED' });
    await made.coordinator.operator.cancelSession(id, 'end of test');
  });

  test('an aggregate with other bytes', async () => {
    const made = await world();
    const transport = lying(made.api(0), 'getAggregate', (bytes) =>
      bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
    );
    const first = made
      .client(0, { transport })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    const all = others(made, [0]);
    await made.open();
    await expect(first).rejects.toMatchObject({ code: 'AGGREGATE_MISMATCH' });
    await Promise.all(all);
  });

  test('an abort that the coordinator did not sign is not believed', async () => {
    const made = await world({ joinMs: 300, roundMs: 300 });
    const transport = lying(made.api(0), 'getOutcome', ({ abort }) => ({
      result: null,
      abort: abort && { ...abort, signature: new Uint8Array(64) },
    }));
    const first = made
      .client(0, { transport })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    await made.open();
    await expect(first).rejects.toMatchObject({ code: 'WRONG_COORDINATOR' });
  });

  test('a coordinator that cannot be reached is given up after some seconds', async () => {
    const made = await world();
    let nowMs = 0;
    const transport = intercept(made.api(0), async () => {
      nowMs += 1000;
      throw Object.assign(
        new (await import('../../src/protocol/errors.js')).BlindsumError(
          'UNREACHABLE',
          'environment',
          'away',
        ),
      );
    });
    const first = made
      .client(0, { transport, now: () => nowMs })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    await expect(first).rejects.toMatchObject({ code: 'UNREACHABLE', fault: 'environment' });
  });
});

describe('participate', () => {
  test('session after session; an aborted one is reported and the loop goes on', async () => {
    const made = await world({
      policy: { evolving: true },
      task: { scope: { kind: 'evolving' } },
      joinMs: 1000,
      roundMs: 2000,
    });
    const outcomes: SessionOutcome[][] = [[], [], []];
    const enough = new AbortController();
    const run = async (index: number): Promise<void> => {
      const work = (input: Uint8Array | null) => ({
        counts: valuesOf(index).map((value) => value + (input?.[0] ?? 0)),
      });
      for await (const outcome of made
        .client(index)
        .participate(made.taskId, work, { signal: enough.signal }))
        outcomes[index]?.push(outcome);
    };
    const all = made.parties.map((_, index) => run(index));
    const ended = async (id: string): Promise<void> => {
      for await (const { phase } of made.coordinator.operator.watchSession(id, new AbortController().signal))
        if (phase === 'closed' || phase === 'aborted') return;
    };
    await ended(await made.open(Uint8Array.of(1)));
    const cancelled = await made.open(Uint8Array.of(2));
    await made.coordinator.operator.cancelSession(cancelled, 'for the test');
    await ended(await made.open(Uint8Array.of(3)));
    const twice = (seen: SessionOutcome[]): boolean =>
      seen.filter(({ kind }) => kind === 'closed').length === 2;
    while (!outcomes.every(twice)) await new Promise((resolve) => setTimeout(resolve, 10));
    enough.abort();
    await Promise.all(all);
    for (const seen of outcomes) {
      const closed = seen.filter(({ kind }) => kind === 'closed');
      const [first, second] = closed as Extract<SessionOutcome, { kind: 'closed' }>[];
      expect(second?.result.receipt.number).toBe(3);
      expect(first?.result.sum.counts).toEqual(sumOf([0, 1, 2]).map((value) => value + 3));
    }
  });

  test('ends quietly when the signal aborts; throws when the work does', async () => {
    const made = await world();
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 50);
    const none: unknown[] = [];
    const loop = made.client(0).participate(made.taskId, () => ({}), { signal: cancel.signal });
    for await (const outcome of loop) none.push(outcome);
    expect(none).toEqual([]);
    await made.open();
    const broken = made.client(0).participate(made.taskId, () => {
      throw new RangeError('out of memory');
    });
    await expect(broken.next()).rejects.toThrow('out of memory');
  });
});
