/** Trees of sessions that ended, for their receipts: everybody in a session asks at about the same time. */
import { equalBytes } from '../../../crypto/bytes.js';
import { GrowingTree } from '../../../crypto/growing-tree.js';
import { refuse } from '../../protocol/errors.js';
import type { SessionRow, Store } from '../../storage/port.js';

/** Sessions whose trees are kept; 64 bytes per message. */
const KEPT = 8;

export class SessionTrees {
  readonly #store: Pick<Store, 'readLeaves'>;
  /** Least recently used first. */
  readonly #kept = new Map<string, Promise<GrowingTree>>();

  constructor(store: Pick<Store, 'readLeaves'>) {
    this.#store = store;
  }

  /** @throws BlindsumError INTERNAL: the leaves are not those of the tree that was signed */
  of(row: SessionRow): Promise<GrowingTree> {
    const tree = this.#kept.get(row.id) ?? this.#load(row);
    this.#kept.delete(row.id);
    this.#kept.set(row.id, tree);
    for (const oldest of [...this.#kept.keys()].slice(0, -KEPT)) this.#kept.delete(oldest);
    // A failure of the store is not a tree.
    tree.catch(() => {
      if (this.#kept.get(row.id) === tree) this.#kept.delete(row.id);
    });
    return tree;
  }

  async #load({ id, tree }: SessionRow): Promise<GrowingTree> {
    const grown = new GrowingTree();
    for (const leaf of await this.#store.readLeaves(id)) grown.append(leaf);
    const isSigned = grown.size === tree.size && equalBytes(grown.root(), tree.root);
    if (!isSigned) refuse('INTERNAL', 'self', 'the leaves of the session are not those that were signed'); // check: A4
    return grown;
  }
}
