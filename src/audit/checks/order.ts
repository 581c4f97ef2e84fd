/** V14, within a session: the records are in their one order, and each statement signs for all before it. */
import { compareBytes, equalBytes } from '../../../crypto/bytes.js';
import { GrowingTree } from '../../../crypto/growing-tree.js';
import type { Notebook } from '../findings.js';
import { type AuditRecord, type Kind, KINDS, orderKey, type Records } from '../records.js';

/** What has to be stated before such records can come; messages name it as the last set that their participant was shown. */
export const NEEDS: Partial<Record<Kind, 'u1' | 'u2' | 'u3'>> = {
  r1: 'u1',
  r2: 'u2',
  answer: 'u2',
  r3: 'u3',
  r4: 'u3',
  result: 'u3',
};
const isMessage = ({ kind }: AuditRecord): boolean => kind.startsWith('r') && kind !== 'result';

/** @returns the root over all leaves */
export function checkOrder(records: Records, notebook: Notebook): Uint8Array {
  const { all } = records;
  all.forEach((record, at) => {
    const before = all[at - 1];
    if (before !== undefined) checkNext(before, record, notebook);
    const needed = NEEDS[record.kind];
    const statement = needed === undefined ? null : records.one(needed);
    if (needed !== undefined && statement === null) {
      notebook.add('MISSING_STATEMENT', {
        records: [record.index],
        detail: `there is no ${needed.toUpperCase()}`,
      });
    }
  });
  const tree = new GrowingTree();
  for (const leaf of records.leaves) tree.append(leaf);
  for (const statement of all) {
    if ('root' in statement.body && 'size' in statement.body) checkTree(statement, tree, notebook);
  }
  const last = all.at(-1);
  const ended = last !== undefined && last.index === records.leaves.length - 1 && isEnd(last);
  if (!ended) notebook.add('NOT_ENDED');
  return tree.root();
}

const isEnd = ({ kind }: AuditRecord): boolean => kind === 'result' || kind === 'abort';

function checkNext(before: AuditRecord, record: AuditRecord, notebook: Notebook): void {
  const about = { records: [before.index, record.index] };
  const [was, is] = [KINDS.indexOf(before.kind), KINDS.indexOf(record.kind)];
  if (isEnd(before)) {
    notebook.add('AFTER_END', { records: [record.index] });
    return;
  }
  if (is < was) notebook.add('WRONG_ORDER', about);
  if (is !== was) return;
  const order =
    isMessage(record) || record.kind === 'answer' ? compareBytes(orderKey(before), orderKey(record)) : 0;
  if (order > 0) notebook.add('WRONG_ORDER', about);
  if (order === 0) notebook.add('DUPLICATE_RECORD', about);
}

function checkTree({ body, index }: AuditRecord, tree: GrowingTree, notebook: Notebook): void {
  if (!('root' in body)) return;
  if (body.size === index && equalBytes(body.root, tree.root(index))) return;
  const detail = `the statement in record ${index} was signed over other records before it`;
  notebook.add('WRONG_TREE', { records: [index], detail });
}
