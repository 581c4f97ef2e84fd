/**
 * The numbers of a session (PROTOCOL §2): quorum, spare, bits. All of them follow from the organiser-signed task and the
 * size of the electorate; nobody takes one from the other side without recomputing it (attacks A6, A7, C12).
 */
import type { Parameters } from './context.js';
import { type Task, type VectorSpec, WEIGHT_VECTOR } from './documents.js';
import { refuse } from './errors.js';

/** n_C that `task create` proposes for an electorate of `size`. */
export const proposedColluders = (size: number): number => Math.max(1, Math.ceil(size / 3) - 1);

/** q = ⌊(N + n_C)/2⌋ + 1: two quorums of an electorate of N share an honest signer even with n_C double signers. */
export const quorum = (electorateSize: number, maxColluders: number): number =>
  Math.floor((electorateSize + maxColluders) / 2) + 1;

/** Survivors without which the session aborts. */
export const neededSurvivors = (task: Task, electorateSize: number): number =>
  Math.max(quorum(electorateSize, task.maxColluders), task.minSurvivors);

/** Smallest b with 2^b ≥ 2·N·⌈W·s·C⌉ + 1: N values of magnitude ⌈W·s·C⌉ never wrap. May exceed 32. */
export function requiredBits(
  vector: Omit<VectorSpec, 'bits' | 'name' | 'length'>,
  participants: number,
  maxWeight: number | null,
): number {
  const clip = typeof vector.clip === 'number' ? vector.clip : vector.clip.reduce((a, b) => Math.max(a, b));
  const weight = vector.weighted ? (maxWeight ?? 1) : 1;
  return bitsFor(2 * participants * Math.ceil(weight * vector.scale * clip) + 1);
}

/** Smallest b with 2^b ≥ N·W + 1. */
export const weightBits = (participants: number, maxWeight: number): number =>
  bitsFor(participants * maxWeight + 1);

function bitsFor(values: number): number {
  let bits = 1;
  while (2 ** bits < values) bits += 1;
  return bits;
}

export interface VectorLayout {
  readonly name: string;
  readonly length: number;
  readonly bits: number;
  readonly byteLength: number;
}

/** The vectors of an upload in order: those of the task, then the hidden weight when the task is weighted. */
export function layoutOf(task: Task): VectorLayout[] {
  const layout = task.vectors.map(({ name, length, bits }) => ({ name, length, bits }));
  if (task.maxWeight !== null) {
    layout.push({ name: WEIGHT_VECTOR, length: 1, bits: weightBits(task.maxParticipants, task.maxWeight) });
  }
  return layout.map((vector) => ({ ...vector, byteLength: Math.ceil((vector.length * vector.bits) / 8) }));
}

/** Bytes of the packed aggregate. */
export const packedBytes = (layout: readonly VectorLayout[]): number =>
  layout.reduce((total, vector) => total + vector.byteLength, 0);

/**
 * Refuses a task of a masking suite that nobody should run, whoever signed it.
 * @param extensions critical ones that the suite knows
 * @throws BlindsumError BAD_TASK, WOULD_WRAP, TOO_FEW_PARTICIPANTS, UNSUPPORTED (fault peer)
 */
export function checkTask(task: Task, extensions: readonly string[] = []): void {
  checkTaskForm(task, extensions);
  for (const vector of task.vectors) checkVector(vector, task);
  if (task.maxWeight !== null && weightBits(task.maxParticipants, task.maxWeight) > 32) {
    refuse(
      'WOULD_WRAP',
      'peer',
      `the sum of weights needs ${weightBits(task.maxParticipants, task.maxWeight)} bits, more than 32`,
    );
  } // check: B2, C7
}

/**
 * What holds for the tasks of all suites.
 * @param extensions critical ones that the suite knows
 * @throws BlindsumError BAD_TASK, TOO_FEW_PARTICIPANTS, UNSUPPORTED (fault peer)
 */
export function checkTaskForm(task: Task, extensions: readonly string[] = []): void {
  const electorate = task.pinned?.size ?? task.maxParticipants;
  if (electorate < 3)
    refuse('TOO_FEW_PARTICIPANTS', 'peer', `a task needs at least 3 participants, not ${electorate}`); // check: A7
  if (electorate > task.maxParticipants)
    refuse('BAD_TASK', 'peer', 'more participants are pinned than the task allows');
  if (task.maxColluders >= electorate)
    refuse('BAD_TASK', 'peer', 'maxColluders must be smaller than the electorate'); // check: A6
  const unknown = task.critical.filter((extension) => !extensions.includes(extension));
  if (unknown.length > 0) {
    refuse(
      'UNSUPPORTED',
      'peer',
      `the task needs extensions this version does not know: ${unknown.join(', ')}`,
    );
  } // check: A7
  const names = new Set(task.vectors.map((vector) => vector.name));
  if (names.size !== task.vectors.length || names.has(WEIGHT_VECTOR)) {
    refuse('BAD_TASK', 'peer', `vector names must be unique and not ${WEIGHT_VECTOR}`);
  }
  const weighted = task.vectors.some((vector) => vector.weighted);
  if (weighted !== (task.maxWeight !== null)) {
    refuse('BAD_TASK', 'peer', 'maxWeight must be given exactly when a vector is weighted');
  }
  for (const { name, clip, length } of task.vectors) {
    if (typeof clip !== 'number' && clip.length !== length)
      refuse('BAD_TASK', 'peer', `vector ${name}: one clip per coordinate needs ${length} of them`); // check: B2
  }
}

function checkVector(vector: VectorSpec, task: Task): void {
  if (vector.bits > 32)
    refuse(
      'BAD_TASK',
      'peer',
      `vector ${vector.name}: suite ${task.suite} sums at most 32 bits, not ${vector.bits}`,
    ); // check: B2
  const needed = requiredBits(vector, task.maxParticipants, task.maxWeight);
  if (needed > vector.bits) {
    const hint = needed > 32 ? ', more than 32: lower scale, clip or the maximum weight' : '';
    refuse(
      'WOULD_WRAP',
      'peer',
      `vector ${vector.name}: the sum needs ${needed} bits but has ${vector.bits}${hint}`,
    );
  } // check: B2, C7
}

/**
 * The numbers that the coordinator states with the roster: exactly those that follow from the task.
 * @throws BlindsumError BELOW_POLICY (fault peer)
 */
export function checkStated(stated: Parameters, expected: Parameters): void {
  const same =
    Object.keys(stated).length === Object.keys(expected).length && // check: C12
    Object.entries(expected).every(([name, value]) => stated[name] === value); // check: A7, C12
  if (!same) {
    const given = Object.entries(expected).map(([name, value]) => `${name} = ${value}`);
    const message = `the coordinator states other numbers than the task gives (${given.join(', ')})`;
    refuse('BELOW_POLICY', 'peer', message);
  }
}
