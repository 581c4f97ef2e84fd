/** The inputs of a simulation, of the kind that its suite sums: integers of fixed point, or floats. */
import type { TaskSpecInput } from '../../operator/index.js';
import type { Task } from '../../protocol/documents.js';

export interface SimulatedInputs {
  /** As the task describes it. */
  readonly vector: Omit<TaskSpecInput['vectors'][number], 'name'>;
  readonly encoding?: TaskSpecInput['encoding'];
  /** What a participant contributes, the same each time. */
  of(participant: number): Float32Array | Float64Array;
  /** The sum over `participants`, kept apart from the protocol. */
  expected(participants: readonly number[]): Float64Array;
  /** Largest absolute error of a coordinate of the sum over so many; 0: none. */
  errorBound(task: Task, participants: number): number;
}
