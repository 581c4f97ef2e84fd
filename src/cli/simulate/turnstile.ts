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
