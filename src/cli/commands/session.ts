/** `blindsum session`: open, watch, cancel sessions and fetch their results. */
import { Command, Option } from 'commander';
import type { SessionSummary, TaskSummary } from '../../rpc/operator-api.js';
import {
  type ConnectionFlags,
  type OperatorConnection,
  withConnection,
  withOperator,
} from '../connection.js';
import { durationBetween, parseDuration } from '../durations.js';
import { usage } from '../errors.js';
import { onInterrupt } from '../interrupt.js';
import { createOutput, createProgress, type Output } from '../output.js';
import { pick } from '../pick.js';
import { describeSession, sessionLine } from '../session/text.js';
import type { SessionView } from '../session/watch.js';

type Flags = ConnectionFlags & { readonly json?: boolean };

const phaseTime = (flag: string, description: string): Option =>
  new Option(flag, `${description}, 1s to 30d`)
    .argParser(durationBetween('1s', '30d'))
    .default(parseDuration('60s'), '60s');

export function sessionCommand(): Command {
  const session = new Command('session').description(
    'open, list, show, watch, cancel sessions; fetch results and transcripts',
  );
  const add = (command: Command): Command =>
    withConnection(command.option('--json', 'print JSON'), { token: true });
  session.addCommand(
    add(
      new Command('open')
        .description('invite the participants of a task to one sum')
        .requiredOption('--task <id>', 'task id or a prefix of it')
        .option(
          '--input <file>',
          'model or query that every participant works on; its hash is part of the session',
        )
        .addOption(phaseTime('--join <duration>', 'how long participants may join'))
        .addOption(phaseTime('--round <duration>', 'longest time of every later round'))
        .option('--grant <file...>', "organiser's exceptions of the one-vote rule that this session may use")
        .addHelpText('after', '\nExample:\n  blindsum session open --task 3fa9 --join 60s'),
    ).action(open),
  );
  session.addCommand(
    add(
      new Command('list')
        .description('all sessions')
        .addHelpText('after', '\nExample:\n  blindsum session list --task 3fa9')
        .option('--task <id>', 'only of this task'),
    ).action(list),
  );
  session.addCommand(
    add(
      new Command('show')
        .description('one session')
        .addHelpText('after', '\nExample:\n  blindsum session show 258d')
        .argument('<id>', 'session id or a prefix'),
    ).action(show),
  );
  session.addCommand(
    add(
      new Command('watch')
        .description(
          'follow a session until it ends: a bar for each round on a terminal, else a line for each change',
        )
        .addHelpText('after', '\nExit code: 0 closed, 1 aborted.\n\nExample:\n  blindsum session watch 258d')
        .argument('<id>', 'session id or a prefix'),
    ).action(watch),
  );
  session.addCommand(
    add(
      new Command('cancel')
        .description('abort a session')
        .addHelpText('after', '\nExample:\n  blindsum session cancel 258d --reason "wrong input"')
        .argument('<id>', 'session id or a prefix')
        .option('--reason <text>', 'told to the participants', 'cancelled by the operator'),
    ).action(cancel),
  );
  session.addCommand(
    add(
      new Command('result')
        .description('the sum and mean of an ended session')
        .addHelpText('after', '\nExample:\n  blindsum session result 258d --output sum.npy --mean mean.npy')
        .argument('<id>', 'session id or a prefix')
        .option('--output <file>', 'write the sum: .npy, .safetensors, .f32 or .json')
        .option('--mean <file>', 'write the mean'),
    ).action(result),
  );
  session.addCommand(
    add(
      new Command('purge')
        .description('delete sums, shares and input of ended sessions; transcript and aggregate stay')
        .addHelpText(
          'after',
          '\nExamples:\n  blindsum session purge 258d\n  blindsum session purge --older-than 30d',
        )
        .argument('[id]', 'session id or a prefix')
        .option('--older-than <duration>', 'all sessions that ended so long ago', parseDuration)
        .option('--aggregate', 'delete the aggregate too: only those who have it already keep it'),
    ).action(purge),
  );
  session.addCommand(
    add(
      new Command('export')
        .description('the transcript: every accepted signed message and every statement')
        .addHelpText('after', '\nExample:\n  blindsum session export 258d --out transcripts')
        .argument('<id>', 'session id or a prefix')
        .requiredOption('--out <dir>', 'folder to write to'),
    ).action(exportTranscript),
  );
  return session;
}

async function open(
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

async function list(flags: Flags & { task?: string }): Promise<void> {
  await withOperator(flags, async (connection) => {
    const task = flags.task === undefined ? undefined : await findTask(connection, flags.task);
    const sessions = await connection.operator.listSessions(task?.taskId);
    createOutput(flags.json === true).result(
      sessions.map(describeSession),
      sessions.map(sessionLine).join('\n') || 'no sessions',
    );
  });
}

async function show(id: string, flags: Flags): Promise<void> {
  await withOperator(flags, async (connection) => {
    const session = await find(connection, id);
    createOutput(flags.json === true).result(describeSession(session), sessionLine(session));
  });
}

async function watch(id: string, flags: Flags): Promise<void> {
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
  const { barView, lineView } = await import('../session/watch.js');
  if (process.stdout.isTTY) return barView(process.stdout);
  return lineView((line) => output.result(null, line));
}

async function cancel(id: string, flags: Flags & { reason: string }): Promise<void> {
  await withOperator(flags, async (connection) => {
    const { sessionId } = await find(connection, id);
    await connection.operator.cancelSession(sessionId, flags.reason);
    createOutput(flags.json === true).result({ sessionId, cancelled: true }, `${sessionId} cancelled`);
  });
}

async function purge(
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

async function result(id: string, flags: Flags & { output?: string; mean?: string }): Promise<void> {
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

async function exportTranscript(id: string, flags: Flags & { out: string }): Promise<void> {
  await withOperator(flags, async (connection) => {
    const { writeTranscript } = await import('../transcript-files.js');
    const session = await find(connection, id);
    const written = await writeTranscript(
      flags.out,
      session,
      connection.operator.exportSession(session.sessionId),
    );
    createOutput(flags.json === true).result(written, `${written.path}: ${written.entries} records`);
  });
}
