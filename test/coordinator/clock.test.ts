// Clocks that are set while sessions run: what moves, what does not, and what the log says.
import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '../../src/coordinator/clock.js';
import { watchClock } from '../../src/coordinator/clock-watch.js';
import { silentLogger } from '../../src/coordinator/logger.js';
import { StoreClock } from '../../src/coordinator/store-clock.js';
import { manualClock } from './manual-clock.js';
import { makeWorld } from './world.js';

const HOUR_MS = 3_600_000;
const wallNow = Date.now;
afterEach(() => void (Date.now = wallNow));

test.each([HOUR_MS, -HOUR_MS])(
  'the time that passes does not follow the wall clock when it is set by %d ms',
  (byMs) => {
    const before = systemClock.now();
    expect(Math.abs(before - wallNow())).toBeLessThan(HOUR_MS / 2);
    Date.now = () => wallNow() + byMs;
    const after = systemClock.now();
    expect(after).toBeGreaterThanOrEqual(before);
    expect(after - before).toBeLessThan(HOUR_MS / 2);
    expect(Number.isInteger(after)).toBe(true);
  },
);

test('each time the wall clock is set there is one line, which says by how much; small corrections have none', async () => {
  const clock = manualClock();
  const lines: string[] = [];
  const warn = (fields: object, message: string) => void lines.push(`${JSON.stringify(fields)} ${message}`);
  let setMs = 250.4;
  const stop = watchClock({ clock, wallMs: () => clock.now() + setMs, logger: { ...silentLogger, warn } });
  await clock.advance(5000);
  setMs += 900;
  await clock.advance(5000);
  expect(lines).toEqual([]);
  setMs += HOUR_MS;
  await clock.advance(5000);
  setMs -= 2 * HOUR_MS;
  await clock.advance(5000);
  expect(lines).toEqual([
    expect.stringMatching(/^{"byMs":3600900} the clock of this machine was set forward: deadlines go on by/),
    expect.stringMatching(/^{"byMs":-7200000} the clock of this machine was set back: deadlines go on by/),
  ]);
  stop();
  expect(clock.pending).toBe(0);
});

test("the store's clock: what it was set by is known up to the time that asking took", () => {
  const own = manualClock(0);
  const clock = new StoreClock(own);
  expect(clock.now()).toBe(0);
  expect(clock.adjust(HOUR_MS, 0)).toBe(0);
  expect(clock.now()).toBe(HOUR_MS);
  expect(clock.adjust(2 * HOUR_MS, 0)).toBe(HOUR_MS);
  expect(clock.adjust(2 * HOUR_MS + 500, -1000)).toBe(0);
  expect(clock.adjust(0, -1000)).toBe(-(2 * HOUR_MS - 500));
  expect(clock.now()).toBe(500);
});

test('a store whose clock is set says so in the log of every node', async () => {
  let setMs = 0;
  const world = makeWorld({
    wrap: (store) => ({
      ...store,
      renewLeases: async (leaseMs) => {
        const { nowMs, held } = await store.renewLeases(leaseMs);
        return { nowMs: nowMs + setMs, held };
      },
    }),
  });
  await world.coordinator.start();
  await world.clock.advance(10_000);
  setMs = -HOUR_MS;
  await world.clock.advance(10_000);
  expect(world.logged).toEqual([
    {
      level: 'warn',
      fields: { byMs: -HOUR_MS },
      message: 'the clock of the store was set back: deadlines and leases move with it',
    },
  ]);
});
