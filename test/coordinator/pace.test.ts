/** Computations in steps: whole, with turns of the event loop in between, and given up cleanly. */
import { expect, test } from '@jest/globals';
import { paced, Rest } from '../../src/coordinator/pace.js';
import { allSteps, type Steps } from '../../src/protocol/steps.js';

/** Each step takes a while; what has happened is noted. */
function* working(steps: number, noted: string[]): Steps<string> {
  try {
    for (let step = 0; step < steps; step += 1) {
      yield;
      for (const untilMs = performance.now() + 4; performance.now() < untilMs;);
    }
    return 'done';
  } finally {
    noted.push('ended');
  }
}

const { signal } = new AbortController();

test('gives what the computation gives, and lets others have their turns', async () => {
  const noted: string[] = [];
  let turns = 0;
  const others = setInterval(() => (turns += 1), 0);
  expect(await paced(working(20, noted), signal)).toBe('done');
  clearInterval(others);
  expect(turns).toBeGreaterThan(2);
  expect(noted).toEqual(['ended']);
  expect(allSteps(working(2, noted))).toBe('done');
});

test('ends a computation that nobody wants any more', async () => {
  const noted: string[] = [];
  const controller = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => controller.abort(reason), 20);
  await expect(paced(working(1e6, noted), controller.signal)).rejects.toBe(reason);
  expect(noted).toEqual(['ended']);
});

test('fails as the computation fails', async () => {
  const noted: string[] = [];
  function* failing(): Steps<string> {
    yield* working(1, noted);
    throw new RangeError('no');
  }
  await expect(paced(failing(), signal)).rejects.toThrow(RangeError);
});

test('rests from looking at many, not at few, and no longer than until it is stopped', async () => {
  const stopping = new AbortController();
  const after = async (participants: number, leftMs: number | null, lookMs = 1) => {
    const rest = new Rest();
    rest.begin();
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    if (leftMs !== null) rest.mayLast(participants, leftMs);
    return rest.take(stopping.signal);
  };
  const rested: string[] = [];
  const many = after(100, 1e6, 200).then(() => rested.push('many'));
  // Of few; a look that failed, a round that is due, and a tenth of what is left.
  await Promise.all([after(99, 1e6, 200), ...[null, -5, 0, 20].map((leftMs) => after(100, leftMs, 200))]);
  expect(rested).toEqual([]);
  stopping.abort();
  await after(100, 1e6);
  await many;
  expect(rested).toEqual(['many']);
});
