/** The inputs of a simulation, of the kind that its suite sums: integers of fixed point, or floats. */
import type { TaskSpecInput } from '../../operator/index.js';
import type { Task } from '../../protocol/documents.js';

export const VECTOR = 'x';

export interface SimulatedContribution {
  readonly vectors: Readonly<Record<string, Float32Array | Float64Array>>;
  readonly weight: number | null;
}

export interface PlainSum {
  readonly vectors: Readonly<Record<string, Float64Array>>;
  /** Σ w; null when nothing is weighted. */
  readonly weight: number | null;
}

export interface SimulatedInputs {
  /** As the task describes them. */
  readonly vectors: TaskSpecInput['vectors'];
  readonly maxWeight?: number;
  readonly encoding?: TaskSpecInput['encoding'];
  /** What a participant contributes, the same each time. */
  of(participant: number): SimulatedContribution;
  /** The sum over `participants`, kept apart from the protocol. */
  expected(participants: readonly number[]): PlainSum;
  /** Largest absolute error of a coordinate of the sum over so many; 0: none. */
  errorBound(task: Task, participants: number): number;
}
