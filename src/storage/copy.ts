/** Deep copies of rows, so that a store and its callers never share an array. */
import type { Signed } from '../protocol/signed.js';
import type { SessionRecord, SessionRow, TaskRow } from './port.js';

/** Always a plain Uint8Array of its own: `slice()` on a Buffer would give a view of the same memory. */
export const copyBytes = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

export const copyList = (list: readonly Uint8Array[]): Uint8Array[] => list.map(copyBytes);

export const copySigned = ({ payload, signature }: Signed): Signed => ({
  payload: copyBytes(payload),
  signature: copyBytes(signature),
});

/**
 * What a reader is given. Lists of identities may have thousands, and each of those asks for them, many times: there is one
 * for all.
 */
export const shareTask = (task: TaskRow): TaskRow => ({
  id: task.id,
  signed: copySigned(task.signed),
  pinned: task.pinned,
  createdMs: task.createdMs,
  closed: task.closed,
});

/** What is kept. */
export const copyTask = (task: TaskRow): TaskRow => ({
  ...shareTask(task),
  pinned: task.pinned && copyList(task.pinned),
});

/** As `shareTask`: its electorate is one for all. */
export const shareSession = (row: SessionRow): SessionRow => ({
  id: row.id,
  taskId: row.taskId,
  number: row.number,
  opening: copySigned(row.opening),
  electorate: row.electorate,
  input: row.input,
  phase: row.phase,
  version: row.version,
  phaseSinceMs: row.phaseSinceMs,
  phaseDeadlineMs: row.phaseDeadlineMs,
  statements: Object.fromEntries(
    Object.entries(row.statements).map(([kind, signed]) => [kind, copySigned(signed)]),
  ),
  tree: { size: row.tree.size, root: copyBytes(row.tree.root) },
  blamed: [...row.blamed],
  purgedMs: row.purgedMs,
});

/** As `copyTask`. */
export const copySession = (row: SessionRow): SessionRow => ({
  ...shareSession(row),
  electorate: copyList(row.electorate),
});

/** Keeps what belongs to a record and nothing else. */
export const copyRecord = (record: SessionRecord): SessionRecord => ({
  kind: record.kind,
  sender: record.sender,
  subject: record.subject,
  signed: copySigned(record.signed),
  attachment: record.attachment && copyBytes(record.attachment),
});
