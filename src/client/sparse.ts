/**
 * Sparse vectors (SECURITY, "What is not"): where only one participant's coordinate is not zero, the sum is its value. The
 * protocol cannot see that; the participant, and nobody else, can see how sparse its own vector is (attack A13).
 */
import type { Task } from '../protocol/documents.js';
import type { VectorInput } from '../protocol/quantise.js';

/** Below this, zeros are no sign of a sparse vector. */
const SHORT = 32;
/** One coordinate in ten and less. */
const FEW = 0.1;

export interface SparseVector {
  readonly vector: string;
  readonly nonZero: number;
  readonly length: number;
}

/** Vectors of the task of which few coordinates, but some, are not zero after rounding. */
export function sparseVectors(task: Task, input: VectorInput): SparseVector[] {
  return task.vectors.flatMap(({ name, length }, index) => {
    const values = input[index] as VectorInput[number];
    let nonZero = 0;
    for (let at = 0; at < length; at += 1) if (values[at] !== 0) nonZero += 1;
    const isSparse = length >= SHORT && nonZero > 0 && nonZero <= length * FEW;
    return isSparse ? [{ vector: name, nonZero, length }] : [];
  });
}
