/** What the operations of the store on SQL do in their transactions, to the rows of one session. */
import type { Kysely } from 'kysely';
import type {
  Outcome,
  PutRecord,
  RecordKind,
  SessionRecord,
  StatementKind,
  Transition,
  TransitionFrom,
} from '../port.js';
import { copyBytes } from '../copy.js';
import type { Tx } from './bulk.js';
import { type Engine, locked } from './engine.js';
import { recordRow, statementColumn } from './rows.js';
import type { Schema } from './schema.js';

/** Rows of one statement: engines limit the number of values. */
const ROWS = 1000;

/** Undoes the transaction that throws it. */
export class Refused extends Error {
  constructor(readonly outcome: Outcome) {
    super(outcome);
  }
}

/** The row that decides about a session: shared by its messages, held alone by who changes it. */
export async function heldSession(tx: Tx, engine: Engine, sessionId: string, strength: 'share' | 'update') {
  const query = tx
    .selectFrom('session')
    .select(['task', 'number', 'phase', 'version', 'blamed', 'input', 'purged_ms'])
    .select(['u1', 'u2', 'u3', 'result', 'abort'])
    .where('id', '=', sessionId);
  return await locked(engine, query, strength).executeTakeFirst();
}

export async function findRecord(
  db: Kysely<Schema>,
  sessionId: string,
  kind: RecordKind,
  sender: string,
  subject: string,
): Promise<SessionRecord | null> {
  const found = await db
    .selectFrom('record')
    .selectAll()
    .where('session', '=', sessionId)
    .where('kind', '=', kind)
    .where('sender', '=', sender)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return found === undefined ? null : recordRow(found);
}

/** @throws Refused 'taken' */
export async function claim(tx: Tx, session: string, { sender, unique = [] }: PutRecord): Promise<void> {
  // In one order, so that two transactions never wait for each other in a circle.
  for (const value of [...new Set(unique)].sort()) {
    await tx
      .insertInto('claim')
      .values({ session, value, sender })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const owner = await tx
      .selectFrom('claim')
      .select('sender')
      .where('session', '=', session)
      .where('value', '=', value)
      .executeTakeFirstOrThrow();
    if (owner.sender !== sender) throw new Refused('taken');
  }
}

export async function countRecords(db: Kysely<Schema>, sessionId: string, kind: string): Promise<number> {
  const { count } = await db
    .selectFrom('record')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('session', '=', sessionId)
    .where('kind', '=', kind)
    .executeTakeFirstOrThrow();
  return count;
}

/** Nothing is ever removed while a session runs, so equal counts are equal sets. */
export async function sawEverything(
  tx: Tx,
  sessionId: string,
  { seen = {} }: TransitionFrom,
): Promise<boolean> {
  const { inputs, ...kinds } = seen;
  for (const [kind, count] of Object.entries(kinds)) {
    if (count !== undefined && (await countRecords(tx, sessionId, kind)) !== count) return false;
  }
  if (inputs === undefined) return true;
  const { count } = await tx
    .selectFrom('input')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('session', '=', sessionId)
    .executeTakeFirstOrThrow();
  return count === inputs;
}

type Statements = Record<StatementKind, Uint8Array | null>;

export function newStatement(session: Statements, { statement }: Transition): Partial<Statements> {
  if (statement === undefined) return {};
  const { kind, signed } = statement;
  // Two closing statements of one round would be an equivocation, signed by ourselves.
  if (session[kind] !== null) throw new Error(`the session has its ${kind} statement already`);
  return { [kind]: statementColumn(signed) };
}

export async function countLeaves(tx: Tx, sessionId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('leaf')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('session', '=', sessionId)
    .executeTakeFirstOrThrow();
  return count;
}

export async function appendLeaves(
  tx: Tx,
  session: string,
  first: number,
  leaves: readonly Uint8Array[],
): Promise<void> {
  for (let done = 0; done < leaves.length; done += ROWS) {
    const rows = leaves
      .slice(done, done + ROWS)
      .map((bytes, index) => ({ session, position: first + done + index, bytes: copyBytes(bytes) }));
    await tx.insertInto('leaf').values(rows).execute();
  }
}
