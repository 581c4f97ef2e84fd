/**
 * Uploads into running sums. Commits of one session wait for each other and go in groups: one transaction checks the
 * phase, records who is in, folds the new ones and writes the sum, so header, upload and sum become durable together.
 *
 * The sum stays in memory. After a failure it is dropped: the commit may or may not have happened, and what is stored
 * decides, read back under the lock of its row (shards.ts). Whoever was in the group sends again and is the same or
 * stored, by the row that names each participant once.
 */
import type { Kysely } from 'kysely';
import { sameSigned } from '../../protocol/signed.js';
import type { Accumulator, CommitInput, Outcome } from '../port.js';
import { getBulk, putBulk, type Tx } from './bulk.js';
import { type Context, type Engine, locked } from './engine.js';
import { signedOf } from './rows.js';
import type { Schema } from './schema.js';
import { type Shard, ShardMoved, Shards } from './shards.js';

/** Uploads, and their bytes, in one transaction at most; one upload is always let in. */
const GROUP = 32;
const GROUP_BYTES = 32 * 2 ** 20;
/** A shard can be adopted, wrongly, only by a node that commits meanwhile; so often in a row something else is wrong. */
const MAX_ATTEMPTS = 8;
/** Sums in memory of sessions in which nothing is being committed. */
const IDLE_SUMS = 16;

/** Of the uploads that are kept. */
export const uploadsFolder = (sessionId: string): string => `upload/${sessionId}/`;
const uploadName = (sessionId: string, sender: string): string => `${uploadsFolder(sessionId)}${sender}`;

interface Waiting {
  readonly input: CommitInput;
  readonly sums: Accumulator;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (reason: unknown) => void;
}

interface Group {
  readonly outcomes: readonly Outcome[];
  readonly taskId: string | null;
}

export class InputCommits {
  readonly #db: Kysely<Schema>;
  readonly #engine: Engine;
  readonly #shards: Shards;
  readonly #queues = new Map<string, Waiting[]>();
  /** The shard of this node, by session; least recently used first. */
  readonly #kept = new Map<string, Shard>();

  constructor(context: Context) {
    this.#db = context.db;
    this.#engine = context.engine;
    this.#shards = new Shards(context);
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

  /** Null: it was not kept. */
  read(sessionId: string, sender: string): Promise<Uint8Array | null> {
    return getBulk(this.#db, uploadName(sessionId, sender));
  }

  /** The round is over. */
  forget(sessionId: string): void {
    this.#kept.delete(sessionId);
  }

  async #drain(sessionId: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const group = queue.splice(0, groupSize(queue));
      if (!(await this.#tryGroup(sessionId, group)))
        // One of them does not fold, or the store failed: each by itself, so that it is told what is its own.
        for (const waiting of group) await this.#tryGroup(sessionId, [waiting], waiting.reject);
    }
    this.#queues.delete(sessionId);
    for (const idle of [...this.#kept.keys()].slice(0, -IDLE_SUMS)) {
      if (!this.#queues.has(idle)) this.#kept.delete(idle);
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
        this.#kept.delete(sessionId);
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
      if (winners.length > 0) {
        const { sums } = winners[0] as Waiting;
        const uploads = winners.map(({ input }) => input.upload);
        written = await this.#shards.fold(tx, sessionId, this.#kept.get(sessionId), uploads, sums);
        for (const { input } of winners) {
          if (input.keep === true) await putBulk(tx, uploadName(sessionId, input.sender), input.upload);
        }
      }
      const outcomes = group.map((waiting): Outcome => {
        if (!fitting.includes(waiting)) return 'conflict';
        return winners.includes(waiting) ? 'stored' : 'same';
      });
      if (winners.length > 0) await this.#engine.announce(tx, { taskId: session.task, sessionId });
      return { outcomes, taskId: winners.length > 0 ? session.task : null };
    });
    if (written !== null) {
      this.#kept.delete(sessionId);
      this.#kept.set(sessionId, written);
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
}

function groupSize(queue: readonly Waiting[]): number {
  let bytes = 0;
  const over = queue.findIndex(({ input }) => (bytes += input.upload.length) > GROUP_BYTES);
  return Math.max(1, Math.min(GROUP, over === -1 ? queue.length : over));
}

/** The same upload may be in a group twice. */
function firstOfEach(group: readonly Waiting[]): Waiting[] {
  const first = new Map<string, Waiting>();
  for (const waiting of group) if (!first.has(waiting.input.sender)) first.set(waiting.input.sender, waiting);
  return [...first.values()];
}
