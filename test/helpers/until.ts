/** Waits for what comes by itself, a little after something else. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 5;
/** A test that is red is to end: what still looks keeps its whole process alive. */
const LONGEST_MS = 120_000;

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + LONGEST_MS;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error('waited in vain');
    await sleep(LOOK_MS);
  }
}
