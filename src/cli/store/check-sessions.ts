/** Does the tree of every session, as it was signed, fit the leaves that are kept? */
import { equalBytes } from '../../../crypto/bytes.js';
import { merkleRoot } from '../../../crypto/merkle.js';
import type { Store } from '../../storage/port.js';
import { type Check, fail, ok } from '../doctor/checks.js';
import { openStore, type StoreConfig } from './open.js';

/** @throws BlindsumError STORE_LOCKED, and what opening the store throws */
export async function checkSessions(config: StoreConfig): Promise<Check[]> {
  const store = await openStore(config);
  try {
    return await compareTrees(store);
  } finally {
    await store.close();
  }
}

/**
 * Also beside coordinators that run on the same PostgreSQL: a session may have gone on between its row and its leaves, and
 * is looked at again then.
 */
export async function compareTrees(
  store: Pick<Store, 'listSessions' | 'getSession' | 'readLeaves'>,
): Promise<Check[]> {
  const rows = await store.listSessions();
  const problems: Check[] = [];
  for (const listed of rows) {
    let row = listed;
    let leaves = await store.readLeaves(row.id);
    while (leaves.length > row.tree.size) {
      const later = await store.getSession(row.id);
      if (later === null || later.version === row.version) break;
      row = later;
      leaves = await store.readLeaves(row.id);
    }
    const { id, tree } = row;
    if (leaves.length !== tree.size)
      problems.push(fail('sessions', `${id}: ${leaves.length} leaves of ${tree.size}; restore a backup`));
    else if (!equalBytes(merkleRoot(leaves), tree.root))
      problems.push(fail('sessions', `${id}: the leaves are not those that were signed; restore a backup`));
  }
  return problems.length > 0 ? problems : [ok('sessions', `${rows.length}, each with all its leaves`)];
}
