/** Rows of the schema to rows of the port and back. Drivers hand out Buffers that may share memory: all bytes are copied. */
import type { Phase } from '../../protocol/phase.js';
import type { Signed } from '../../protocol/signed.js';
import { copyBytes, copySigned } from '../copy.js';
import type { RecordKind, SessionRecord, SessionRow, StatementKind, TaskRow } from '../port.js';
import type { RecordColumns, Schema, SessionColumns } from './schema.js';

const IDENTITY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const STATEMENTS: readonly StatementKind[] = ['u1', 'u2', 'u3', 'result', 'abort'];

function joinIdentities(identities: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(identities.length * IDENTITY_BYTES);
  identities.forEach((identity, index) => {
    if (identity.length !== IDENTITY_BYTES)
      throw new RangeError(`identity: ${identity.length} bytes, not ${IDENTITY_BYTES}`);
    joined.set(identity, index * IDENTITY_BYTES);
  });
  return joined;
}

const splitIdentities = (joined: Uint8Array): Uint8Array[] =>
  Array.from({ length: joined.length / IDENTITY_BYTES }, (_, index) =>
    copyBytes(joined.subarray(index * IDENTITY_BYTES, (index + 1) * IDENTITY_BYTES)),
  );

export const signedOf = ({ payload, signature }: Signed): Signed => copySigned({ payload, signature });

export function statementColumn({ payload, signature }: Signed): Uint8Array {
  if (signature.length !== SIGNATURE_BYTES)
    throw new RangeError(`signature: ${signature.length} bytes, not ${SIGNATURE_BYTES}`);
  const column = new Uint8Array(SIGNATURE_BYTES + payload.length);
  column.set(signature);
  column.set(payload, SIGNATURE_BYTES);
  return column;
}

const statementOf = (column: Uint8Array): Signed => ({
  payload: copyBytes(column.subarray(SIGNATURE_BYTES)),
  signature: copyBytes(column.subarray(0, SIGNATURE_BYTES)),
});

export const taskColumns = (task: TaskRow): Schema['task'] => ({
  id: task.id,
  ...signedOf(task.signed),
  pinned: task.pinned && joinIdentities(task.pinned),
  created_ms: task.createdMs,
  closed: task.closed ? 1 : 0,
});

export const taskRow = (columns: Schema['task']): TaskRow => ({
  id: columns.id,
  signed: signedOf(columns),
  pinned: columns.pinned && splitIdentities(columns.pinned),
  createdMs: columns.created_ms,
  closed: columns.closed === 1,
});

export const sessionColumns = (row: SessionRow): SessionColumns => ({
  id: row.id,
  task: row.taskId,
  number: row.number,
  ...signedOf(row.opening),
  electorate: joinIdentities(row.electorate),
  input: row.input,
  phase: row.phase,
  version: row.version,
  phase_since_ms: row.phaseSinceMs,
  phase_deadline_ms: row.phaseDeadlineMs,
  tree_size: row.tree.size,
  tree_root: copyBytes(row.tree.root),
  blamed: JSON.stringify(row.blamed),
  purged_ms: row.purgedMs,
  ...(Object.fromEntries(
    STATEMENTS.map((kind) => {
      const signed = row.statements[kind];
      return [kind, signed === undefined ? null : statementColumn(signed)];
    }),
  ) as Record<StatementKind, Uint8Array | null>),
});

export const sessionRow = (columns: SessionColumns): SessionRow => ({
  id: columns.id,
  taskId: columns.task,
  number: columns.number,
  opening: signedOf(columns),
  electorate: splitIdentities(columns.electorate),
  input: columns.input,
  phase: columns.phase as Phase,
  version: columns.version,
  phaseSinceMs: columns.phase_since_ms,
  phaseDeadlineMs: columns.phase_deadline_ms,
  statements: Object.fromEntries(
    STATEMENTS.flatMap((kind) => {
      const column = columns[kind];
      return column === null ? [] : [[kind, statementOf(column)]];
    }),
  ),
  tree: { size: columns.tree_size, root: copyBytes(columns.tree_root) },
  blamed: JSON.parse(columns.blamed) as string[],
  purgedMs: columns.purged_ms,
});

export const recordColumns = (session: string, record: SessionRecord): RecordColumns => ({
  session,
  kind: record.kind,
  sender: record.sender,
  subject: record.subject,
  ...signedOf(record.signed),
  attachment: record.attachment && copyBytes(record.attachment),
});

export const recordRow = (columns: RecordColumns): SessionRecord => ({
  kind: columns.kind as RecordKind,
  sender: columns.sender,
  subject: columns.subject,
  signed: signedOf(columns),
  attachment: columns.attachment && copyBytes(columns.attachment),
});
