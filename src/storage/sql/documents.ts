/** Tasks, certificates, revocations and blobs. */
import type { Store } from '../port.js';
import { getBulk, putBulk } from './bulk.js';
import type { Context } from './engine.js';
import { signedOf, taskColumns, taskRow } from './rows.js';

type Documents = Pick<
  Store,
  | 'putTask'
  | 'getTask'
  | 'listTasks'
  | 'closeTask'
  | 'putEnrolment'
  | 'listEnrolments'
  | 'putRevocation'
  | 'listRevocations'
  | 'putBlob'
  | 'getBlob'
>;

export const documents = ({ db }: Context): Documents => ({
  async putTask(task) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('task')
      .values(taskColumns(task))
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 0n ? 'same' : 'stored';
  },

  async getTask(id) {
    const found = await db.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
    return found === undefined ? null : taskRow(found);
  },

  async listTasks() {
    const rows = await db.selectFrom('task').selectAll().orderBy('created_ms').orderBy('id').execute();
    return rows.map(taskRow);
  },

  async closeTask(id) {
    const { numUpdatedRows } = await db
      .updateTable('task')
      .set({ closed: 1 })
      .where('id', '=', id)
      .executeTakeFirst();
    return numUpdatedRows !== 0n;
  },

  async putEnrolment({ identity, certificate }) {
    const signed = signedOf(certificate);
    await db
      .insertInto('enrolment')
      .values({ identity, ...signed })
      .onConflict((conflict) => conflict.column('identity').doUpdateSet(signed))
      .execute();
  },

  async listEnrolments() {
    const rows = await db.selectFrom('enrolment').selectAll().orderBy('identity').execute();
    return rows.map((row) => ({ identity: row.identity, certificate: signedOf(row) }));
  },

  async putRevocation(identity, revocation) {
    await db
      .insertInto('revocation')
      .values({ identity, ...signedOf(revocation) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  },

  async listRevocations() {
    const rows = await db.selectFrom('revocation').selectAll().orderBy('identity').execute();
    return rows.map((row) => ({ identity: row.identity, revocation: signedOf(row) }));
  },

  async putBlob(digest, bytes) {
    await db.transaction().execute((tx) => putBulk(tx, blobName(digest), bytes));
  },

  async getBlob(digest) {
    return await getBulk(db, blobName(digest));
  },
});

export const blobName = (digest: string): string => `blob/${digest}`;
