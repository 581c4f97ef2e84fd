/** Long values in chunks of 1 MiB: a row of a whole vector would be rewritten, and held in memory, several times over. */
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.js';

const CHUNK_BYTES = 2 ** 20;

export type Tx = Transaction<Schema>;

/** Replaces what has the name. */
export async function writeChunks(tx: Tx, name: string, bytes: Uint8Array): Promise<void> {
  for (let position = 0; position * CHUNK_BYTES < bytes.length; position += 1) {
    const chunk = bytes.subarray(position * CHUNK_BYTES, (position + 1) * CHUNK_BYTES);
    await tx
      .insertInto('chunk')
      .values({ name, position, bytes: chunk })
      .onConflict((conflict) => conflict.columns(['name', 'position']).doUpdateSet({ bytes: chunk }))
      .execute();
  }
}

/** In an array of its own, aligned. */
export async function readChunks(db: Kysely<Schema>, name: string, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let position = 0; position * CHUNK_BYTES < size; position += 1) {
    const { bytes: chunk } = await db
      .selectFrom('chunk')
      .select('bytes')
      .where('name', '=', name)
      .where('position', '=', position)
      .executeTakeFirstOrThrow();
    bytes.set(chunk, position * CHUNK_BYTES);
  }
  return bytes;
}

/** Of one name the first value stays. */
export async function putBulk(tx: Tx, name: string, bytes: Uint8Array): Promise<void> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('bulk')
    .values({ name, size: bytes.length })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 0n) await writeChunks(tx, name, bytes);
}

/** Null when there is none, also when it is deleted while it is read. */
export async function getBulk(db: Kysely<Schema>, name: string): Promise<Uint8Array | null> {
  const size = await sizeOf(db, name);
  if (size === null) return null;
  try {
    return await readChunks(db, name, size);
  } catch (error) {
    if ((await sizeOf(db, name)) === null) return null;
    throw error;
  }
}

async function sizeOf(db: Kysely<Schema>, name: string): Promise<number | null> {
  const found = await db.selectFrom('bulk').select('size').where('name', '=', name).executeTakeFirst();
  return found?.size ?? null;
}

/** Those whose names begin with this, which ends with '/'. */
export async function deleteFolder(tx: Tx, folder: string): Promise<void> {
  const rows = await tx
    .selectFrom('bulk')
    .select('name')
    .where('name', '>', folder)
    // '0' is what follows '/'.
    .where('name', '<', `${folder.slice(0, -1)}0`)
    .execute();
  for (const { name } of rows) await deleteBulk(tx, name);
}

export async function deleteBulk(tx: Tx, name: string): Promise<void> {
  await tx.deleteFrom('bulk').where('name', '=', name).execute();
  await deleteChunks(tx, name);
}

export async function deleteChunks(tx: Tx, name: string): Promise<void> {
  await tx.deleteFrom('chunk').where('name', '=', name).execute();
}
