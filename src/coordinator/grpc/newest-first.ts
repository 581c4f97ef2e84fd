/**
 * Places for calls without a token. Nobody can be told from anybody else here, and who takes all places and stays would
 * keep the health checks of an orchestrator out: so the newest call is always let in, and the oldest gives way to it.
 */
interface Taken {
  readonly connection: unknown;
  readonly giveWay: () => void;
}

export class NewestFirst {
  /** Oldest first. */
  readonly #taken = new Set<Taken>();

  constructor(
    private readonly max: number,
    private readonly maxPerConnection: number,
  ) {}

  get size(): number {
    return this.#taken.size;
  }

  /** @param giveWay called when the place goes to another @returns to be called when it is over; again does nothing */
  take(connection: unknown, giveWay: () => void): () => void {
    const own = [...this.#taken].filter((other) => other.connection === connection);
    if (own.length >= this.maxPerConnection) this.#remove(own[0]);
    else if (this.#taken.size >= this.max) this.#remove([...this.#taken][0]);
    const mine: Taken = { connection, giveWay };
    this.#taken.add(mine);
    return () => void this.#taken.delete(mine);
  }

  #remove(oldest: Taken | undefined): void {
    if (oldest === undefined) return;
    this.#taken.delete(oldest);
    oldest.giveWay();
  }
}
