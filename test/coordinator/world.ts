/** A coordinator over a memory store under a manual clock, and participants for one session of a task. */
import { afterEach, beforeEach, expect } from '@jest/globals';
import { createNodeEngine } from '../../crypto/engine/node.js';
import { toHex, utf8 } from '../../crypto/bytes.js';
import { deterministicRandom } from '../../crypto/random.js';
import {
  type Coordinator,
  type CoordinatorOptions,
  createCoordinator,
} from '../../src/coordinator/coordinator.js';
import type { Logger } from '../../src/coordinator/logger.js';
import { certificateCodec, type Task } from '../../src/protocol/documents.js';
import { BlindsumError, type ErrorCode } from '../../src/protocol/errors.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import type { SessionSummary } from '../../src/rpc/operator-api.js';
import { createMemoryStore } from '../../src/storage/memory.js';
import type { Store } from '../../src/storage/port.js';
import {
  coordinator as coordinatorParty,
  organiser,
  participants as parties,
  type Party,
  signTask,
  taskOf,
  verify,
} from '../helpers/protocol.js';
import { suitesWithPlain } from '../suites/plain/index.js';
import { type ManualClock, manualClock, settle } from './manual-clock.js';
import { type Misconduct, TestParticipant } from './test-participant.js';

export const JOIN_MS = 60_000;
export const ROUND_MS = 30_000;

export interface World {
  readonly clock: ManualClock;
  readonly store: Store;
  coordinator: Coordinator;
  readonly logged: { level: string; fields: object; message: string }[];
  /** Another coordinator over the same store; the one before is stopped. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions extends Partial<CoordinatorOptions> {
  readonly wrap?: (store: Store) => Store;
}

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

/** Stops every world of a test, and fails it for a promise that nobody handled or a timer that nobody cancelled. */
const worlds: World[] = [];
beforeEach(() => void process.on('unhandledRejection', note));
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    await world.stop();
    expect(world.clock.pending).toBe(0);
  }
  await settle();
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

export function makeWorld({ wrap = (store) => store, ...options }: WorldOptions = {}): World {
  const clock = manualClock();
  const store = wrap(createMemoryStore({ now: () => clock.now() }));
  const logged: World['logged'] = [];
  const log = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields, message });
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const random = deterministicRandom(utf8('coordinator'));
  const make = (): Coordinator =>
    createCoordinator({
      store,
      signer: coordinatorParty.signer,
      organiser: organiser.identity,
      engine: createNodeEngine(),
      suite: suitesWithPlain,
      clock,
      random,
      logger,
      verify,
      ...options,
    });
  const world: World = {
    clock,
    store,
    logged,
    coordinator: make(),
    async restart() {
      await world.coordinator.stop();
      world.coordinator = make();
      await world.coordinator.start();
    },
    stop: () => world.coordinator.stop(),
  };
  worlds.push(world);
  return world;
}

export interface Session {
  readonly world: World;
  readonly id: string;
  readonly taskId: string;
  readonly task: Task;
  readonly members: readonly TestParticipant[];
  summary(): Promise<SessionSummary>;
  phase(): Promise<string>;
}

export interface SessionOptions {
  readonly count?: number;
  readonly task?: Partial<Task>;
  readonly misconduct?: Readonly<Record<number, Misconduct>>;
  readonly certificate?: (party: Party) => Signed | null;
  readonly taskId?: string;
}

/** A task that pins `count` participants, with a session open and r0 of everybody ready to be sent. */
export async function openSession(world: World, options: SessionOptions = {}): Promise<Session> {
  const { count = 5, misconduct = {}, certificate = () => null } = options;
  const everyone = parties(count);
  const task = taskOf(everyone, options.task);
  const { operator } = world.coordinator;
  const pinned = task.pinned === null ? null : everyone.map(({ identity }) => identity);
  const taskId = options.taskId ?? (await operator.createTask(signTask(task), pinned)).taskId;
  const opened = await operator.openSession({
    taskId,
    inputDigest: null,
    joinMs: JOIN_MS,
    roundMs: ROUND_MS,
  });
  const { opening } = await operator.getOutcome(opened.sessionId);
  const id = opened.sessionId;
  const members = everyone.map(
    (party, index) =>
      new TestParticipant(
        party,
        index,
        world.coordinator.participant({ identity: party.identity, certificate: certificate(party) }),
        id,
        certificate(party),
        () => world.clock.now(),
        misconduct[index],
      ),
  );
  for (const member of members) await member.prepare(opening, opened.electorate, taskId);
  const summary = (): Promise<SessionSummary> => world.coordinator.operator.getSession(id);
  return { world, id, taskId, task, members, summary, phase: async () => (await summary()).phase };
}

/** New participants objects over the present coordinator of the world, with the states of the old ones. */
export function reconnect(session: Session): void {
  for (const member of session.members) {
    const { identity } = member.party;
    const api = session.world.coordinator.participant({ identity, certificate: member.certificate });
    Object.assign(member, { api });
  }
}

type Step = 'join' | 'share' | 'mask' | 'sign' | 'reveal';
const STEPS: readonly Step[] = ['join', 'share', 'mask', 'sign', 'reveal'];
export const ROUND_OF = { join: 'r0', share: 'r1', mask: 'r2', sign: 'r3', reveal: 'r4' } as const;

/** The head, then the leaves. */
export async function exported({ world, id }: Pick<Session, 'world' | 'id'>): Promise<Uint8Array[]> {
  const items: Uint8Array[] = [];
  for await (const item of world.coordinator.operator.exportSession(id)) items.push(item);
  return items;
}

/** One step of everybody, or of the members with these indexes; then everything settles. */
export async function all(session: Session, step: Step, who?: readonly number[]): Promise<void> {
  const members =
    who === undefined ? session.members : who.map((at) => session.members[at] as TestParticipant);
  await Promise.all(members.map((member) => member[step]()));
  await settle();
}

/** Every step before `until`, of everybody or of these. */
export async function upTo(session: Session, until: Step | 'end', who?: readonly number[]): Promise<void> {
  for (const step of STEPS) {
    if (step === until) return;
    await all(session, step, who);
    const isLast = who !== undefined && who.length < session.members.length;
    if (isLast && (await session.phase()) === ROUND_OF[step]) await session.world.clock.advance(ROUND_MS * 2);
  }
}

/** The sum of these members' inputs, coordinate by coordinate, as the aggregate reads it. */
export function sumOf(session: Session, who: readonly number[]): number[] {
  const { bits, scale } = session.task.vectors[0] as Task['vectors'][0];
  const modulus = 2 ** bits;
  const first = session.members[0] as TestParticipant;
  return Array.from(first.input[0] as Uint32Array, (_, at) => {
    const total =
      who.reduce((sum, index) => sum + (session.members[index]?.input[0]?.[at] as number), 0) % modulus;
    return (total >= modulus / 2 ? total - modulus : total) / scale;
  });
}

export async function expectSum(session: Session, who: readonly number[]): Promise<void> {
  expect(await session.phase()).toBe('closed');
  const { u3 } = await session.summary();
  expect(u3?.map(toHex)).toEqual(who.map((at) => toHex(session.members[at]?.party.identity as Uint8Array)));
  const one = session.members.find(({ unmasked }) => unmasked !== undefined) as TestParticipant;
  const { vectors, survivors } = await one.aggregate();
  expect(survivors).toBe(who.length);
  expect(Array.from(vectors.counts?.sum as Float64Array)).toEqual(sumOf(session, who));
}

/** Rejects with exactly this code. */
export async function expectCode(attempt: Promise<unknown>, code: ErrorCode): Promise<BlindsumError> {
  const error = await attempt.then(
    () => new Error(`accepted; ${code} was expected`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof BlindsumError)) throw error;
  expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: `));
  return error;
}

export const certify = (party: Party, clock: ManualClock, validMs = 1e9, signer = organiser.signer): Signed =>
  signBody(
    certificateCodec,
    {
      identity: party.identity,
      name: party.name,
      notBeforeMs: clock.now() - 1000,
      expiresMs: clock.now() + validMs,
    },
    signer,
  );
