/**
 * The store on SQL, the same for SQLite and PostgreSQL. Every operation is one transaction; what decides about a session
 * reads its row first and holds it (shared by messages, alone by the end of a round), so each message is wholly before
 * or wholly after the close of its round, and a round has one closing set.
 */
import { Kysely } from 'kysely';
import { isEnded, type Phase } from '../../protocol/phase.js';
import type { Hints } from '../hints.js';
import type {
  Accumulator,
  CommitInput,
  EnrolmentRow,
  Outcome,
  PutRecord,
  RecordKind,
  SessionRecord,
  SessionRow,
  Store,
  TaskRow,
  Transition,
  TransitionFrom,
} from '../port.js';
import { copyBytes } from '../copy.js';
import { sameRecord } from '../same-record.js';
import { getBulk, putBulk, type Tx } from './bulk.js';
import { InputCommits } from './commits.js';
import { type Engine, locked } from './engine.js';
import {
  appendLeaves,
  claim,
  countLeaves,
  countRecords,
  findRecord,
  newStatement,
  Refused,
  sawEverything,
} from './queries.js';
import {
  recordColumns,
  recordRow,
  sessionColumns,
  sessionRow,
  signedOf,
  taskColumns,
  taskRow,
} from './rows.js';
import { migrate, type Schema } from './schema.js';

export interface SqlStoreOptions {
  /** Names this process among those that share the data; never used by two at a time. */
  readonly node: string;
  /** Milliseconds since 1970; dates the transitions. */
  readonly now?: () => number;
}

/** Migrates the schema where that is needed. */
export async function createSqlStore(engine: Engine, options: SqlStoreOptions): Promise<Store> {
  const db = new Kysely<Schema>({ dialect: engine.dialect });
  try {
    await migrate(db, engine.name);
  } catch (error) {
    await db.destroy();
    await engine.close();
    throw error;
  }
  return new SqlStore(db, engine, options);
}

class SqlStore implements Store {
  readonly #db: Kysely<Schema>;
  readonly #engine: Engine;
  readonly #hints: Hints;
  readonly #now: () => number;
  readonly #commits: InputCommits;
  #closed: Promise<void> | null = null;

  constructor(db: Kysely<Schema>, engine: Engine, { node, now = Date.now }: SqlStoreOptions) {
    this.#db = db;
    this.#engine = engine;
    this.#hints = engine.hints;
    this.#now = now;
    this.#commits = new InputCommits(db, engine, node);
  }

  async putTask(task: TaskRow): Promise<'stored' | 'same'> {
    const { numInsertedOrUpdatedRows } = await this.#db
      .insertInto('task')
      .values(taskColumns(task))
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 0n ? 'same' : 'stored';
  }

  async getTask(id: string): Promise<TaskRow | null> {
    const found = await this.#db.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
    return found === undefined ? null : taskRow(found);
  }

  async listTasks(): Promise<TaskRow[]> {
    const rows = await this.#db.selectFrom('task').selectAll().orderBy('created_ms').orderBy('id').execute();
    return rows.map(taskRow);
  }

  async closeTask(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('task')
      .set({ closed: 1 })
      .where('id', '=', id)
      .executeTakeFirst();
    return numUpdatedRows !== 0n;
  }

  async putEnrolment({ identity, certificate }: EnrolmentRow): Promise<void> {
    const signed = signedOf(certificate);
    await this.#db
      .insertInto('enrolment')
      .values({ identity, ...signed })
      .onConflict((conflict) => conflict.column('identity').doUpdateSet(signed))
      .execute();
  }

  async listEnrolments(): Promise<EnrolmentRow[]> {
    const rows = await this.#db.selectFrom('enrolment').selectAll().orderBy('identity').execute();
    return rows.map((row) => ({ identity: row.identity, certificate: signedOf(row) }));
  }

  async putRevocation(identity: string, revocation: EnrolmentRow['certificate']): Promise<void> {
    await this.#db
      .insertInto('revocation')
      .values({ identity, ...signedOf(revocation) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async listRevocations(): Promise<{ identity: string; revocation: EnrolmentRow['certificate'] }[]> {
    const rows = await this.#db.selectFrom('revocation').selectAll().orderBy('identity').execute();
    return rows.map((row) => ({ identity: row.identity, revocation: signedOf(row) }));
  }

  async putBlob(digest: string, bytes: Uint8Array): Promise<void> {
    await this.#db.transaction().execute((tx) => putBulk(tx, `blob/${digest}`, bytes));
  }

  async getBlob(digest: string): Promise<Uint8Array | null> {
    return await getBulk(this.#db, `blob/${digest}`);
  }

  async createSession(row: SessionRow, leaves: readonly Uint8Array[]): Promise<boolean> {
    const created = await this.#db.transaction().execute(async (tx) => {
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('session')
        .values(sessionColumns(row))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) return false;
      await appendLeaves(tx, row.id, 0, leaves);
      await this.#announce(tx, row.id, row.taskId);
      return true;
    });
    if (created) this.#hints.tell({ taskId: row.taskId, sessionId: row.id });
    return created;
  }

  async getSession(id: string): Promise<SessionRow | null> {
    const found = await this.#db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst();
    return found === undefined ? null : sessionRow(found);
  }

  async listSessions(taskId?: string): Promise<SessionRow[]> {
    const all = this.#db.selectFrom('session').selectAll().orderBy('number').orderBy('task');
    const rows = await (taskId === undefined ? all : all.where('task', '=', taskId)).execute();
    return rows.map(sessionRow);
  }

  async putRecord(sessionId: string, phase: Phase, record: PutRecord): Promise<Outcome> {
    if (isEnded(phase)) return 'late';
    let taskId = '';
    const outcome = await this.#attempt(async (tx): Promise<Outcome> => {
      const session = await this.#held(tx, sessionId, 'share');
      if (session?.phase !== phase) return 'late';
      taskId = session.task;
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('record')
        .values(recordColumns(sessionId, record))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) {
        const earlier = await findRecord(tx, sessionId, record.kind, record.sender, record.subject);
        return earlier !== null && sameRecord(earlier, record) ? 'same' : 'conflict';
      }
      await claim(tx, sessionId, record);
      await this.#announce(tx, sessionId, taskId);
      return 'stored';
    });
    if (outcome === 'stored') this.#hints.tell({ taskId, sessionId });
    return outcome;
  }

  async getRecord(
    sessionId: string,
    kind: RecordKind,
    sender: string,
    subject = '',
  ): Promise<SessionRecord | null> {
    return await findRecord(this.#db, sessionId, kind, sender, subject);
  }

  async readRecords(sessionId: string, kind: RecordKind): Promise<SessionRecord[]> {
    const rows = await this.#db
      .selectFrom('record')
      .selectAll()
      .where('session', '=', sessionId)
      .where('kind', '=', kind)
      .orderBy('sender')
      .orderBy('subject')
      .execute();
    return rows.map(recordRow);
  }

  async countRecords(sessionId: string, kind: RecordKind): Promise<number> {
    return await countRecords(this.#db, sessionId, kind);
  }

  async commitInput(sessionId: string, input: CommitInput, sums: Accumulator): Promise<Outcome> {
    if (this.#closed !== null) throw new Error('the store is closed');
    return await this.#commits.commit(sessionId, input, sums);
  }

  async readInputs(sessionId: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('input')
      .select('sender')
      .where('session', '=', sessionId)
      .orderBy('sender')
      .execute();
    return rows.map(({ sender }) => sender);
  }

  async readSum(sessionId: string, sums: Accumulator): Promise<Uint8Array> {
    return await this.#commits.readSum(sessionId, sums);
  }

  async transition(sessionId: string, from: TransitionFrom, change: Transition): Promise<boolean> {
    const taskId = await this.#db.transaction().execute(async (tx) => {
      const session = await this.#held(tx, sessionId, 'update');
      if (session === undefined || isEnded(session.phase as Phase)) return null;
      if (session.phase !== from.phase || session.version !== from.version) return null;
      if (!(await sawEverything(tx, sessionId, from))) return null;
      const statement = newStatement(session, change);
      await appendLeaves(tx, sessionId, await countLeaves(tx, sessionId), change.leaves);
      if (change.aggregate) await putBulk(tx, `aggregate/${sessionId}`, change.aggregate);
      const blamed = JSON.parse(session.blamed) as string[];
      await tx
        .updateTable('session')
        .set({
          phase: change.to,
          version: session.version + 1,
          phase_since_ms: this.#now(),
          phase_deadline_ms: change.phaseDeadlineMs,
          tree_size: change.tree.size,
          tree_root: copyBytes(change.tree.root),
          blamed: JSON.stringify([...new Set([...blamed, ...(change.blamed ?? [])])]),
          ...statement,
        })
        .where('id', '=', sessionId)
        .execute();
      await this.#announce(tx, sessionId, session.task);
      return session.task;
    });
    if (taskId === null) return false;
    if (from.phase === 'r2') this.#commits.forget(sessionId);
    this.#hints.tell({ taskId, sessionId });
    return true;
  }

  async readLeaves(sessionId: string): Promise<Uint8Array[]> {
    const rows = await this.#db
      .selectFrom('leaf')
      .select('bytes')
      .where('session', '=', sessionId)
      .orderBy('position')
      .execute();
    return rows.map(({ bytes }) => copyBytes(bytes));
  }

  async readAggregate(sessionId: string): Promise<Uint8Array | null> {
    return await getBulk(this.#db, `aggregate/${sessionId}`);
  }

  watch(listener: Parameters<Store['watch']>[0]): () => void {
    return this.#hints.subscribe(listener);
  }

  async close(): Promise<void> {
    this.#closed ??= this.#db.destroy().then(() => this.#engine.close());
    await this.#closed;
    this.#hints.clear();
  }

  #announce(tx: Tx, sessionId: string, taskId: string): Promise<void> {
    return this.#engine.announce(tx, { taskId, sessionId });
  }

  #held(tx: Tx, sessionId: string, strength: 'share' | 'update') {
    const query = tx
      .selectFrom('session')
      .select(['task', 'phase', 'version', 'blamed', 'u1', 'u2', 'u3', 'result', 'abort'])
      .where('id', '=', sessionId);
    return locked(this.#engine, query, strength).executeTakeFirst();
  }

  /** A transaction that is undone when it refuses. */
  async #attempt(run: (tx: Tx) => Promise<Outcome>): Promise<Outcome> {
    try {
      return await this.#db.transaction().execute(run);
    } catch (error) {
      if (error instanceof Refused) return error.outcome;
      throw error;
    }
  }
}
