/** How long a session's runner rests after a look, which in sessions of many takes long itself. */
import { expect, test } from '@jest/globals';
import { SessionRunner } from '../../src/coordinator/session-runner.js';
import { BlindsumError } from '../../src/protocol/errors.js';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const span = { set: () => undefined, run: <T>(work: () => T): T => work(), end: () => undefined };
const logger = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** 200 are in a round that nobody can end early. @returns when it looked, in milliseconds from the start */
async function looksOf({ lookMs = 0, leftMs = 0, forMs = 0, fails = false }): Promise<number[]> {
  const startedMs = performance.now();
  const now = (): number => performance.now() - startedMs;
  const looks: number[] = [];
  const row = { id: 's', taskId: 't', phase: 'r1', version: 1, phaseDeadlineMs: leftMs, statements: {} };
  const store = {
    watch: () => () => undefined,
    getSession: async () => {
      looks.push(now());
      return { ...row, electorate: new Array(200).fill(new Uint8Array(32)) };
    },
    countRecords: async () => {
      await sleep(lookMs);
      if (fails) throw new BlindsumError('STORE_FAILED', 'environment', 'away');
      return 3;
    },
  };
  const clock = {
    now,
    setTimer: (ms: number, ring: () => void) => {
      const timer = setTimeout(ring, ms);
      return { cancel: () => clearTimeout(timer) };
    },
  };
  const views = {
    roster: async () => ({ frozen: { u1: { members: new Array(200).fill(0) } } }),
    header: () => Promise.reject(new Error('none')),
  };
  const shell = { store, clock, logger, tracer: { begin: () => span }, deps: {} };
  const hooks = { isHeld: () => true, onLook: () => undefined, onEnd: () => undefined };
  const runner = new SessionRunner('s', shell as never, views as never, hooks);
  runner.start();
  await sleep(forMs);
  await runner.stop();
  return looks;
}

test('nobody rests from a look that failed', async () => {
  // Having looked for 150 ms, it would rest for almost three seconds.
  const looks = await looksOf({ lookMs: 150, leftMs: 60_000, forMs: 2800, fails: true });
  expect(looks.length).toBeGreaterThan(2);
});

test('but from one that found nothing to end', async () => {
  const looks = await looksOf({ lookMs: 150, leftMs: 60_000, forMs: 1500 });
  expect(looks).toHaveLength(1);
});
