/** Waits for what comes by itself, a little after something else. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 5;

/** Without an end of its own: the time limit of the test is one. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(LOOK_MS);
}
