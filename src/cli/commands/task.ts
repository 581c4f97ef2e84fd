/** `blindsum task`: what is aggregated again and again, written by the operator, signed by the organiser. */
import { Command } from 'commander';
import type { TaskSummary } from '../../rpc/operator-api.js';
import { type ConnectionFlags, withConnection, withOperator } from '../connection.js';
import { createOutput, jsonValue } from '../output.js';
import { pick } from '../pick.js';

type Flags = ConnectionFlags & { readonly json?: boolean };

const SPEC_EXAMPLE = `
task.yaml:
  name: mean blood pressure
  participants: [a.pub, b.pub, c.pub]     # files beside this one, or hex keys; or: enrolled (then also maxParticipants)
  maxWeight: 1000                         # makes the task weighted; leave out for a plain sum
  scope: { kind: static, dataset: default } # or { kind: evolving } for training
  vectors:
    - { name: x, length: 1000, clip: 10 } # also: scale, bits, weighted; clip may be a list, one per coordinate

With suite ckks/sumkey (floats, encrypted; README, "Which suite"), besides:
  suite: ckks/sumkey
  encoding: coefficients                  # the default; or slots (SEAL's encoder: package node-seal, twice the bytes)
  vectors:
    - { name: x, length: 1000, clip: 10, precision: 1e-9, bits: 60 }
      # precision: the largest error of a coordinate of the sum that is acceptable; without it as fine as fits
      # bits: of the modulus, 60 (the default) or 54 (a tenth less to upload, less precise); the same for all vectors

Example:
  blindsum task create --spec task.yaml --organiser dev/organiser.key`;

export function taskCommand(): Command {
  const task = new Command('task').description('create, list, show and close tasks');
  task.addCommand(
    withConnection(
      new Command('create')
        .description('sign a task and give it to the coordinator; prints the task id')
        .requiredOption('--spec <file>', 'YAML description of the task')
        .requiredOption('--organiser <key>', "the organiser's private key file")
        .option('--json', 'print JSON')
        .addHelpText('after', SPEC_EXAMPLE),
      { token: true },
    ).action(create),
  );
  task.addCommand(
    withConnection(
      new Command('list')
        .description('all tasks')
        .addHelpText('after', '\nExample:\n  blindsum task list')
        .option('--json', 'print JSON'),
      {
        token: true,
      },
    ).action(list),
  );
  task.addCommand(
    withConnection(
      new Command('show')
        .description('one task in full')
        .addHelpText('after', '\nExample:\n  blindsum task show 3fa9')
        .argument('<id>', 'task id or a prefix of it')
        .option('--json', 'print JSON'),
      { token: true },
    ).action(show),
  );
  task.addCommand(
    withConnection(
      new Command('close')
        .description('no more sessions of this task')
        .addHelpText('after', '\nExample:\n  blindsum task close 3fa9')
        .argument('<id>', 'task id or a prefix of it')
        .option('--json', 'print JSON'),
      { token: true },
    ).action(close),
  );
  return task;
}

async function create(flags: Flags & { spec: string; organiser: string }): Promise<void> {
  const { readTaskSpec } = await import('../task-file.js');
  const { readSigner } = await import('../../client/node/key-files.js');
  const { signTask } = await import('../../operator/task-spec.js');
  const { chooseSuite } = await import('../../operator/choose-suite.js');
  const { describeTask, taskText } = await import('../task-text.js');
  const { taskWarnings } = await import('../../operator/task-warnings.js');
  const { systemRandom } = await import('../../../crypto/random.js');
  const { spec, identities } = readTaskSpec(flags.spec);
  const signed = signTask(spec, identities, readSigner(flags.organiser), systemRandom);
  const chosen = chooseSuite(spec, signed.task.maxParticipants);
  await withOperator(flags, async ({ operator }) => {
    const { taskCodec } = await import('../../protocol/documents.js');
    const others = (await operator.listTasks()).map(({ task }) => taskCodec.decode(task.payload));
    const { taskId } = await operator.createTask(signed.signed, signed.pinned);
    const described = describeTask(signed.task);
    const warnings = taskWarnings(signed.task, others);
    const output = createOutput(flags.json === true);
    if (chosen !== null) output.note(`suite ${chosen.suite}: ${chosen.why}`);
    for (const warning of warnings) output.note(`warning: ${warning}`);
    output.result({ taskId, ...described, warnings }, `${taskId}\n${taskText(described)}`);
  });
}

async function list(flags: Flags): Promise<void> {
  await withOperator(flags, async ({ operator }) => {
    const { taskCodec } = await import('../../protocol/documents.js');
    const rows = (await operator.listTasks()).map((summary) => ({
      ...brief(summary),
      name: taskCodec.decode(summary.task.payload).name,
    }));
    createOutput(flags.json === true).result(
      rows,
      rows
        .map(
          ({ taskId, name, sessions, closed }) =>
            `${taskId}  ${name}  ${sessions} sessions${closed ? '  closed' : ''}`,
        )
        .join('\n') || 'no tasks',
    );
  });
}

async function show(id: string, flags: Flags): Promise<void> {
  await withOperator(flags, async ({ operator }) => {
    const { taskCodec } = await import('../../protocol/documents.js');
    const { taskNumbers } = await import('../../operator/task-spec.js');
    const summary = pick(await operator.listTasks(), idOf, id, 'task');
    const task = taskCodec.decode(summary.task.payload);
    const value = { ...brief(summary), ...task, ...taskNumbers(task), participants: summary.pinned };
    const { stringify } = await import('yaml');
    createOutput(flags.json === true).result(
      value,
      stringify(JSON.parse(JSON.stringify(value, jsonValue))).trimEnd(),
    );
  });
}

async function close(id: string, flags: Flags): Promise<void> {
  await withOperator(flags, async ({ operator }) => {
    const { taskId } = pick(await operator.listTasks(), idOf, id, 'task');
    await operator.closeTask(taskId);
    createOutput(flags.json === true).result({ taskId, closed: true }, `${taskId} closed`);
  });
}

const brief = ({ taskId, sessions, closed, createdMs }: TaskSummary) => ({
  taskId,
  sessions,
  closed,
  created: new Date(createdMs).toISOString(),
});

const idOf = ({ taskId }: TaskSummary): string => taskId;
