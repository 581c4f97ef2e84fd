/**
 * Agreements are a fifth of what participants compute, and known as soon as the roster is: where thousands are simulated, a
 * thread of its own computes them while the participants take their turns. What it does not have yet each computes itself,
 * and so does everybody who is to do all work alone.
 */
import { Worker } from 'node:worker_threads';
import { toHex, wipe } from '../../../../crypto/bytes.js';
import { type Agreement, agreement, KEY_BYTES, publicKeyOf } from '../../../../crypto/key-agreement.js';
import type { Random } from '../../../../crypto/random.js';
import type { SessionContext, SessionKeys } from '../../../protocol/context.js';
import type { Suite } from '../../../protocol/suite.js';
import type { AheadWork } from './ahead-worker.js';
import { type Pairs, pairsOf } from './pairs.js';
import { type AgreementTable, agreementTable, KINDS, knownAt, learn } from './table.js';

const WORKER = new URL('./ahead-worker.js', import.meta.url);

interface Begun {
  readonly pairs: Pairs;
  readonly table: AgreementTable;
  /** By public key: twice the position, and one more for the key of shares. */
  readonly owners: ReadonlyMap<string, number>;
}

export class AgreementsAhead {
  readonly #worker: URL;
  /** By identity, hex, in the order of their turns: what may be seeds of keys. */
  readonly #drawn = new Map<string, Uint8Array[]>();
  readonly #suites = new Map<string, Suite>();
  #begun: Begun | null = null;
  #thread: Worker | null = null;
  #settled: Promise<void> = Promise.resolve();

  constructor(worker = WORKER) {
    this.#worker = worker;
  }

  /** Pairs whose secrets are not known yet; null before the roster is. */
  get missing(): number | null {
    return this.#begun && this.#begun.table.isKnown.filter((known) => known === 0).length / KINDS;
  }

  /** The same, and heard. */
  random(identity: Uint8Array, random: Random): Random {
    const drawn: Uint8Array[] = [];
    this.#drawn.set(toHex(identity), drawn);
    return (length) => {
      const bytes = random(length);
      if (length === KEY_BYTES && this.#begun === null) drawn.push(bytes.slice());
      return bytes;
    };
  }

  /** The same suites: the first to deal knows who is neighbour to whom. */
  suites(suites: (id: string) => Suite): (id: string) => Suite {
    return (id) => {
      const known = this.#suites.get(id);
      if (known !== undefined) return known;
      const suite = suites(id);
      const heard: Suite = {
        ...suite,
        deal: (session, ...rest) => {
          this.#begin(session, suite);
          return suite.deal(session, ...rest);
        },
      };
      this.#suites.set(id, heard);
      return heard;
    };
  }

  readonly agreement = (privateKey: Uint8Array): Agreement => {
    const own = nameOf(publicKeyOf(privateKey));
    const compute = agreement(privateKey);
    return (publicKey) => {
      const place = this.#placeOf(own, nameOf(publicKey));
      if (this.#begun === null || place < 0) return compute(publicKey);
      const known = knownAt(this.#begun.table, place);
      if (known !== null) return known;
      const secret = compute(publicKey);
      learn(this.#begun.table, place, secret);
      return secret;
    };
  };

  /** When the thread has ended. */
  settled(): Promise<void> {
    return this.#settled;
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
    await this.#settled;
    for (const drawn of this.#drawn.values()) wipe(...drawn);
    if (this.#begun !== null) wipe(this.#begun.table.secrets);
  }

  #begin(session: SessionContext, suite: Suite): void {
    if (this.#begun !== null || session.roster.some(({ keys }) => keys === null)) return;
    const keys = session.roster.map((member) => member.keys as SessionKeys);
    const positions = new Map(session.roster.map(({ identity }, position) => [toHex(identity), position]));
    const order = [...this.#drawn.keys()].flatMap((hex) => positions.get(hex) ?? []);
    const pairs = pairsOf(order, (position) => suite.neighbours(session, position));
    const table = agreementTable(pairs.count);
    const owners = new Map(
      keys.flatMap(({ maskKey, shareKey }, position): [string, number][] => [
        [nameOf(maskKey), KINDS * position],
        [nameOf(shareKey), KINDS * position + 1],
      ]),
    );
    this.#begun = { pairs, table, owners };
    const work: AheadWork = {
      table,
      ends: pairs.ends,
      publicKeys: keys.map(({ maskKey, shareKey }) => [maskKey, shareKey]),
      drawn: session.roster.map(({ identity }) => this.#drawn.get(toHex(identity)) ?? []),
    };
    const thread = new Worker(this.#worker, { workerData: work });
    this.#thread = thread;
    // Without it everybody computes what it would have.
    thread.on('error', () => undefined);
    this.#settled = new Promise((resolve) => thread.on('exit', () => resolve()));
    thread.unref();
  }

  #placeOf(own: string, other: string): number {
    const { owners, pairs } = this.#begun ?? {};
    const [a, b] = [owners?.get(own), owners?.get(other)];
    if (pairs === undefined || a === undefined || b === undefined || a % KINDS !== b % KINDS) return -1;
    const pair = pairs.indexOf(Math.floor(a / KINDS), Math.floor(b / KINDS));
    return pair < 0 ? -1 : KINDS * pair + (a % KINDS);
  }
}

/** Keys are random bytes: as text they are found at once. */
const nameOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1');
