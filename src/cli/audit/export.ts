/** What the commands `session export` and `escrow export` do. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { many } from '../../audit/report/text.js';
import type { ArchiveScope, Keys } from '../../audit/source.js';
import type { Trust } from '../../client/index.js';
import { refuse } from '../../protocol/errors.js';
import { isEnded } from '../../protocol/phase.js';
import { type ConnectionFlags, type OperatorConnection, withOperator } from '../connection.js';
import { usage } from '../errors.js';
import { onInterrupt } from '../interrupt.js';
import { createOutput, createProgress } from '../output.js';
import { pick } from '../pick.js';

type Flags = ConnectionFlags & { readonly json?: boolean };

/** Streams go to the disk as they come: there may be more of them than one reply has otherwise. */
const STREAMED = { maxReplyBytes: Infinity };

export interface ExportFlags extends Flags {
  readonly out: string;
  readonly task?: string;
  readonly all?: boolean;
}

export async function exportSessions(id: string | undefined, flags: ExportFlags): Promise<void> {
  const { out, task, all = false } = flags;
  if ([id !== undefined, task !== undefined, all].filter(Boolean).length !== 1)
    usage('give a session id, --task or --all');
  const { requireFree, writeArchive } = await import('./write-archive.js');
  await requireFree(out);
  const output = createOutput(flags.json === true);
  await interruptible(flags, async (connection, signal) => {
    const scope = await scopeOf(connection, id, task);
    const bar = await createProgress('sessions', output);
    const { operator, trust } = connection;
    const written = await writeArchive({
      operator,
      keys: keysOf(trust),
      scope,
      out,
      signal,
      onProgress: (done, total) => bar.update(done, total),
    }).finally(() => bar.stop());
    const { path, sessions, records } = written;
    output.result({ ...written, scope }, `${path}: ${many(sessions, 'session')}, ${many(records, 'record')}`);
  });
}

async function interruptible(
  flags: Flags,
  use: (connection: OperatorConnection, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const interrupt = onInterrupt();
  try {
    await withOperator(flags, (connection) => use(connection, interrupt.signal), STREAMED);
  } finally {
    interrupt.dispose();
  }
}

async function scopeOf(
  { operator }: OperatorConnection,
  id: string | undefined,
  task: string | undefined,
): Promise<ArchiveScope> {
  if (task !== undefined) {
    const { taskId } = pick(await operator.listTasks(), (one) => one.taskId, task, 'task');
    return { kind: 'task', task: taskId };
  }
  if (id === undefined) return { kind: 'all' };
  const { sessionId, phase } = pick(await operator.listSessions(), (one) => one.sessionId, id, 'session');
  if (!isEnded(phase)) refuse('WRONG_ROUND', 'caller', `the session is still in ${phase}: wait for its end`);
  return { kind: 'session', session: sessionId };
}

/** As an archive names them. */
export const keysOf = ({ anchors: { organiser, coordinator }, witnesses }: Trust): Keys => ({
  organiser,
  coordinator,
  witnesses,
});

export async function exportEscrow(id: string, flags: Flags & { readonly out: string }): Promise<void> {
  const { out } = flags;
  const { writeSequence } = await import('./write-archive.js');
  const { mkdir, rename, rm } = await import('node:fs/promises');
  if (existsSync(out)) usage(`--out: ${out} is there already, and nothing is written over`);
  const output = createOutput(flags.json === true);
  await interruptible(flags, async ({ operator }, signal) => {
    const { sessionId } = pick(await operator.listSessions(), (one) => one.sessionId, id, 'session');
    const partial = `${out}.partial`;
    await mkdir(dirname(out), { recursive: true });
    try {
      const { items } = await writeSequence(partial, operator.exportEscrow(sessionId), {
        signal,
        mode: 0o600,
      });
      await rename(partial, out);
      output.result(
        { path: out, session: sessionId, items },
        `${out}: ${items} items; for the auditor only, delete it when the audit is done`,
      );
    } finally {
      await rm(partial, { force: true });
    }
  });
}
