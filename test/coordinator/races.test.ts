/**
 * Messages that arrive while a round closes. Whoever was told 'accepted' is in the closing set and in the log, and the
 * other way round; a round has one closing statement.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toHex } from '../../crypto/bytes.js';
import { isBlindsumError } from '../../src/protocol/errors.js';
import { signedLeaf } from '../../src/protocol/signed.js';
import type { SessionRow, Store, Transition } from '../../src/storage/port.js';
import { settle } from './manual-clock.js';
import type { TestParticipant } from './test-participant.js';
import { all, expectSum, JOIN_MS, makeWorld, openSession, ROUND_MS, type Session, upTo } from './world.js';

const at = (session: Session, index: number) => session.members[index] as TestParticipant;

type Hooks = { [K in keyof Store]?: (call: () => unknown, args: readonly unknown[]) => unknown };

/** A store whose operations go through `hooks`; set them while the test runs. */
function hooked(store: Store, hooks: Hooks): Store {
  return new Proxy(store, {
    get(target, name: keyof Store) {
      const method = Reflect.get(target, name) as (this: Store, ...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const call = (): unknown => method.apply(target, args);
        const hook = hooks[name];
        return hook === undefined ? call() : hook(call, args);
      };
    },
  });
}

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('a message that reaches the store between reading and closing', () => {
  test.each(['share', 'mask', 'sign', 'reveal'] as const)('is in the set: %s', async (step) => {
    const hooks: Hooks = {};
    const world = makeWorld({ wrap: (store) => hooked(store, hooks) });
    const session = await openSession(world);
    await upTo(session, step);
    await all(session, step, [0, 1, 2, 3]);

    // The last one is on its way into the store when the deadline passes.
    const held = gate();
    const arrived = gate();
    const write = step === 'mask' ? 'commitInput' : 'putRecord';
    hooks[write] = async (call) => {
      arrived.open();
      await held.opened;
      return call();
    };
    const sending = at(session, 4)[step]();
    await arrived.opened;
    let refused = 0;
    hooks.transition = async (call) => {
      held.open();
      await sending;
      const done = (await call()) as boolean;
      if (!done) refused += 1;
      return done;
    };
    await world.clock.advance(ROUND_MS);
    await sending;
    expect(refused).toBe(1);
    delete hooks[write];
    delete hooks.transition;
    const steps = ['share', 'mask', 'sign', 'reveal'] as const;
    for (const next of steps.slice(steps.indexOf(step) + 1)) await all(session, next);
    await expectSum(session, [0, 1, 2, 3, 4]);
    await expectLogMatches(session);
  });

  test('that comes after the closing is refused as late', async () => {
    const hooks: Hooks = {};
    const world = makeWorld({ wrap: (store) => hooked(store, hooks) });
    const session = await openSession(world);
    await all(session, 'join', [0, 1, 2, 3]);
    const held = gate();
    hooks.putRecord = async (call) => {
      await held.opened;
      return call();
    };
    const sending = at(session, 4)
      .join()
      .then(
        () => 'accepted',
        (error: unknown) => (isBlindsumError(error) ? error.code : 'failed'),
      );
    await world.clock.advance(JOIN_MS);
    held.open();
    expect(await sending).toBe('LATE');
    delete hooks.putRecord;
    await upTo(session, 'end', [0, 1, 2, 3]);
    await expectSum(session, [0, 1, 2, 3]);
  });
});

test('a message sent twice, the second of which comes when the round has closed, is accepted twice', async () => {
  const hooks: Hooks = {};
  const world = makeWorld({ wrap: (store) => hooked(store, hooks) });
  const session = await openSession(world);
  await all(session, 'join', [0, 1, 2, 3]);
  const held = gate();
  let calls = 0;
  hooks.putRecord = async (call) => {
    calls += 1;
    if (calls === 1) await held.opened;
    return call();
  };
  const first = at(session, 4).join();
  await settle();
  await at(session, 4).join();
  await settle();
  expect(await session.phase()).toBe('r1');
  held.open();
  await first;
  expect(calls).toBe(2);
});

test('cancelling and closing at once: one of the two, never both', async () => {
  const hooks: Hooks = {};
  const world = makeWorld({ wrap: (store) => hooked(store, hooks) });
  const session = await openSession(world);
  await upTo(session, 'mask');
  await all(session, 'mask', [0, 1, 2, 3]);
  const committed: Transition[] = [];
  hooks.transition = async (call, [, , change]) => {
    await Promise.resolve();
    const done = await call();
    if (done === true) committed.push(change as Transition);
    return done;
  };
  await Promise.all([
    world.coordinator.operator.cancelSession(session.id, 'now'),
    all(session, 'mask', [4]),
  ]).catch(() => undefined);
  await settle();
  const { statements } = (await world.store.getSession(session.id)) as SessionRow;
  expect(statements.abort).toBeDefined();
  expect(committed.filter(({ statement }) => statement?.kind === 'abort')).toHaveLength(1);
  expect(await session.phase()).toBe('aborted');
});

describe('a store that fails now and then', () => {
  test('holds a session up but does not end it', async () => {
    const hooks: Hooks = {};
    let calls = 0;
    const world = makeWorld({ wrap: (store) => hooked(store, hooks) });
    const session = await openSession(world);
    hooks.transition = (call) => {
      calls += 1;
      if (calls % 2 === 1) throw new Error('connection lost');
      return call();
    };
    for (const step of ['join', 'share', 'mask', 'sign', 'reveal'] as const) {
      await all(session, step);
      await world.clock.advance(1000);
    }
    await expectSum(session, [0, 1, 2, 3, 4]);
    const said = world.logged.filter(({ level }) => level === 'error').map(({ message }) => message);
    expect(said.filter((message) => message.startsWith('a turn failed'))).toHaveLength(5);
    expect(said.filter((message) => !message.startsWith('a turn failed'))).toEqual(['the store failed']);
  });

  test('a commit whose answer was lost is not made twice', async () => {
    const hooks: Hooks = {};
    const world = makeWorld({ wrap: (store) => hooked(store, hooks) });
    const session = await openSession(world);
    hooks.transition = async (call) => {
      await call();
      throw new Error('connection lost at commit');
    };
    for (const step of ['join', 'share', 'mask', 'sign', 'reveal'] as const) {
      await all(session, step);
      await world.clock.advance(1000);
    }
    await expectSum(session, [0, 1, 2, 3, 4]);
    await expectLogMatches(session);
  });
});

test('an engine that always fails ends the session with a reason', async () => {
  const engine = {
    run: () => Promise.reject(new Error('out of memory')),
    close: async () => undefined,
    lacks: async () => null,
  };
  const world = makeWorld({ engine });
  const session = await openSession(world);
  await upTo(session, 'end');
  await world.clock.advance(5000);
  const { abort } = await session.summary();
  expect(abort).toEqual({
    code: 'INTERNAL',
    message: 'the coordinator failed to close the round',
    blamed: [],
  });
});

test('cancelling stops a running job; stopping leaves the session as it is', async () => {
  let started = 0;
  const engine = {
    run: (_job: unknown, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise<never>((_, reject) => {
        started += 1;
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      }),
    close: async () => undefined,
    lacks: async () => null,
  };
  const world = makeWorld({ engine });
  const session = await openSession(world);
  await upTo(session, 'end');
  expect(started).toBe(1);
  await world.restart();
  await settle();
  expect(await session.phase()).toBe('r4');
  expect(started).toBe(2);
  await world.coordinator.operator.cancelSession(session.id, 'takes too long');
  await world.clock.advance(1000);
  expect((await session.summary()).abort?.code).toBe('CANCELLED');
  expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
});

const STEPS = ['join', 'share', 'mask', 'sign', 'reveal'] as const;
const ticks = async (count: number): Promise<void> => {
  for (let tick = 0; tick < count; tick += 1) await new Promise((resolve) => setImmediate(resolve));
};

test('whatever the order and delay of sending, storing and closing: accepted is in the set, and only that', async () => {
  const delay = fc.integer({ min: 0, max: 40 });
  const plan = fc.record({
    step: fc.constantFrom(...STEPS),
    sends: fc.tuple(delay, delay, delay, delay, delay),
    deadline: delay,
    writes: fc.array(delay, { minLength: 5, maxLength: 5 }),
    reads: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 7, maxLength: 20 }),
  });
  const seen = { late: 0, reread: 0 };
  await fc.assert(
    fc.asyncProperty(plan, async ({ step, sends, deadline, writes, reads }) => {
      const hooks: Hooks = {};
      const world = makeWorld({ wrap: (store) => hooked(store, hooks) });
      const session = await openSession(world);
      await upTo(session, step);
      const before = await session.summary();
      let turn = 0;
      const delayed = (waits: readonly number[]) => async (call: () => unknown) => {
        await ticks(waits[(turn += 1) % waits.length] as number);
        return call();
      };
      hooks.putRecord = hooks.commitInput = delayed(writes);
      hooks.readRecords = hooks.readInputs = delayed(reads);
      const slowly = delayed(writes);
      hooks.transition = async (call) => {
        const done = await slowly(call);
        if (done !== true) seen.reread += 1;
        return done;
      };
      const accepted = new Set<string>();
      const sending = session.members.map(async (member, index) => {
        await ticks(sends[index] as number);
        await member[step]().then(
          () => accepted.add(toHex(member.party.identity)),
          (error: unknown) => {
            expect(isBlindsumError(error, 'LATE')).toBe(true);
            seen.late += 1;
          },
        );
      });
      await ticks(deadline);
      await world.clock.jump(step === 'join' ? JOIN_MS : ROUND_MS);
      await Promise.all(sending);
      await ticks(400);
      const { phase, u1, u2, u3, accepted: counts } = await session.summary();
      expect(phase).not.toBe(before.phase);
      expect(Object.values(counts)[STEPS.indexOf(step)]).toBe(accepted.size);
      const set = { join: u1, share: u2, mask: u3, sign: null, reveal: null }[step];
      if (set !== null) expect(set.map(toHex)).toEqual([...accepted].sort());
      await expectLogMatches(session);
      await world.stop();
    }),
    { numRuns: 50 },
  );
  // The test is about the cases in which the two cross.
  expect(seen.late + seen.reread).toBeGreaterThan(0);
});

/** The log holds every record, once, and nothing else; asked just after a round closed. */
async function expectLogMatches(session: Session): Promise<void> {
  const { store } = session.world;
  const leaves = (await store.readLeaves(session.id)).map(toHex);
  expect(new Set(leaves).size).toBe(leaves.length);
  const row = await store.getSession(session.id);
  const task = await store.getTask(session.taskId);
  const expected = [task?.signed, row?.opening, ...Object.values(row?.statements ?? {})];
  for (const kind of ['r0', 'r1', 'r2', 'answer', 'r3', 'r4'] as const)
    for (const { signed } of await store.readRecords(session.id, kind)) expected.push(signed);
  const all = expected.flatMap((signed) => (signed === undefined ? [] : [toHex(signedLeaf(signed))]));
  expect(leaves.sort()).toEqual(all.sort());
}
