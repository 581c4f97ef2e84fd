/**
 * The log of a coordinator (PROTOCOL §12.1): a tree (RFC 9162) with one entry for each session that ended, in the order in
 * which they ended. It only grows; what it says of a session is the last head of that session's own tree.
 */
import { fromHex } from '../../../crypto/bytes.js';
import { LABEL } from '../../../crypto/labels.js';
import { z } from 'zod';
import { bytes32, codec, uint, uint32 } from '../codec.js';

/** The payload itself is the entry of the tree. */
export const logEntryCodec = codec(LABEL.logEntry, {
  task: bytes32,
  /** Of the session in its task. */
  number: uint,
  session: bytes32,
  /** The session's tree, the result or abort included. */
  size: uint32,
  root: bytes32,
  closed: z.boolean(),
});
export type LogEntry = ReturnType<typeof logEntryCodec.decode>;

/** A session that ended, ids in hex. */
export interface EndedSession {
  readonly id: string;
  readonly taskId: string;
  readonly number: number;
  readonly phase: string;
  readonly tree: { readonly size: number; readonly root: Uint8Array };
}

/** The payload; the same bytes every time. */
export const logEntryOf = ({ id, taskId, number, phase, tree }: EndedSession): Uint8Array =>
  logEntryCodec.encode({
    task: fromHex(taskId),
    number,
    session: fromHex(id),
    size: tree.size,
    root: tree.root,
    closed: phase === 'closed',
  });
