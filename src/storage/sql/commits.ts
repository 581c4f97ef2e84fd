/**
 * Uploads into running sums. Commits of one session wait for each other and go in groups: one transaction checks the
 * phase, records who is in, folds the new ones and writes the sum, so header, upload and sum become durable together.
 *
 * A node writes only its own sum (shard) of a session; the aggregate is the sum of all shards. The sum stays in memory
 * and is read back only after a failure: then a commit may or may not have happened, and what is stored decides. The
 * shard's epoch, raised by every commit, lets no commit write over another one that it has not seen.
 */
import type { Kysely } from 'kysely';
import { sameSigned } from '../../protocol/signed.js';
import type { Accumulator, CommitInput, Outcome } from '../port.js';
import { readChunks, type Tx, writeChunks } from './bulk.js';
import { type Context, type Engine, locked } from './engine.js';
import { signedOf } from './rows.js';
import type { Schema } from './schema.js';

/** Uploads in one transaction, at most: each is in memory until it commits. */
const GROUP = 32;
/** Sums in memory of sessions in which nothing is being committed. */
const IDLE_SUMS = 16;

interface Waiting {
  readonly input: CommitInput;
  readonly sums: Accumulator;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (reason: unknown) => void;
}

interface Shard {
  readonly epoch: number;
  readonly sum: Uint8Array;
}

interface Group {
  readonly outcomes: readonly Outcome[];
  readonly taskId: string | null;
}

export class InputCommits {
  readonly #db: Kysely<Schema>;
  readonly #engine: Engine;
  readonly #node: string;
  readonly #queues = new Map<string, Waiting[]>();
  /** Least recently used first. */
  readonly #shards = new Map<string, Shard>();

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
      const group = queue.splice(0, GROUP);
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
    try {
      const { outcomes, taskId } = await this.#commitGroup(sessionId, group);
      if (taskId !== null) this.#engine.hints.tell({ taskId, sessionId });
      group.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome));
      return true;
    } catch (error) {
      // Whether it was committed is not known: what is stored will say.
      this.#shards.delete(sessionId);
      fail?.(error);
      return false;
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
    const before = this.#shards.get(sessionId) ?? (await this.#readShard(tx, sessionId, sums));
    checkLength(before.sum.length, sums);
    // Into a copy: what is not committed must not be in the sum.
    const sum = before.sum.slice();
    for (const { input } of winners) sums.fold(sum, input.upload);
    const epoch = before.epoch + 1;
    const raised = await tx
      .updateTable('shard')
      .set({ epoch })
      .where('session', '=', sessionId)
      .where('shard', '=', this.#node)
      .where('epoch', '=', before.epoch)
      .executeTakeFirst();
    if (raised.numUpdatedRows !== 1n) throw new Error('the sum was changed by somebody else');
    await writeChunks(tx, sumName(sessionId, this.#node), sum);
    return { epoch, sum };
  }

  /** As stored, or a new one of zeros. The row stays locked until this transaction ends. */
  async #readShard(tx: Tx, sessionId: string, { byteLength }: Accumulator): Promise<Shard> {
    await tx
      .insertInto('shard')
      .values({ session: sessionId, shard: this.#node, owner: this.#node, epoch: 0, size: byteLength })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { epoch, size } = await locked(
      this.#engine,
      tx
        .selectFrom('shard')
        .select(['epoch', 'size'])
        .where('session', '=', sessionId)
        .where('shard', '=', this.#node),
      'update',
    ).executeTakeFirstOrThrow();
    const sum =
      epoch === 0 ? new Uint8Array(size) : await readChunks(tx, sumName(sessionId, this.#node), size);
    return { epoch, sum };
  }
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
