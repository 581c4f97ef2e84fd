/** The tree of the log as this node knows it: entries are read once, and their hashes kept. */
import { GrowingTree } from '../../../crypto/growing-tree.js';
import { refuse } from '../../protocol/errors.js';
import type { Store } from '../../storage/port.js';

/** Entries that are read at a time. */
const PAGE = 1000;

export class LogTree {
  readonly #store: Pick<Store, 'logSize' | 'readLog'>;
  readonly #tree = new GrowingTree();
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<GrowingTree> | null = null;

  constructor(store: Pick<Store, 'logSize' | 'readLog'>) {
    this.#store = store;
  }

  /** As it is known by now. */
  get size(): number {
    return this.#tree.size;
  }

  /**
   * With all that was logged when it was asked for. It only grows.
   * @throws BlindsumError INTERNAL: entries are gone
   */
  current(): Promise<GrowingTree> {
    // What is being read may be too old for who asks now: all who ask meanwhile share the next look.
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      const looking = this.#look();
      this.#running = looking.catch(() => undefined);
      return looking;
    });
    return this.#next;
  }

  async #look(): Promise<GrowingTree> {
    const tree = this.#tree;
    const size = await this.#store.logSize();
    // To go on from what is left would be to sign a second, different log.
    if (size < tree.size) refuse('INTERNAL', 'self', 'entries of the log are no longer in the store'); // check: A4
    while (tree.size < size) {
      const to = Math.min(tree.size + PAGE, size);
      const entries = await this.#store.readLog(tree.size, to);
      if (entries.length !== to - tree.size)
        refuse('INTERNAL', 'self', 'entries of the log are not in the store'); // check: A4
      for (const entry of entries) tree.append(entry);
    }
    return tree;
  }
}
