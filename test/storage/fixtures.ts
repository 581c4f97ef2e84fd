/** Rows, records and accumulators for the tests of the stores. Contents mean nothing: a store does not look into them. */
import type { Signed } from '../../src/protocol/signed.js';
import type {
  Accumulator,
  CommitInput,
  PutRecord,
  SessionRow,
  Store,
  TaskRow,
  Transition,
  TransitionFrom,
} from '../../src/storage/port.js';

let used = 0;
/** 64 hex digits that no other call in this process returns. */
export const freshId = (): string => (++used).toString(16).padStart(64, '0');

/** What a store takes now: whether it was an orphan, by name. */
export const takenBy = async (store: Store): Promise<Record<string, boolean>> =>
  Object.fromEntries((await store.acquireLeases()).map(({ name, isOrphan }) => [name, isOrphan]));

/** Identity number i, in increasing order. */
export const party = (i: number): string => i.toString(16).padStart(64, '0');

/** `length` bytes that depend on `text`. */
export function bytesOf(text: string, length = 32): Uint8Array {
  let state = 2166136261;
  for (const char of text) state = Math.imul(state ^ char.charCodeAt(0), 16777619);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (state = Math.imul(state, 1664525) + 1013904223) >>> 24;
  return bytes;
}

export const signedOf = (text: string): Signed => ({
  payload: bytesOf(text, 40),
  signature: bytesOf(`signature of ${text}`, 64),
});

export const taskRow = (more: Partial<TaskRow> = {}): TaskRow => ({
  id: freshId(),
  signed: signedOf('task'),
  pinned: [bytesOf('a'), bytesOf('b')],
  createdMs: 1_700_000_000_123,
  closed: false,
  ...more,
});

export const sessionRow = (taskId: string, more: Partial<SessionRow> = {}): SessionRow => ({
  id: freshId(),
  taskId,
  number: 1,
  opening: signedOf('opening'),
  electorate: [bytesOf('a'), bytesOf('b'), bytesOf('c')],
  input: null,
  phase: 'r0',
  version: 0,
  phaseSinceMs: 1_700_000_000_001,
  phaseDeadlineMs: 1_700_000_060_002,
  statements: {},
  tree: { size: 1, root: bytesOf('first root') },
  blamed: [],
  purgedMs: null,
  ...more,
});

/** A fresh task with one session, which begins in `phase`. */
export async function openSession(store: Store, more: Partial<SessionRow> = {}): Promise<SessionRow> {
  const task = taskRow();
  await store.putTask(task);
  const row = sessionRow(task.id, more);
  if (!(await store.createSession(row, [bytesOf('opening leaf')]))) throw new Error('not created');
  return row;
}

export const record = (more: Partial<PutRecord> = {}): PutRecord => ({
  kind: 'r0',
  sender: party(1),
  subject: '',
  signed: signedOf('message'),
  attachment: null,
  ...more,
});

export const change = (more: Partial<Transition> = {}): Transition => ({
  to: 'r1',
  phaseDeadlineMs: 1_700_000_120_003,
  leaves: [bytesOf('leaf 1'), bytesOf('leaf 2')],
  tree: { size: 3, root: bytesOf('second root') },
  ...more,
});

export const from = (row: SessionRow): TransitionFrom => ({ phase: row.phase, version: row.version });

/** Adds 32-bit integers modulo 2^32. Refuses a wrong length, and an unaligned sum. */
export function adder(coordinates: number): Accumulator {
  const byteLength = coordinates * 4;
  const add = (acc: Uint8Array, other: Uint8Array): void => {
    if (acc.length !== byteLength || other.length !== byteLength) throw new RangeError('wrong length');
    const sum = words(acc);
    const view = new DataView(other.buffer, other.byteOffset, byteLength);
    for (let i = 0; i < coordinates; i += 1) sum[i] = (sum[i] as number) + view.getUint32(4 * i, true);
  };
  return { byteLength, fold: add, merge: add };
}

/** The integers of a sum. @throws RangeError when it is not aligned */
export const words = (sum: Uint8Array): Uint32Array =>
  new Uint32Array(sum.buffer, sum.byteOffset, sum.length / 4);

/** The upload that counts participant i: coordinate i is 1, so that a sum tells who is in it, and how often. */
export function tally(i: number, coordinates: number): Uint8Array {
  const upload = new Uint8Array(coordinates * 4);
  upload[4 * i] = 1;
  return upload;
}

/** Which participants a sum of tallies contains; one that is in it more than once is shown with the number. */
export const tallied = (sum: Uint8Array): string[] =>
  [...words(sum)].flatMap((count, i) => {
    if (count === 0) return [];
    return count === 1 ? [party(i)] : [`${party(i)} × ${count}`];
  });

/** Overwrites every array inside, as a careless caller would. */
export function scribble(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0xee);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(scribble);
}

/** The same value with arrays of its own. */
export function clone<T>(value: T): T {
  if (value instanceof Uint8Array) return new Uint8Array(value) as T;
  if (Array.isArray(value)) return value.map(clone) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, clone(part)])) as T;
}

/** Every array inside. */
export function arraysIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(arraysIn) : [];
}

export const countOf = <T>(list: readonly T[], wanted: T): number =>
  list.filter((item) => item === wanted).length;

/** A size that no page, chunk or default limit holds. */
export const LARGE = 6 * 2 ** 20 + 4;

/** The r2 header of participant i. */
export const header = (i: number): PutRecord =>
  record({ kind: 'r2', sender: party(i), signed: signedOf(`header ${i}`), attachment: null });

/** What participant i commits after its header. */
export const input = (i: number, coordinates: number): CommitInput => ({
  sender: party(i),
  signed: signedOf(`header ${i}`),
  upload: tally(i, coordinates),
});

/** A session in r2 with the headers of participants 0…count-1. */
export async function sessionWithHeaders(store: Store, count: number): Promise<SessionRow> {
  const row = await openSession(store, { phase: 'r2' });
  for (let i = 0; i < count; i += 1) await store.putRecord(row.id, 'r2', header(i));
  return row;
}

/** Without the slow diff of an assertion on megabytes. */
export function sameAs(read: Uint8Array | null | undefined, wanted: Uint8Array): boolean {
  return read?.length === wanted.length && Buffer.compare(read, wanted) === 0;
}
