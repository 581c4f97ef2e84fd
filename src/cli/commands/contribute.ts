/** `blindsum contribute`: take part in one session with vectors from files, and write the sum and the mean. */
import { Command } from 'commander';
import { type ConnectionFlags, resolveConnection, withConnection } from '../connection.js';
import { onInterrupt } from '../interrupt.js';
import { createOutput } from '../output.js';
import type { NamedVector } from '../vector-files/index.js';

interface ContributeFlags extends ConnectionFlags {
  readonly task: string;
  readonly identity: string;
  readonly cert?: string;
  readonly input: readonly string[];
  readonly weight?: number;
  readonly output?: string;
  readonly mean?: string;
  readonly clip?: boolean;
  readonly dataset?: string;
  readonly journal?: string;
  readonly grant?: readonly string[];
  readonly resume?: boolean;
  readonly answersInput?: boolean;
  readonly receipts?: string;
  readonly json?: boolean;
}

export function contributeCommand(): Command {
  const command = new Command('contribute')
    .description(
      'send vectors, masked or encrypted as the task says, to its next session; get the sum and the mean back',
    )
    .requiredOption('--task <id>', 'task id, in full')
    .requiredOption('--identity <key>', 'your private key file')
    .option('--cert <file>', 'your certificate; not needed when the task lists your key')
    .requiredOption(
      '--input <file...>',
      '.npy, .safetensors, .f32 or .json; name=file when the task has several vectors',
    )
    // Its range is the task's: the client answers with BAD_WEIGHT.
    .option('--weight <n>', 'integer weight, for a weighted task (it stays hidden, too)', Number)
    .option('--output <file>', 'where the sum goes')
    .option('--mean <file>', 'where the mean goes')
    .option('--clip', 'cut coordinates beyond the clip of the task instead of refusing them')
    .option('--dataset <name>', 'your name for this data, as pinned in the policy')
    .option(
      '--answers-input',
      'the files were made from the input (model, question) of the session that comes next; needed for evolving tasks',
    )
    .option('--journal <file>', 'durable record of what you sent; default: the key file with .journal')
    .option(
      '--receipts <dir>',
      'write the receipt there, too: a folder named by the session, with a proof for each message',
    )
    .option('--grant <file...>', "organiser's exceptions of the one-vote rule (your policy must accept them)")
    .option('--resume', 'keep secrets in the journal, so that a restarted process can go on with the session')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  blindsum contribute --task 3fa9… --identity a.key --cert a.cert --input x.npy --weight 12 --output sum.npy --mean mean.npy',
    );
  return withConnection(command, { token: false }).action(contribute);
}

async function contribute(flags: ContributeFlags): Promise<void> {
  const output = createOutput(flags.json === true);
  const connection = await resolveConnection(flags);
  const { readInputs, bindInputs } = await import('../inputs.js');
  const { aggregateText, checkTargets, checkTargetsFor, writeAggregate } =
    await import('../aggregate-files.js');
  // Before anything else, so that a bad file costs no session.
  const inputs = await readInputs(flags.input);
  const targets = { sum: flags.output, mean: flags.mean };
  await checkTargets(targets);
  const { makeFolder, writeReceipt } = await import('../../client/node/receipt-folder.js');
  if (flags.receipts !== undefined) makeFolder(flags.receipts);
  const { connect } = await import('../../client/node/index.js');
  const { readSigned } = await import('../../client/node/key-files.js');
  const { showProgress } = await import('../contribute-progress.js');
  const grants = (flags.grant ?? []).map((path) => readSigned(path, 'GRANT'));
  const interrupt = onInterrupt();
  const client = await connect({
    coordinator: connection.coordinator,
    trust: connection.trust,
    identity: flags.identity,
    insecure: connection.insecure,
    onWarning: (warning) => output.note(warning),
    ...(connection.clientTls === undefined ? {} : { clientTls: connection.clientTls }),
    ...(flags.cert === undefined ? {} : { cert: flags.cert }),
    ...(flags.journal === undefined ? {} : { journal: flags.journal }),
  });
  const progress = await showProgress(output);
  let bound: ReadonlyMap<string, NamedVector> = new Map();
  const kept: string[] = [];
  try {
    const result = await client.contribute({
      task: flags.task,
      vectors: {
        forTask(task) {
          checkTargetsFor(targets, task.vectors.length);
          bound = bindInputs(inputs, task);
          return {
            vectors: Object.fromEntries([...bound].map(([name, vector]) => [name, vector.values])),
            weight: flags.weight ?? null,
          };
        },
      },
      clipping: flags.clip === true ? 'clip' : 'reject',
      resume: flags.resume === true,
      grants,
      signal: interrupt.signal,
      onProgress(event) {
        if (event.type === 'receipt' && event.log !== null) kept.push(event.session);
        progress.event(event);
      },
      answersInput: flags.answersInput === true,
      ...(flags.dataset === undefined ? {} : { dataset: flags.dataset }),
    });
    progress.stop();
    const aggregate = {
      survivors: result.survivors,
      weight: result.weight,
      vectors: Object.fromEntries(
        Object.keys(result.sum).map((name) => [
          name,
          { sum: result.sum[name] as Float64Array, mean: result.mean[name] as Float64Array },
        ]),
      ),
    };
    // First, so that a disk that is full by now does not cost the sum.
    output.result(
      {
        session: result.receipt.session,
        number: result.receipt.number,
        ...aggregate,
        output: flags.output ?? null,
        mean: flags.mean ?? null,
        log: result.receipt.log,
        logProblem: result.receipt.problem,
      },
      aggregateText(aggregate),
    );
    await writeAggregate(aggregate, targets, bound);
  } finally {
    progress.stop();
    for (const session of flags.receipts === undefined ? [] : kept)
      writeReceipt(flags.receipts as string, session, (await client.receipt(session)) ?? []);
    await client.close();
    interrupt.dispose();
  }
}
