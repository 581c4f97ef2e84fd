/**
 * Sessions as the rounds need them, loaded from the store. Kept are only facts that can no longer change: the header from
 * the opening on, the roster once U1 is stated, the dealers once U2 is stated, the upload root once U3 is stated. What
 * still changes (phase, records) is read from the store each time.
 */
import { equalBytes } from '../../crypto/bytes.js';
import {
  type Entries,
  freeze,
  rosterEntries,
  withoutKeys,
} from '../protocol/coordinator/r0-advertise-keys.js';
import { type Dealer, dealersOf } from '../protocol/coordinator/dealers.js';
import { secondSet } from '../protocol/coordinator/r1-share-keys.js';
import { thirdSet } from '../protocol/coordinator/r2-masked-input.js';
import { countedVotes, headersOf, type SurvivorHeaders } from '../protocol/coordinator/r3-consistency.js';
import {
  type CoordinatorDeps,
  type Frozen,
  headerOf,
  type SessionHeader,
} from '../protocol/coordinator/state.js';
import { type BeaconSource, namedRound } from '../protocol/beacon.js';
import { refuse } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import { fromBitmap, type MemberSet } from '../protocol/sets.js';
import type { Signed } from '../protocol/signed.js';
import { setCodec } from '../protocol/statements.js';
import type { SessionRow, Store } from '../storage/port.js';
import { paced } from './pace.js';
import type { Shell } from './shell.js';

interface Roster extends Entries {
  readonly frozen: Frozen;
}

/** Promises, so that two callers at once load a fact once. */
interface Facts {
  header?: Promise<SessionHeader>;
  roster?: Promise<Roster>;
  beacon?: Promise<Uint8Array>;
  second?: Promise<Frozen>;
  third?: Promise<Frozen>;
  dealers?: Promise<readonly Dealer[]>;
  headers?: Promise<SurvivorHeaders>;
  votes?: Promise<readonly Signed[]>;
  blamed?: Promise<ReadonlySet<string>>;
}

export class SessionViews {
  readonly #store: Store;
  readonly #deps: CoordinatorDeps;
  readonly #organiser: Uint8Array;
  readonly #beacon: BeaconSource | null;
  readonly #facts = new Map<string, Facts>();

  constructor({ store, deps, organiser, beacon }: Pick<Shell, 'store' | 'deps' | 'organiser' | 'beacon'>) {
    this.#store = store;
    this.#deps = deps;
    this.#organiser = organiser;
    this.#beacon = beacon;
  }

  header(row: SessionRow): Promise<SessionHeader> {
    return this.#once(row, 'header', async () => {
      const task = await this.#store.getTask(row.taskId);
      if (task === null) refuse('INTERNAL', 'self', 'the task of a session is not in the store');
      return headerOf(task.signed, row.opening, this.#organiser, row.electorate);
    });
  }

  /** U1 must be stated; u2 and u3 as far as they are. @throws BlindsumError UNREACHABLE before the beacon's round is published */
  async frozen(row: SessionRow): Promise<Frozen> {
    const { u2, u3 } = row.statements;
    if (u2 === undefined) return this.#withBeacon(row);
    const second = await this.#once(row, 'second', async () => {
      const frozen = await this.#withBeacon(row);
      return secondSet(frozen, membersOf(frozen, u2));
    });
    if (u3 === undefined) return second;
    return this.#once(row, 'third', async () => thirdSet(second, membersOf(second, u3)));
  }

  /** U2 must be stated. */
  dealers(row: SessionRow): Promise<readonly Dealer[]> {
    return this.#once(row, 'dealers', async () =>
      dealersOf(await this.frozen(row), await this.#store.readRecords(row.id, 'r1'), this.#deps),
    );
  }

  /** Signed r2 headers of U3 and the tree of its uploads; U3 must be stated. */
  headers(row: SessionRow): Promise<SurvivorHeaders> {
    return this.#once(row, 'headers', async () =>
      headersOf(await this.frozen(row), await this.#store.readRecords(row.id, 'r2')),
    );
  }

  /** Signatures that make U3 final; r3 must be closed. */
  votes(row: SessionRow): Promise<readonly Signed[]> {
    return this.#once(row, 'votes', async () => {
      const records = await this.#store.readRecords(row.id, 'r3');
      return countedVotes(await this.frozen(row), records, this.#deps).map(({ signed }) => signed);
    });
  }

  /** Hex identities proven bad in earlier sessions of the task. */
  async blamedBefore(row: SessionRow): Promise<ReadonlySet<string>> {
    const known = this.#facts.get(row.id)?.blamed;
    if (known !== undefined) return known;
    const earlier = (await this.#store.listSessions(row.taskId)).filter(({ number }) => number < row.number);
    const blamed = new Set(earlier.flatMap((session) => session.blamed));
    // While an earlier session runs, its list may still grow.
    if (earlier.every(({ phase }) => isEnded(phase))) void this.#once(row, 'blamed', async () => blamed);
    return blamed;
  }

  /** After the end of a session nobody needs its facts often. */
  drop(sessionId: string): void {
    this.#facts.delete(sessionId);
  }

  /** U1 must be stated. `frozen` lacks the value of a beacon, which is not published yet when a roster is handed out. */
  roster(row: SessionRow): Promise<Roster> {
    return this.#once(row, 'roster', async () => {
      // For all who ask: nobody of them ends it.
      const { signal } = new AbortController();
      const records = await this.#store.readRecords(row.id, 'r0');
      const entries = await paced(rosterEntries(records), signal);
      const frozen = await paced(freeze(await this.header(row), entries, this.#deps), signal);
      const stated = setCodec.decode((row.statements.u1 as Signed).payload);
      // Other numbers than those that were signed, say after an upgrade, must never reach a participant.
      if (!equalBytes(stated.ctx, frozen.session.ctx)) {
        refuse('INTERNAL', 'self', 'the stored roster does not give the context that was signed');
      }
      return { entries, withoutKeys: withoutKeys(entries), frozen };
    });
  }

  async #withBeacon(row: SessionRow): Promise<Frozen> {
    const { frozen } = await this.roster(row);
    const { task, opening } = frozen.session;
    const round = namedRound(task, opening);
    if (round === null) return frozen;
    const beacon = await this.#once(row, 'beacon', async () => {
      const value = await this.#beacon?.value(round, new AbortController().signal);
      if (value?.round === round) return value.randomness;
      return refuse('UNREACHABLE', 'environment', `round ${round} of the beacon is not in its source yet`);
    });
    return { ...frozen, session: { ...frozen.session, beacon } };
  }

  #once<K extends keyof Facts>(
    row: SessionRow,
    fact: K,
    load: () => NonNullable<Facts[K]>,
  ): NonNullable<Facts[K]> {
    if (isEnded(row.phase)) return load();
    const facts = this.#facts.get(row.id) ?? {};
    this.#facts.set(row.id, facts);
    const known = facts[fact];
    if (known !== undefined) return known;
    const loading = load();
    facts[fact] = loading;
    // A failure of the store is not a fact.
    loading.catch(() => {
      if (facts[fact] === loading) delete facts[fact];
    });
    return loading;
  }
}

const membersOf = (frozen: Frozen, statement: Signed): number[] =>
  fromBitmap(setCodec.decode(statement.payload).members, frozen.session.roster.length);

/** Members of a set that is frozen in the present round. */
export const sizeOf = (set: MemberSet | null): number => (set as MemberSet).members.length;
