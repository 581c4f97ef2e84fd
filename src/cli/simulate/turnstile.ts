/**
 * One at a time: hundreds of participants share one process here, but what each of them takes for a round is to be
 * measured as if it were alone, and not more than one upload is to be in memory twice.
 */
export class Turnstile {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, with what ends the turn. Ending it again does nothing. */
  async enter(): Promise<() => void> {
    const before = this.#last;
    let leave = (): void => undefined;
    this.#last = new Promise<void>((resolve) => {
      leave = resolve;
    });
    await before;
    // Calls within a process would never let a timer or a signal have its turn.
    await new Promise((resolve) => setImmediate(resolve));
    return leave;
  }
}

/** Of an empty list 0. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
