/** Does the tree of every session, as it was signed, fit the leaves that are kept, and the log what ended? */
import { equalBytes } from '../../../crypto/bytes.js';
import { merkleRoot } from '../../../crypto/merkle.js';
import { isEnded } from '../../protocol/phase.js';
import { logEntryOf } from '../../protocol/transcript/log-entry.js';
import type { SessionRow, Store } from '../../storage/port.js';
import { type Check, fail, ok } from '../doctor/checks.js';
import { openStore, type StoreConfig } from './open.js';

/** @throws BlindsumError STORE_LOCKED, and what opening the store throws */
export async function checkSessions(config: StoreConfig): Promise<Check[]> {
  const store = await openStore(config);
  try {
    return [...(await compareTrees(store)), ...(await compareLog(store))];
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

/** In the log is every session that ended, as it ended, and nothing else. Beside running coordinators it may have grown since. */
export async function compareLog(
  store: Pick<Store, 'listSessions' | 'logSize' | 'readLog' | 'findLogged'>,
): Promise<Check[]> {
  const ended = (await store.listSessions()).filter(({ phase }) => isEnded(phase));
  const size = await store.logSize();
  const entries = await store.readLog(0, size);
  const isAt = async (row: SessionRow): Promise<boolean> => {
    const [logged, entry] = [await store.findLogged(row.id), logEntryOf(row)];
    const kept = logged === null ? undefined : entries[logged.index];
    return kept !== undefined && equalBytes(kept, entry);
  };
  const problems: Check[] = [];
  for (const row of ended) {
    if (!(await isAt(row)))
      problems.push(
        fail('log', `${row.id}: the log does not have its end as it was signed; restore a backup`),
      );
  }
  if (entries.length !== size || size < ended.length)
    problems.push(
      fail(
        'log',
        `${entries.length} entries of ${size}, for ${ended.length} ended sessions; restore a backup`,
      ),
    );
  return problems.length > 0 ? problems : [ok('log', `${size} entries, one for each session that ended`)];
}
