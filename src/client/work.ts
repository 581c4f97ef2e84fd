/** The participant's own work: the input with the hash that was opened, then the caller's function, then nothing else. */
import { equalBytes } from '../../crypto/bytes.js';
import type { Opened } from '../protocol/client/state.js';
import type { Task } from '../protocol/documents.js';
import { BlindsumError, refuse } from '../protocol/errors.js';
import type { Data } from '../protocol/policy.js';
import type { PlainInput } from '../protocol/quantise.js';
import { inputHash } from '../protocol/statements.js';
import { rank } from './phases.js';
import { cancelled } from '../rpc/retry.js';
import { ask, type Run } from './run.js';
import type { Contribution, ContributeOptions, TaskValues, Vectors, Work } from './types.js';

/** Values, or the caller's function; nothing that needs the task any more. */
export type ReadyOptions = ContributeOptions & { readonly vectors: Vectors | Work };

/** @throws whatever `forTask` throws */
export function readyOptions(options: ContributeOptions, task: Task): ReadyOptions {
  const { vectors } = options;
  if (!isTaskValues(vectors)) return { ...options, vectors };
  const given = vectors.forTask(task);
  return { ...options, vectors: given.vectors, weight: given.weight ?? options.weight ?? null };
}

/** What the caller says of its values, or what their kind says. */
export const dataOf = ({ dataset, answersInput, vectors }: ReadyOptions): Data => ({
  dataset: dataset ?? null,
  answersInput: answersInput ?? typeof vectors === 'function',
});

/** @throws BlindsumError INPUT_MISMATCH, LATE; whatever the caller's function throws */
export async function doWork(
  run: Run,
  opened: Opened,
  vectors: ReadyOptions['vectors'],
): Promise<PlainInput> {
  const of = { session: run.id, number: run.number };
  const { weight = null, clipping = 'reject' } = run.options;
  const named = opened.opening.input;
  if (typeof vectors !== 'function') return { vectors, weight, clipping };
  const input = named === null ? null : await download(run, named);
  run.emit({ type: 'working', ...of });
  const gone = whenTooLate(run);
  try {
    const info = {
      id: run.id,
      number: run.number,
      task: opened.task,
      opening: opened.opening,
      policy: opened.anchors.policy,
      inputHash: named,
      signal: gone.signal,
    };
    const made = await vectors(input, info);
    if (run.signal.aborted) throw cancelled(run.signal);
    const given = isContribution(made) ? made : { vectors: made };
    return { vectors: given.vectors, weight: given.weight ?? weight, clipping };
  } finally {
    gone.stop();
  }
}

async function download(run: Run, named: Uint8Array): Promise<Uint8Array> {
  const input = await ask(run, (signal) => run.env.transport.getInput(run.id, signal));
  if (!equalBytes(inputHash(input), named))
    refuse('INPUT_MISMATCH', 'peer', 'the downloaded input does not have the hash that the opening names'); // check: A1
  run.emit({ type: 'input', session: run.id, number: run.number, bytes: input.length });
  return input;
}

/** Aborts when the caller cancels or r0 closes. */
function whenTooLate(run: Run): { signal: AbortSignal; stop(): void } {
  const late = new AbortController();
  const message = 'the session went on without this participant';
  run.phases
    .until(({ phase }) => rank(phase) > rank('r0'))
    .then(
      () => late.abort(new BlindsumError('LATE', 'self', message)),
      () => undefined,
    );
  return { signal: AbortSignal.any([late.signal, run.signal]), stop: () => late.abort() };
}

/** A vector may be named "forTask", too. */
function isTaskValues(vectors: ContributeOptions['vectors']): vectors is TaskValues {
  return typeof vectors === 'object' && typeof vectors['forTask' as keyof typeof vectors] === 'function';
}

/** A task may have a vector named "vectors": its value has a length, a record of vectors has not. */
function isContribution(made: Contribution | Vectors): made is Contribution {
  return Object.hasOwn(made, 'vectors') && !('length' in (made.vectors as object));
}
