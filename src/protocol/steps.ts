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

/** Items of a long list between two steps: with some hashes and a signed document each, a few milliseconds. */
const ITEMS_PER_STEP = 100;

/** `list.map`, in steps. */
export function* mapSteps<T, R>(list: readonly T[], map: (item: T) => R): Steps<R[]> {
  const mapped: R[] = [];
  for (const item of list) {
    mapped.push(map(item));
    if (mapped.length % ITEMS_PER_STEP === 0) yield;
  }
  return mapped;
}
