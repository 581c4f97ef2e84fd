/** Input files of `contribute` against the vectors of the task. */
import type { Task } from '../protocol/documents.js';
import { refuse } from '../protocol/errors.js';
import { type NamedVector, readVectors } from './vector-files/index.js';
import { usage } from './errors.js';

/** @param args `file` or `name=file`, as given on the command line */
export async function readInputs(args: readonly string[]): Promise<NamedVector[]> {
  const vectors = (await Promise.all(args.map(readInput))).flat();
  const names = vectors.filter(({ unnamed }) => unnamed !== true).map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) usage(`--input gives vector ${twice} twice`);
  return vectors;
}

async function readInput(argument: string): Promise<NamedVector[]> {
  const match = /^([^=/\\]+)=(.+)$/.exec(argument);
  return match === null
    ? await readVectors({ path: argument })
    : await readVectors({ path: match[2] as string, name: match[1] as string });
}

/**
 * Vectors by their name in the task. A single file without a name is the task's only vector.
 * @throws BlindsumError MISSING_VECTOR, WRONG_LENGTH (fault caller)
 */
export function bindInputs(inputs: readonly NamedVector[], task: Task): Map<string, NamedVector> {
  const [only] = inputs;
  const [spec] = task.vectors;
  const bound =
    inputs.length === 1 && task.vectors.length === 1 && only?.unnamed === true
      ? new Map([[spec?.name as string, only]])
      : new Map(inputs.map((vector) => [vector.name, vector]));
  for (const { name, length } of task.vectors) {
    const vector = bound.get(name);
    if (vector === undefined) {
      refuse(
        'MISSING_VECTOR',
        'caller',
        `the task needs a vector named ${name}: give it with --input ${name}=FILE`,
      );
    }
    if (vector.values.length !== length) {
      refuse(
        'WRONG_LENGTH',
        'caller',
        `vector ${name} has ${vector.values.length} coordinates, the task says ${length}`,
      );
    }
  }
  return bound;
}
