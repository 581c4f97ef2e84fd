/** What the commands of `blindsum session` do. */
import type { SessionSummary, TaskSummary } from '../../rpc/operator-api.js';
import { type ConnectionFlags, type OperatorConnection, withOperator } from '../connection.js';
import { usage } from '../errors.js';
import { onInterrupt } from '../interrupt.js';
import { createOutput, createProgress, type Output } from '../output.js';
import { pick } from '../pick.js';
import { describeSession, sessionLine } from './text.js';
import type { SessionView } from './watch.js';

type Flags = ConnectionFlags & { readonly json?: boolean };

export async function open(
  flags: Flags & { task: string; input?: string; join: number; round: number; grant?: readonly string[] },
): Promise<void> {
  const output = createOutput(flags.json === true);
  const { readSigned } = await import('../../client/node/key-files.js');
  const grants = (flags.grant ?? []).map((path) => readSigned(path, 'GRANT'));
  await withOperator(flags, async (connection) => {
    const { operator } = connection;
    const { taskId } = await findTask(connection, flags.task);
    let inputDigest: Uint8Array | null = null;
    if (flags.input !== undefined) {
      const { readInputFile } = await import('../input-file.js');
      const bytes = await readInputFile(flags.input);
      const bar = await createProgress('input', output);
      inputDigest = await operator.putInput(bytes, (sent) => {
        bar.update(sent, bytes.length);
      });
      bar.stop();
    }
    const opened = await operator.openSession({
      taskId,
      inputDigest,
      joinMs: flags.join,
      roundMs: flags.round,
      grants,
    });
    output.result(describeSession(opened), sessionLine(opened));
  });
}

async function find({ operator }: OperatorConnection, prefix: string): Promise<SessionSummary> {
  return pick(await operator.listSessions(), ({ sessionId }) => sessionId, prefix, 'session');
}

const findTask = async ({ operator }: OperatorConnection, prefix: string): Promise<TaskSummary> =>
  pick(await operator.listTasks(), ({ taskId }) => taskId, prefix, 'task');

export async function list(flags: Flags & { task?: string }): Promise<void> {
  await withOperator(flags, async (connection) => {
    const task = flags.task === undefined ? undefined : await findTask(connection, flags.task);
    const sessions = await connection.operator.listSessions(task?.taskId);
    createOutput(flags.json === true).result(
      sessions.map(describeSession),
      sessions.map(sessionLine).join('\n') || 'no sessions',
    );
  });
}

export async function show(id: string, flags: Flags): Promise<void> {
  await withOperator(flags, async (connection) => {
    const session = await find(connection, id);
    createOutput(flags.json === true).result(describeSession(session), sessionLine(session));
  });
}

export async function watch(id: string, flags: Flags): Promise<void> {
  const interrupt = onInterrupt();
  try {
    await withOperator(flags, async (connection) => {
      const { sessionId } = await find(connection, id);
      const view = await sessionView(createOutput(flags.json === true));
      try {
        for await (const session of connection.operator.watchSession(sessionId, interrupt.signal)) {
          view.show(session);
          if (session.phase === 'aborted') process.exitCode = 1;
          // Nobody reads any more.
          if (process.stdout.errored !== null) return;
        }
      } finally {
        view.stop();
      }
    });
    // The stream may end without an error when it is cancelled.
    interrupt.signal.throwIfAborted();
  } finally {
    interrupt.dispose();
  }
}

async function sessionView(output: Output): Promise<SessionView> {
  if (output.json) {
    return {
      show: (session) => output.result(describeSession(session), ''),
      stop: () => undefined,
    };
  }
  const { barView, lineView } = await import('./watch.js');
  if (process.stdout.isTTY) return barView(process.stdout);
  return lineView((line) => output.result(null, line));
}

export async function cancel(id: string, flags: Flags & { reason: string }): Promise<void> {
  await withOperator(flags, async (connection) => {
    const { sessionId } = await find(connection, id);
    await connection.operator.cancelSession(sessionId, flags.reason);
    createOutput(flags.json === true).result({ sessionId, cancelled: true }, `${sessionId} cancelled`);
  });
}

export async function purge(
  id: string | undefined,
  flags: Flags & { olderThan?: number; aggregate?: boolean },
): Promise<void> {
  const { olderThan, aggregate = false } = flags;
  if ((id === undefined) === (olderThan === undefined)) usage('give either a session id or --older-than');
  await withOperator(flags, async (connection) => {
    const { operator } = connection;
    const sessions =
      id === undefined
        ? (await operator.listSessions()).filter(isOlder(olderThan as number))
        : [await find(connection, id)];
    const purged: string[] = [];
    for (const { sessionId } of sessions) {
      await operator.purgeSession(sessionId, { aggregate });
      purged.push(sessionId);
    }
    createOutput(flags.json === true).result(
      { purged, aggregate },
      purged.map((sessionId) => `${sessionId} purged`).join('\n') || 'no session ended so long ago',
    );
  });
}

const isOlder =
  (ms: number) =>
  ({ phase, phaseSinceMs }: SessionSummary): boolean =>
    (phase === 'closed' || phase === 'aborted') && phaseSinceMs <= Date.now() - ms;

export async function result(id: string, flags: Flags & { output?: string; mean?: string }): Promise<void> {
  const { aggregateText, checkTargets, checkTargetsFor, writeAggregate } =
    await import('../aggregate-files.js');
  const targets = { sum: flags.output, mean: flags.mean };
  await checkTargets(targets);
  await withOperator(flags, async (connection) => {
    const { readOutcome } = await import('../../operator/outcome.js');
    const session = await find(connection, id);
    const { task } = await connection.operator.getTask(session.taskId);
    const outcome = await connection.operator.getOutcome(session.sessionId);
    const aggregate = readOutcome(task, outcome, connection.trust.anchors.coordinator);
    checkTargetsFor(targets, Object.keys(aggregate.vectors).length);
    createOutput(flags.json === true).result(
      { session: session.sessionId, ...aggregate },
      aggregateText(aggregate),
    );
    await writeAggregate(aggregate, targets, new Map());
  });
}
