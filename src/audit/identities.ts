/** Identities as small numbers, the same for all sessions, and sets of them as bits: ten thousand sets fit into memory. */
export class Identities {
  readonly #indices = new Map<string, number>();

  get size(): number {
    return this.#indices.size;
  }

  /** @param identity hex */
  indexOf(identity: string): number {
    const known = this.#indices.get(identity);
    if (known !== undefined) return known;
    const index = this.#indices.size;
    this.#indices.set(identity, index);
    return index;
  }

  /** By index. */
  all(): string[] {
    return [...this.#indices.keys()];
  }

  setOf(identities: readonly string[]): IdentitySet {
    const indices = identities.map((identity) => this.indexOf(identity));
    const bits = new Uint8Array((indices.reduce((a, b) => Math.max(a, b), -1) >> 3) + 1);
    for (const index of indices) bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7));
    return new IdentitySet(bits);
  }
}

export class IdentitySet {
  constructor(readonly bits: Uint8Array) {}

  has(index: number): boolean {
    return (((this.bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
  }

  /** Increasing. */
  indices(): number[] {
    const found: number[] = [];
    for (let index = 0; index < this.bits.length * 8; index += 1) if (this.has(index)) found.push(index);
    return found;
  }

  sharedWith(other: IdentitySet): number[] {
    return this.indices().filter((index) => other.has(index));
  }

  union(other: IdentitySet): IdentitySet {
    const [long, short] = this.bits.length > other.bits.length ? [this, other] : [other, this];
    return new IdentitySet(long.bits.map((byte, index) => byte | (short.bits[index] ?? 0)));
  }
}
