/** Sum and mean as files and as text; shape and type as the participant's own input had them. */
import { access, constants, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { systemProblem } from '../client/node/files.js';
import type { DecodedAggregate } from '../protocol/quantise.js';
import { usage } from './errors.js';
import { type NamedVector, VECTOR_FILE_EXTENSIONS, writeVectors } from './vector-files/index.js';

/** How a vector looked in the input; a flat float64 vector where that is not known. */
export type Shapes = ReadonlyMap<string, Pick<NamedVector, 'shape' | 'dtype'>>;

/** Where the sum and the mean go. */
export interface Targets {
  readonly sum?: string | undefined;
  readonly mean?: string | undefined;
}

const FLAGS = { sum: '--output', mean: '--mean' } as const;
/** Formats with room for one vector. */
const SINGLE: readonly string[] = ['.npy', '.f32'];

/** Before any session: whether the files can be written when it is over. @throws BlindsumError USAGE */
export async function checkTargets(targets: Targets): Promise<void> {
  for (const kind of ['sum', 'mean'] as const) {
    const path = targets[kind];
    if (path !== undefined) await checkTarget(FLAGS[kind], path);
  }
  const { sum, mean } = targets;
  if (sum !== undefined && mean !== undefined && resolve(sum) === resolve(mean))
    usage(`--output and --mean name the same file, ${sum}`);
}

async function checkTarget(flag: string, path: string): Promise<void> {
  if (!VECTOR_FILE_EXTENSIONS.includes(extname(path).toLowerCase()))
    usage(`${flag} ${path}: the name must end in ${VECTOR_FILE_EXTENSIONS.join(', ')}`);
  const folder = dirname(path);
  const about = await stat(folder).catch((cause: unknown) =>
    usage(`${flag} ${path}: the folder ${folder}: ${systemProblem(cause)}`),
  );
  if (!about.isDirectory()) usage(`${flag} ${path}: ${folder} is not a folder`);
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: unknown) =>
    usage(`${flag} ${path}: the folder ${folder} cannot be written to: ${systemProblem(cause)}`),
  );
  const there = await stat(path).catch(() => null);
  if (there?.isDirectory() === true) usage(`${flag} ${path}: it is a folder`);
}

/** @throws BlindsumError USAGE when a file of one vector would have to hold several */
export function checkTargetsFor(targets: Targets, vectors: number): void {
  for (const kind of ['sum', 'mean'] as const) {
    const path = targets[kind];
    if (path !== undefined && vectors > 1 && SINGLE.includes(extname(path).toLowerCase()))
      usage(
        `${FLAGS[kind]} ${path}: the task has ${vectors} vectors and this format holds one; use .safetensors or .json`,
      );
  }
}

export async function writeAggregate(
  aggregate: DecodedAggregate,
  paths: Targets,
  shapes: Shapes,
): Promise<void> {
  for (const kind of ['sum', 'mean'] as const) {
    const path = paths[kind];
    if (path !== undefined)
      await writeVectors(
        path,
        Object.entries(aggregate.vectors).map(([name, vector]) => shaped(name, vector[kind], kind, shapes)),
      );
  }
}

function shaped(name: string, values: Float64Array, kind: 'sum' | 'mean', shapes: Shapes): NamedVector {
  const { shape, dtype } = shapes.get(name) ?? { shape: [values.length], dtype: 'float64' };
  // A mean of integers is not an integer.
  const fitting = kind === 'mean' && !dtype.includes('float') ? 'float64' : dtype;
  return { name, shape, dtype: fitting, values: fitting === 'float32' ? Float32Array.from(values) : values };
}

const SHOWN = 6;

export function aggregateText(aggregate: DecodedAggregate): string {
  const numbers = (values: Float64Array) =>
    `${Array.from(values.subarray(0, SHOWN), (value) => Number(value.toPrecision(6))).join(', ')}${values.length > SHOWN ? ', …' : ''}`;
  const weight = aggregate.weight === null ? '' : `, total weight ${aggregate.weight}`;
  return [
    `${aggregate.survivors} participants in the sum${weight}`,
    ...Object.entries(aggregate.vectors).map(
      ([name, { sum, mean }]) => `${name}: sum ${numbers(sum)}; mean ${numbers(mean)}`,
    ),
  ].join('\n');
}
