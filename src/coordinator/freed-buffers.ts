/**
 * Buffers of uploads that are done, for the next ones: new ones of some megabytes each would have to be cleared, and garbage
 * be collected for them all the time. Whoever takes one writes over all of it before anybody reads it.
 */
export class FreedBuffers {
  #buffers: Uint8Array[] = [];

  /** Of exactly this length, if there is one. */
  take(length: number): Uint8Array | undefined {
    const index = this.#buffers.findIndex((buffer) => buffer.length === length);
    return index === -1 ? undefined : this.#buffers.splice(index, 1)[0];
  }

  /** Kept while all of them together have no more than `mostBytes`. */
  put(buffer: Uint8Array, mostBytes: number): void {
    const kept = this.#buffers.reduce((bytes, { length }) => bytes + length, buffer.length);
    if (kept <= mostBytes) this.#buffers.push(buffer);
  }

  clear(): void {
    this.#buffers = [];
  }
}
