/**
 * The stage of a play: a real coordinator over a memory store under a manual clock, honest participants on the real
 * rounds, and the hostile ones. Round after round everybody acts, then the clock goes to the deadline. What is seen is
 * returned as it is; what of it is wrong the oracle decides.
 */
import { createReferenceEngine } from '../../../crypto/mask-engine/reference.js';
import { toHex, utf8 } from '../../../crypto/bytes.js';
import { deterministicRandom } from '../../../crypto/random.js';
import { answerComplaint } from '../../../src/protocol/client/answer-complaint.js';
import { type Coordinator, createCoordinator } from '../../../src/coordinator/coordinator.js';
import { BlindsumError, type ErrorCode, isBlindsumError } from '../../../src/protocol/errors.js';
import { isEnded, type Phase } from '../../../src/protocol/phase.js';
import type { Signed } from '../../../src/protocol/signed.js';
import { suiteById } from '../../../src/protocol/suites/index.js';
import type { ParticipantApi } from '../../../src/rpc/participant-api.js';
import { createMemoryStore } from '../../../src/storage/memory.js';
import type { SessionRow, Store } from '../../../src/storage/port.js';
import { manualClock, settle } from '../../coordinator/manual-clock.js';
import { TestParticipant } from '../../coordinator/test-participant.js';
import {
  coordinator as coordinatorParty,
  organiser,
  participants,
  type Party,
  signTask,
  taskOf,
  vectorOf,
  verify,
} from '../../helpers/protocol.js';
import { type Call, Hostile, type Request } from './hostile.js';
import type { HostilePlan, Play, Round } from './play.js';
import { ROUNDS } from './play.js';

/** Short, so that few polls of the runner lie before a deadline. */
const ROUND_MS = 1500;

export interface StageOptions {
  /** For negative controls. */
  readonly wrap?: (store: Store) => Store;
  /** Another way to the coordinator than within the process. */
  readonly connect?: (coordinator: Coordinator, party: Party) => Promise<ParticipantApi> | ParticipantApi;
}

/** What happened, for the oracle. */
export interface Seen {
  readonly play: Play;
  readonly row: SessionRow;
  readonly store: Store;
  readonly coordinator: Coordinator;
  readonly members: readonly TestParticipant[];
  readonly hostile: ReadonlySet<number>;
  /** What the coordinator folded, by hex identity. */
  readonly uploads: ReadonlyMap<string, Uint8Array>;
  /** Dealings as an honest participant would have made them, by hex identity. */
  readonly honestR1: ReadonlyMap<string, Signed>;
  readonly honestR0: ReadonlyMap<string, Signed>;
  /** Calls of the hostile participants by how they ended: 'accepted', a code, or what else was thrown. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** What must never happen, in words. */
  readonly problems: readonly string[];
  /** Honest participants that were refused entry to the next session. */
  readonly shutOut: readonly number[];
}

export async function perform(play: Play, options: StageOptions = {}): Promise<Seen> {
  const stage = await Stage.open(play, options);
  try {
    return await stage.run();
  } finally {
    await stage.close();
  }
}

class Stage {
  readonly #problems: string[] = [];
  readonly #outcomes = new Map<string, number>();
  readonly #uploads = new Map<string, Uint8Array>();
  readonly #honestR0 = new Map<string, Signed>();
  readonly #honestR1 = new Map<string, Signed>();
  /** Everything that was accepted: what the hostile participants know of. */
  readonly #pool: Signed[] = [];
  readonly #clock = manualClock();
  readonly #members: TestParticipant[] = [];
  readonly #hostile: Hostile[] = [];
  readonly #onUnhandled = (reason: unknown): void =>
    void this.#problems.push(`unhandled rejection: ${String(reason)}`);
  #store!: Store;
  #coordinator!: Coordinator;
  #taskId = '';
  #id = '';

  private constructor(
    readonly play: Play,
    readonly options: StageOptions,
  ) {}

  static async open(play: Play, options: StageOptions): Promise<Stage> {
    const stage = new Stage(play, options);
    await stage.#open();
    return stage;
  }

  async #open(): Promise<void> {
    const { play, options } = this;
    process.on('unhandledRejection', this.#onUnhandled);
    const store = this.#spying(createMemoryStore({ now: () => this.#clock.now() }));
    this.#store = options.wrap?.(store) ?? store;
    const log = (): void => undefined;
    this.#coordinator = createCoordinator({
      store: this.#store,
      signer: coordinatorParty.signer,
      organiser: organiser.identity,
      engine: createReferenceEngine(),
      suite: suiteById,
      clock: this.#clock,
      random: deterministicRandom(utf8('coordinator')),
      verify,
      logger: {
        debug: log,
        info: log,
        warn: log,
        error: (fields, message) => this.#problems.push(`logged: ${message} ${JSON.stringify(fields)}`),
      },
    });
    const everyone = participants(play.n);
    const task = taskOf(everyone, {
      maxColluders: play.colluders,
      vectors: [vectorOf({ length: 3 }), vectorOf({ name: 'spare bits', bits: 19, length: 3 })],
    });
    const pinned = everyone.map(({ identity }) => identity);
    this.#taskId = (await this.#coordinator.operator.createTask(signTask(task), pinned)).taskId;
    const other = await this.#openSession();
    await this.#coordinator.operator.cancelSession(other, '');
    this.#id = await this.#openSession();
    for (const [index, party] of everyone.entries()) {
      const member = await this.#join(party, index, this.#id);
      this.#members.push(member);
      this.#honestR0.set(toHex(party.identity), member.r0);
      const plan = play.hostile[index];
      if (plan !== undefined) this.#hostile.push(this.#hostileOf(member, plan, other));
    }
  }

  async #openSession(): Promise<string> {
    const request = { taskId: this.#taskId, inputDigest: null, joinMs: ROUND_MS, roundMs: ROUND_MS };
    return (await this.#coordinator.operator.openSession(request)).sessionId;
  }

  async #join(party: Party, index: number, sessionId: string): Promise<TestParticipant> {
    const { operator } = this.#coordinator;
    const connect =
      this.options.connect ?? ((to, { identity }) => to.participant({ identity, certificate: null }));
    const api = await connect(this.#coordinator, party);
    const member = new TestParticipant(party, index, api, sessionId, null, () => this.#clock.now());
    const { opening } = await operator.getOutcome(sessionId);
    const { electorate } = await operator.getSession(sessionId);
    await member.prepare(opening, electorate, this.#taskId);
    return member;
  }

  #hostileOf(member: TestParticipant, plan: HostilePlan, otherSession: string): Hostile {
    const accepted = async (kind: 'r0' | 'r2'): Promise<Signed | null> =>
      (await this.#store.getRecord(this.#id, kind, toHex(member.party.identity)))?.signed ?? null;
    const send = (api: ParticipantApi, session: string, request: Request): Promise<string> =>
      this.#send(api, session, request);
    const onR1 = (r1: Signed): void => void this.#honestR1.set(toHex(member.party.identity), r1);
    return new Hostile(member, plan, { pool: this.#pool, otherSession, send, accepted, onR1 });
  }

  async run(): Promise<Seen> {
    for (const [at, round] of ROUNDS.entries()) {
      if ((await this.#phase()) !== round) break;
      await this.#round(round, at);
      if ((await this.#phase()) === round) await this.#toDeadline(round);
    }
    const row = (await this.#store.getSession(this.#id)) as SessionRow;
    if (!isEnded(row.phase)) this.#problems.push(`hangs in ${row.phase} after its last deadline`);
    const shutOut = await this.#nextSession();
    await settle();
    const { play } = this;
    return {
      play,
      row,
      store: this.#store,
      coordinator: this.#coordinator,
      members: this.#members,
      hostile: new Set(Object.keys(play.hostile).map(Number)),
      uploads: this.#uploads,
      honestR0: this.#honestR0,
      honestR1: this.#honestR1,
      outcomes: this.#outcomes,
      problems: this.#problems,
      shutOut,
    };
  }

  async close(): Promise<void> {
    await this.#coordinator.stop();
    await settle();
    process.off('unhandledRejection', this.#onUnhandled);
    if (this.#clock.pending > 0) this.#problems.push('timers are left after the coordinator stopped');
  }

  async #phase(): Promise<Phase | undefined> {
    return (await this.#store.getSession(this.#id))?.phase;
  }

  /** Those who act before the honest ones, then all who act at once, then the others. */
  async #round(round: Round, at: number): Promise<void> {
    const acting = (when: string): Promise<void>[] =>
      this.#hostile
        .filter(({ plan }) => plan.rounds[at]?.when === when)
        .map((hostile) => this.#guarded(`a hostile participant in ${round}`, () => hostile.play(round, at)));
    await Promise.all(acting('before'));
    const honest = this.#members
      .filter(({ index }) => !(index in this.play.hostile))
      .map((member) => this.#honest(member, round));
    await Promise.all([...honest, ...acting('with')]);
    await settle();
    await Promise.all(acting('after'));
    await settle();
    if (round !== 'r2') return;
    for (const member of this.#members) {
      const hostile = this.#hostile.find(({ me }) => me === member);
      await this.#guarded('answering', () =>
        hostile === undefined ? this.#answer(member) : hostile.answer(),
      );
    }
    await settle();
  }

  /** An honest participant may be too late, because the session has ended; it has no reason to refuse or be refused. */
  async #honest(member: TestParticipant, round: Round): Promise<void> {
    const steps = { r0: 'join', r1: 'share', r2: 'mask', r3: 'sign', r4: 'reveal' } as const;
    try {
      await member[steps[round]]();
      const said = {
        r0: member.r0,
        r1: member.r1?.r1,
        r2: member.r2?.header,
        r3: member.r3,
        r4: member.r4?.r4,
      }[round];
      if (said !== undefined) this.#pool.push(said);
    } catch (error) {
      const phase = await this.#phase();
      if (isBlindsumError(error, 'LATE') && phase !== undefined && isEnded(phase)) return;
      this.#problems.push(`${round}: the honest participant ${member.index} fails: ${String(error)}`);
    }
  }

  /** What the client does about complaints: answers n_C of them. */
  async #answer(member: TestParticipant): Promise<void> {
    if (member.inputMasked === undefined) return;
    const notices = await member.api.getComplaints(member.sessionId).catch((error: unknown) => {
      if (isBlindsumError(error, 'LATE')) return [];
      throw error;
    });
    for (const { header } of notices) {
      const step = answerComplaint(member.inputMasked, header, member.deps);
      if (step.kind === 'refusal') {
        if (step.error.code !== 'BELOW_POLICY' || member.inputMasked.answered.length < this.play.colluders)
          throw step.error;
        continue;
      }
      member.inputMasked = step.state;
      const { answer, shares } = step.send;
      await member.api.answerComplaint(member.sessionId, answer, shares);
    }
  }

  async #toDeadline(round: Round): Promise<void> {
    const row = (await this.#store.getSession(this.#id)) as SessionRow;
    await this.#clock.advance(Math.max(0, row.phaseDeadlineMs - this.#clock.now()));
    await settle();
    if ((await this.#phase()) === round) this.#problems.push(`${round} is open after its deadline`);
  }

  /** Everybody honest is let into the next session. */
  async #nextSession(): Promise<number[]> {
    const next = await this.#openSession();
    const shutOut: number[] = [];
    for (const { party, index } of this.#members) {
      if (index in this.play.hostile) continue;
      const member = await this.#join(party, index, next);
      await member.join().catch((error: unknown) => {
        if (isBlindsumError(error, 'BAD_DEALER')) return void shutOut.push(index);
        // With so many shut out that nobody is left to wait for, the session has ended.
        const isBeyond = this.#hostile.length > this.play.colluders;
        if (isBlindsumError(error, 'LATE') && isBeyond) return;
        this.#problems.push(`the next session: ${String(error)}`);
      });
    }
    return shutOut;
  }

  async #send(api: ParticipantApi, session: string, { call, args }: Request): Promise<string> {
    const outcome = await (api[call] as (...all: unknown[]) => Promise<unknown>)(session, ...args).then(
      () => 'accepted' as const,
      (error: unknown) => this.#refusal(call, error),
    );
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    const said = args[0] as Signed | undefined;
    if (outcome === 'accepted' && said?.payload instanceof Uint8Array) this.#pool.push(said);
    return outcome;
  }

  #refusal(call: Call, error: unknown): ErrorCode | 'crash' {
    if (error instanceof BlindsumError && error.code !== 'INTERNAL') return error.code;
    this.#problems.push(`${call}: ${(error as Error).stack ?? String(error)}`);
    return 'crash';
  }

  async #guarded(who: string, act: () => Promise<void>): Promise<void> {
    await act().catch((error: unknown) => {
      this.#problems.push(`${who}: ${(error as Error).stack ?? String(error)}`);
    });
  }

  /** Notes what is folded; everything else is the store's own. */
  #spying(store: Store): Store {
    const commitInput: Store['commitInput'] = async (session, input, sums) => {
      const outcome = await store.commitInput(session, input, sums);
      if (outcome === 'stored') this.#uploads.set(input.sender, Uint8Array.from(input.upload));
      return outcome;
    };
    return overriding(store, { commitInput });
  }
}

/** A store with some operations replaced. */
export const overriding = (store: Store, changes: Partial<Store>): Store =>
  new Proxy(store, {
    get(target, name) {
      if (name in changes) return changes[name as keyof Store];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
