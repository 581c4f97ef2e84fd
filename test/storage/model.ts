/**
 * What a session in a store is, in the most obvious form: lists, and no cleverness. An operation gives the answer and a
 * new state; the conformance suite runs the same operations on a store and compares both.
 */
import fc from 'fast-check';
import type { Phase } from '../../src/protocol/phase.js';
import type { Signed } from '../../src/protocol/signed.js';
import type {
  Outcome,
  PutRecord,
  RecordKind,
  SessionRecord,
  StatementKind,
  Store,
  Transition,
  TransitionFrom,
} from '../../src/storage/port.js';
import { adder, bytesOf, party, signedOf } from './fixtures.js';

const COORDINATES = 4;
const fold = adder(COORDINATES);
const KINDS: readonly RecordKind[] = ['r0', 'r1', 'r2', 'answer', 'r3', 'r4'];
const PHASES: readonly Phase[] = ['r0', 'r1', 'r2', 'r3', 'r4', 'closed', 'aborted'];

export interface Model {
  readonly phase: Phase;
  readonly version: number;
  readonly phaseDeadlineMs: number;
  readonly tree: { readonly size: number; readonly root: Uint8Array };
  readonly statements: readonly (readonly [StatementKind, Signed])[];
  readonly blamed: readonly string[];
  readonly records: readonly PutRecord[];
  readonly uploads: readonly { readonly sender: string; readonly upload: Uint8Array }[];
  readonly leaves: readonly Uint8Array[];
  readonly aggregate: Uint8Array | null;
}

export type Operation =
  | { readonly do: 'put'; readonly phase: Phase; readonly record: PutRecord }
  | { readonly do: 'commit'; readonly sender: string; readonly signed: Signed; readonly upload: Uint8Array }
  | { readonly do: 'transition'; readonly from: TransitionFrom; readonly change: Transition };
export type Answer = Outcome | boolean | 'rejected';

/** Equal strings for equal values. */
export const show = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, part: unknown) => (part instanceof Uint8Array ? Buffer.from(part).toString('hex') : part),
    1,
  );

const ended = (model: Model): boolean => model.phase === 'closed' || model.phase === 'aborted';

export function run(model: Model, operation: Operation): [Answer, Model] {
  if (operation.do === 'put') return put(model, operation.phase, operation.record);
  if (operation.do === 'commit') return commit(model, operation);
  return transition(model, operation.from, operation.change);
}

const visible = ({ kind, sender, subject, signed, attachment }: PutRecord): SessionRecord => ({
  kind,
  sender,
  subject,
  signed,
  attachment,
});

function put(model: Model, phase: Phase, record: PutRecord): [Outcome, Model] {
  if (ended(model) || model.phase !== phase) return ['late', model];
  const place = ({ kind, sender, subject }: SessionRecord) => show([kind, sender, subject]);
  const earlier = model.records.find((other) => place(other) === place(record));
  if (earlier) return [show(visible(earlier)) === show(visible(record)) ? 'same' : 'conflict', model];
  const taken = model.records.some(
    (other) =>
      other.sender !== record.sender && other.unique?.some((value) => record.unique?.includes(value)),
  );
  return taken ? ['taken', model] : ['stored', { ...model, records: [...model.records, record] }];
}

function commit(model: Model, { sender, signed, upload }: Operation & { do: 'commit' }): [Outcome, Model] {
  if (model.phase !== 'r2') return ['late', model];
  const header = model.records.find((r) => r.kind === 'r2' && r.sender === sender && r.subject === '');
  if (!header || show(header.signed) !== show(signed)) return ['conflict', model];
  if (model.uploads.some((other) => other.sender === sender)) return ['same', model];
  return ['stored', { ...model, uploads: [...model.uploads, { sender, upload }] }];
}

function transition(model: Model, from: TransitionFrom, change: Transition): [Answer, Model] {
  if (ended(model) || model.phase !== from.phase || model.version !== from.version) return [false, model];
  for (const [kind, seen] of Object.entries(from.seen ?? {})) {
    const present =
      kind === 'inputs' ? model.uploads.length : model.records.filter((r) => r.kind === kind).length;
    if (seen !== present) return [false, model];
  }
  const { statement } = change;
  if (statement && model.statements.some(([kind]) => kind === statement.kind)) return ['rejected', model];
  const next: Model = {
    ...model,
    phase: change.to,
    version: model.version + 1,
    phaseDeadlineMs: change.phaseDeadlineMs,
    tree: change.tree,
    statements: statement ? [...model.statements, [statement.kind, statement.signed]] : model.statements,
    blamed: [...model.blamed, ...(change.blamed ?? []).filter((id) => !model.blamed.includes(id))],
    leaves: [...model.leaves, ...change.leaves],
    aggregate: change.aggregate ?? model.aggregate,
  };
  return [true, next];
}

/** The same operation on a store. */
export function perform(store: Store, sessionId: string, operation: Operation): Promise<Answer> {
  if (operation.do === 'put') return store.putRecord(sessionId, operation.phase, operation.record);
  if (operation.do === 'commit') return store.commitInput(sessionId, operation, fold);
  return store.transition(sessionId, operation.from, operation.change).catch((): Answer => 'rejected');
}

/** All that can be read of a session. */
export function expected(model: Model): string {
  const sum = new Uint8Array(fold.byteLength);
  for (const { upload } of model.uploads) fold.fold(sum, upload);
  const place = ({ sender, subject }: SessionRecord) => `${sender} ${subject}`;
  const { phase, version, phaseDeadlineMs, tree, blamed } = model;
  return show({
    row: { phase, version, phaseDeadlineMs, tree, blamed },
    statements: [...model.statements].sort(([a], [b]) => (a < b ? -1 : 1)),
    records: KINDS.map((kind) =>
      model.records
        .filter((record) => record.kind === kind)
        .map(visible)
        .sort((a, b) => (place(a) < place(b) ? -1 : 1)),
    ),
    counts: KINDS.map((kind) => model.records.filter((record) => record.kind === kind).length),
    inputs: model.uploads.map(({ sender }) => sender).sort(),
    sum,
    leaves: model.leaves,
    aggregate: model.aggregate,
  });
}

export async function observed(store: Store, sessionId: string): Promise<string> {
  const row = await store.getSession(sessionId);
  if (!row) throw new Error('the session is gone');
  const { phase, version, phaseDeadlineMs, tree, blamed } = row;
  const ofKind = await Promise.all(KINDS.map((kind) => store.readRecords(sessionId, kind)));
  return show({
    row: { phase, version, phaseDeadlineMs, tree: { size: tree.size, root: tree.root }, blamed },
    statements: Object.entries(row.statements)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, { payload, signature }]) => [kind, { payload, signature }]),
    records: ofKind.map((list) => list.map(visible)),
    counts: await Promise.all(KINDS.map((kind) => store.countRecords(sessionId, kind))),
    inputs: await store.readInputs(sessionId),
    sum: await store.readSum(sessionId, fold),
    leaves: await store.readLeaves(sessionId),
    aggregate: await store.readAggregate(sessionId),
  });
}

/** What to do, still without the state it will meet: mostly something that fits, sometimes not. */
export type Intention = (model: Model) => Operation;

const sender = fc.integer({ min: 0, max: 2 }).map(party);
const variant = fc.constantFrom('a', 'a', 'a', 'b');
const rarely = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);

const putting = fc
  .record({
    kind: fc.constantFrom(...KINDS, 'r2' as const, 'r2' as const),
    sender,
    subject: fc.constantFrom('', '', '', party(1)),
    variant,
    attachment: fc.constantFrom(null, null, new Uint8Array(0), bytesOf('attachment')),
    unique: fc.option(fc.subarray(['k1', 'k2', 'k3']), { nil: undefined }),
    otherPhase: fc.option(fc.constantFrom(...PHASES), { nil: undefined, freq: 3 }),
  })
  .map(({ variant: text, unique, otherPhase, ...rest }): Intention => {
    const record = { ...rest, signed: signedOf(text), ...(unique && { unique }) };
    return ({ phase }) => ({ do: 'put', phase: otherPhase ?? phase, record });
  });

const committing = fc
  .record({ sender, variant, upload: fc.uint8Array({ minLength: 16, maxLength: 16 }) })
  .map(({ variant: text, ...rest }): Intention => {
    return () => ({ do: 'commit', ...rest, signed: signedOf(text) });
  });

const changing = fc
  .record({
    to: fc.constantFrom(...PHASES, 'r2' as const, 'r2' as const, 'r2' as const, 'r3' as const),
    statement: fc.option(fc.constantFrom<StatementKind[]>('u1', 'u2', 'u3', 'result', 'abort'), {
      nil: undefined,
    }),
    leaves: fc.array(
      variant.map((text) => bytesOf(text)),
      { maxLength: 2 },
    ),
    blamed: fc.option(fc.uniqueArray(sender, { maxLength: 2 }), { nil: undefined }),
    aggregate: fc.option(fc.constant(bytesOf('aggregate', 16)), { nil: undefined }),
    otherPhase: rarely,
    otherVersion: rarely,
    seen: fc.option(fc.subarray([...KINDS, 'inputs' as const]), { nil: undefined }),
    unseen: rarely,
  })
  .map(({ to, statement, leaves, blamed, aggregate, otherPhase, otherVersion, seen, unseen }): Intention => {
    const change: Transition = {
      to,
      phaseDeadlineMs: 1_700_000_000_000 + leaves.length,
      leaves,
      tree: { size: leaves.length, root: bytesOf(to) },
      ...(statement && { statement: { kind: statement, signed: signedOf(statement) } }),
      ...(blamed && { blamed }),
      ...(aggregate && { aggregate }),
    };
    const count = (model: Model, kind: RecordKind | 'inputs') =>
      kind === 'inputs' ? model.uploads.length : model.records.filter((r) => r.kind === kind).length;
    return (model) => ({
      do: 'transition',
      from: {
        phase: otherPhase ? 'r1' : model.phase,
        version: model.version + Number(otherVersion),
        ...(seen && {
          seen: Object.fromEntries(seen.map((kind) => [kind, count(model, kind) - Number(unseen)])),
        }),
      },
      change,
    });
  });

export const intention: fc.Arbitrary<Intention> = fc.oneof(
  { arbitrary: putting, weight: 6 },
  { arbitrary: committing, weight: 4 },
  { arbitrary: changing, weight: 2 },
);

/** Every order of the operations. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
