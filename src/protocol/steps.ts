/**
 * Long computations cut into steps of a few milliseconds. They stay pure and synchronous; whoever runs one may do something
 * else between two steps, or end it early with `return`, which has it wipe what it holds.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** All at once. */
export function allSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
