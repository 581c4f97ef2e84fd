/** Sum and mean as files and as text; shape and type as the participant's own input had them. */
import type { DecodedAggregate } from '../protocol/quantise.js';
import { type NamedVector, writeVectors } from './vector-files/index.js';

/** How a vector looked in the input; a flat float64 vector where that is not known. */
export type Shapes = ReadonlyMap<string, Pick<NamedVector, 'shape' | 'dtype'>>;

export async function writeAggregate(
  aggregate: DecodedAggregate,
  paths: { sum?: string | undefined; mean?: string | undefined },
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
