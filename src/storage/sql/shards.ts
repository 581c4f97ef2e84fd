/**
 * The running sums of a session. A node writes only its own (shard); the aggregate is the sum of all shards. The shard's
 * epoch, raised by every commit, lets no commit write over another one that it has not seen. By the same means shards of
 * dead nodes are adopted: the next commit of a living node adds them to its own and removes them. A node that was only
 * thought dead finds its epoch gone, and commits the same uploads again into a new shard: nothing is lost or counted twice.
 *
 * Where a transaction that was cut off still holds the row of a shard, a new shard takes its place at once and the old one
 * is gathered by a later commit; so nobody waits for a connection that is gone.
 */
import type { Kysely } from 'kysely';
import type { Accumulator } from '../port.js';
import { deleteChunks, readChunks, type Tx, writeChunks } from './bulk.js';
import type { Context, Engine } from './engine.js';
import { isAlive } from './leases.js';
import type { Schema } from './schema.js';

export interface Shard {
  readonly name: string;
  readonly epoch: number;
  readonly sum: Uint8Array;
}

interface Stored {
  readonly name: string;
  readonly epoch: number;
  readonly size: number;
}

/** Somebody else has committed to the shard. */
export class ShardMoved extends Error {
  constructor() {
    super('the sum was changed by somebody else');
  }
}

export class Shards {
  readonly #engine: Engine;
  readonly #node: string;
  #made = 0;

  constructor({ engine, node }: Context) {
    this.#engine = engine;
    this.#node = node;
  }

  /**
   * Into the shard of this node, together with what is to be adopted.
   * @param kept as the last commit of this node left it, if that is known
   * @throws ShardMoved
   */
  async fold(
    tx: Tx,
    sessionId: string,
    kept: Shard | undefined,
    uploads: readonly Uint8Array[],
    sums: Accumulator,
  ): Promise<Shard> {
    // A sum of its own: what is not committed must not be in the one that is kept.
    const { name, epoch, sum } = await this.#gather(tx, sessionId, kept, sums);
    for (const upload of uploads) sums.fold(sum, upload);
    const raised = await tx
      .updateTable('shard')
      .set({ epoch: epoch + 1, owner: this.#node })
      .where('session', '=', sessionId)
      .where('shard', '=', name)
      .where('epoch', '=', epoch)
      .executeTakeFirst();
    if (raised.numUpdatedRows !== 1n) throw new ShardMoved();
    await writeChunks(tx, sumName(sessionId, name), sum);
    return { name, epoch: epoch + 1, sum };
  }

  /** The one shard to write: the own, or a new one of zeros; with all that is to be adopted in it. */
  async #gather(tx: Tx, sessionId: string, kept: Shard | undefined, sums: Accumulator): Promise<Shard> {
    const found = await this.#adoptable(tx, sessionId, kept?.name ?? '');
    const first = kept === undefined ? found.shift() : undefined;
    const shard =
      kept ??
      (first === undefined
        ? await this.#newShard(tx, sessionId, sums)
        : { ...first, sum: await readShard(tx, sessionId, first, sums) });
    checkLength(shard.sum.length, sums);
    const sum = kept === undefined ? shard.sum : shard.sum.slice();
    for (const other of found) {
      sums.merge(sum, await readShard(tx, sessionId, other, sums));
      await tx.deleteFrom('shard').where('session', '=', sessionId).where('shard', '=', other.name).execute();
      await deleteChunks(tx, sumName(sessionId, other.name));
    }
    return { ...shard, sum };
  }

  /** Shards of this node and of dead ones, but `kept`; held until this transaction ends. Never waits. */
  async #adoptable(tx: Tx, sessionId: string, kept: string): Promise<Stored[]> {
    const query = tx
      .selectFrom('shard')
      .select(['shard as name', 'epoch', 'size'])
      .where('session', '=', sessionId)
      .where('shard', '!=', kept)
      .where((shard) =>
        shard.or([shard('owner', '=', this.#node), shard.not(isAlive(this.#engine, shard.ref('owner')))]),
      )
      .orderBy('shard');
    return await (this.#engine.name === 'sqlite' ? query : query.forUpdate().skipLocked()).execute();
  }

  async #newShard(tx: Tx, sessionId: string, { byteLength }: Accumulator): Promise<Shard> {
    const name = `${this.#node}/${(this.#made += 1)}`;
    await tx
      .insertInto('shard')
      .values({ session: sessionId, shard: name, owner: this.#node, epoch: 0, size: byteLength })
      .execute();
    return { name, epoch: 0, sum: new Uint8Array(byteLength) };
  }
}

/** The sum of all shards. */
export async function readSum(db: Kysely<Schema>, sessionId: string, sums: Accumulator): Promise<Uint8Array> {
  const total = new Uint8Array(sums.byteLength);
  const shards = await db
    .selectFrom('shard')
    .select(['shard as name', 'size'])
    .where('session', '=', sessionId)
    .orderBy('shard')
    .execute();
  for (const shard of shards) sums.merge(total, await readShard(db, sessionId, shard, sums));
  return total;
}

export async function deleteSums(tx: Tx, sessionId: string): Promise<void> {
  const shards = await tx.deleteFrom('shard').where('session', '=', sessionId).returning('shard').execute();
  for (const { shard } of shards) await deleteChunks(tx, sumName(sessionId, shard));
}

async function readShard(
  db: Kysely<Schema>,
  sessionId: string,
  { name, size }: Pick<Stored, 'name' | 'size'>,
  sums: Accumulator,
): Promise<Uint8Array> {
  checkLength(size, sums);
  return await readChunks(db, sumName(sessionId, name), size);
}

const sumName = (sessionId: string, shard: string): string => `sum/${sessionId}/${shard}`;

function checkLength(size: number, { byteLength }: Accumulator): void {
  if (size !== byteLength) throw new RangeError(`sums: the sum has ${size} bytes, not ${byteLength}`);
}
