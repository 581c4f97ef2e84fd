/** What was opened one after the other, to be closed in reverse: at the end, or when the next thing cannot be opened. */

type Close = () => void | Promise<void>;

export class Opened {
  readonly #closes: Close[] = [];

  onClose(close: Close): void {
    this.#closes.push(close);
  }

  /** All of it, also when something cannot be closed. @throws what was thrown first */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (const close of this.#closes.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
