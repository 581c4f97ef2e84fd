/**
 * Uploads into running sums. Commits of one session wait for each other and go in groups: one transaction checks the
 * phase, records who is in, folds the new ones and writes the sum, so header, upload and sum become durable together.
 *
 * A node writes only its own sum (shard) of a session; the aggregate is the sum of all shards. The shard's epoch, raised
 * by every commit, lets no commit write over another one that it has not seen. By the same means shards of dead nodes are
 * adopted: the next commit of a living node adds them to its own and removes them. A node that was only thought dead
 * finds its epoch gone, and commits the same uploads again into a new shard: nothing is lost or counted twice.
 *
 * The sum stays in memory. After a failure it is dropped: the commit may or may not have happened, and what is stored
 * decides, read back under the lock of its row. Where a transaction that was cut off still holds that row, a new shard
 * takes its place at once and the old one is gathered by a later commit; so nobody waits for a connection that is gone.
 * Whoever was in the group sends again and is the same or stored, by the row that names each participant once.
 */
import type { Kysely } from 'kysely';
import { sameSigned } from '../../protocol/signed.js';
import type { Accumulator, CommitInput, Outcome } from '../port.js';
import { deleteChunks, readChunks, type Tx, writeChunks } from './bulk.js';
import { type Context, type Engine, locked } from './engine.js';
import { isAlive } from './leases.js';
import { signedOf } from './rows.js';
import type { Schema } from './schema.js';

/** Uploads, and their bytes, in one transaction at most; one upload is always let in. */
const GROUP = 32;
const GROUP_BYTES = 32 * 2 ** 20;
/** A shard can be adopted, wrongly, only by a node that commits meanwhile; so often in a row something else is wrong. */
const MAX_ATTEMPTS = 8;
/** Sums in memory of sessions in which nothing is being committed. */
const IDLE_SUMS = 16;

interface Waiting {
  readonly input: CommitInput;
  readonly sums: Accumulator;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (reason: unknown) => void;
}

interface Shard {
  readonly name: string;
  readonly epoch: number;
  readonly sum: Uint8Array;
}

interface Stored {
  readonly name: string;
  readonly epoch: number;
  readonly size: number;
}

interface Group {
  readonly outcomes: readonly Outcome[];
  readonly taskId: string | null;
}

/** Somebody else has committed to the shard. */
class ShardMoved extends Error {
  constructor() {
    super('the sum was changed by somebody else');
  }
}

export class InputCommits {
  readonly #db: Kysely<Schema>;
  readonly #engine: Engine;
  readonly #node: string;
  readonly #queues = new Map<string, Waiting[]>();
  /** Least recently used first. */
  readonly #shards = new Map<string, Shard>();
  #made = 0;

  constructor({ db, engine, node }: Context) {
    this.#db = db;
    this.#engine = engine;
    this.#node = node;
  }

  commit(sessionId: string, input: CommitInput, sums: Accumulator): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const waiting = { input, sums, resolve, reject };
      const queue = this.#queues.get(sessionId);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const started = [waiting];
      this.#queues.set(sessionId, started);
      void this.#drain(sessionId, started);
    });
  }

  /** The round is over. */
  forget(sessionId: string): void {
    this.#shards.delete(sessionId);
  }

  async readSum(sessionId: string, sums: Accumulator): Promise<Uint8Array> {
    const total = new Uint8Array(sums.byteLength);
    const shards = await this.#db
      .selectFrom('shard')
      .select(['shard', 'size'])
      .where('session', '=', sessionId)
      .orderBy('shard')
      .execute();
    for (const { shard, size } of shards) {
      checkLength(size, sums);
      sums.merge(total, await readChunks(this.#db, sumName(sessionId, shard), size));
    }
    return total;
  }

  async #drain(sessionId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const group = queue.splice(0, groupSize(queue));
      if (!(await this.#tryGroup(sessionId, group)))
        // One of them does not fold, or the store failed: each by itself, so that it is told what is its own.
        for (const waiting of group) await this.#tryGroup(sessionId, [waiting], waiting.reject);
    }
    this.#queues.delete(sessionId);
    for (const idle of [...this.#shards.keys()].slice(0, -IDLE_SUMS)) {
      if (!this.#queues.has(idle)) this.#shards.delete(idle);
    }
  }

  async #tryGroup(
    sessionId: string,
    group: readonly Waiting[],
    fail?: (reason: unknown) => void,
  ): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { outcomes, taskId } = await this.#commitGroup(sessionId, group);
        if (taskId !== null) this.#engine.hints.tell({ taskId, sessionId });
        group.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome));
        return true;
      } catch (error) {
        // Whether it was committed is not known: what is stored will say.
        this.#shards.delete(sessionId);
        if (error instanceof ShardMoved && attempt < MAX_ATTEMPTS) continue;
        fail?.(error);
        return false;
      }
    }
  }

  async #commitGroup(sessionId: string, group: readonly Waiting[]): Promise<Group> {
    let written: Shard | null = null;
    const done = await this.#db.transaction().execute(async (tx): Promise<Group> => {
      const session = await locked(
        this.#engine,
        tx.selectFrom('session').select(['phase', 'task']).where('id', '=', sessionId),
        'share',
      ).executeTakeFirst();
      if (session?.phase !== 'r2') return { outcomes: group.map(() => 'late'), taskId: null };
      const fitting = await this.#withHeader(tx, sessionId, group);
      const added = await this.#add(tx, sessionId, [...new Set(fitting.map(({ input }) => input.sender))]);
      const winners = firstOfEach(fitting).filter(({ input }) => added.has(input.sender));
      if (winners.length > 0) written = await this.#fold(tx, sessionId, winners);
      const outcomes = group.map((waiting): Outcome => {
        if (!fitting.includes(waiting)) return 'conflict';
        return winners.includes(waiting) ? 'stored' : 'same';
      });
      if (winners.length > 0) await this.#engine.announce(tx, { taskId: session.task, sessionId });
      return { outcomes, taskId: winners.length > 0 ? session.task : null };
    });
    if (written !== null) {
      this.#shards.delete(sessionId);
      this.#shards.set(sessionId, written);
    }
    return done;
  }

  /** Those whose accepted header is exactly the one they commit. */
  async #withHeader(tx: Tx, sessionId: string, group: readonly Waiting[]): Promise<Waiting[]> {
    const senders = group.map(({ input }) => input.sender);
    const headers = await tx
      .selectFrom('record')
      .select(['sender', 'payload', 'signature'])
      .where('session', '=', sessionId)
      .where('kind', '=', 'r2')
      .where('subject', '=', '')
      .where('sender', 'in', senders)
      .execute();
    const signed = new Map(headers.map((header) => [header.sender, signedOf(header)]));
    return group.filter(({ input }) => {
      const header = signed.get(input.sender);
      return header !== undefined && sameSigned(header, input.signed);
    });
  }

  /** @returns who was not in before */
  async #add(tx: Tx, sessionId: string, senders: readonly string[]): Promise<Set<string>> {
    if (senders.length === 0) return new Set();
    const added = await tx
      .insertInto('input')
      // In one order, so that two nodes never wait for each other in a circle.
      .values([...senders].sort().map((sender) => ({ session: sessionId, sender })))
      .onConflict((conflict) => conflict.doNothing())
      .returning('sender')
      .execute();
    return new Set(added.map(({ sender }) => sender));
  }

  async #fold(tx: Tx, sessionId: string, winners: readonly Waiting[]): Promise<Shard> {
    const { sums } = winners[0] as Waiting;
    // A sum of its own: what is not committed must not be in the one that is kept.
    const { name, epoch, sum } = await this.#gather(tx, sessionId, sums);
    for (const { input } of winners) sums.fold(sum, input.upload);
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
  async #gather(tx: Tx, sessionId: string, sums: Accumulator): Promise<Shard> {
    const kept = this.#shards.get(sessionId);
    const found = await this.#adoptable(tx, sessionId, kept?.name ?? '');
    const first = kept === undefined ? found.shift() : undefined;
    const shard =
      kept ??
      (first === undefined
        ? await this.#newShard(tx, sessionId, sums)
        : { ...first, sum: await readSum(tx, sessionId, first, sums) });
    checkLength(shard.sum.length, sums);
    const sum = kept === undefined ? shard.sum : shard.sum.slice();
    for (const other of found) {
      sums.merge(sum, await readSum(tx, sessionId, other, sums));
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

async function readSum(
  tx: Tx,
  sessionId: string,
  { name, size }: Stored,
  sums: Accumulator,
): Promise<Uint8Array> {
  checkLength(size, sums);
  return await readChunks(tx, sumName(sessionId, name), size);
}

function groupSize(queue: readonly Waiting[]): number {
  let bytes = 0;
  const over = queue.findIndex(({ input }) => (bytes += input.upload.length) > GROUP_BYTES);
  return Math.max(1, Math.min(GROUP, over === -1 ? queue.length : over));
}

export const sumName = (sessionId: string, shard: string): string => `sum/${sessionId}/${shard}`;

function checkLength(size: number, { byteLength }: Accumulator): void {
  if (size !== byteLength) throw new RangeError(`sums: the sum has ${size} bytes, not ${byteLength}`);
}

/** The same upload may be in a group twice. */
function firstOfEach(group: readonly Waiting[]): Waiting[] {
  const first = new Map<string, Waiting>();
  for (const waiting of group) if (!first.has(waiting.input.sender)) first.set(waiting.input.sender, waiting);
  return [...first.values()];
}
