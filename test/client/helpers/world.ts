/**
 * A real coordinator over a memory store, in this process, and participants with clients of their own. Deadlines are
 * short and real; a round closes as soon as everybody has answered, so most sessions take milliseconds.
 */
import { createReferenceEngine } from '../../../crypto/mask-engine/reference.js';
import { toHex } from '../../../crypto/bytes.js';
import {
  createClient,
  createMemoryJournal,
  type Client,
  type ClientOptions,
} from '../../../src/client/index.js';
import type { Journal } from '../../../src/client/journal.js';
import { parseTrust, type Trust } from '../../../src/client/trust.js';
import { type Coordinator, createCoordinator } from '../../../src/coordinator/coordinator.js';
import { systemClock } from '../../../src/coordinator/clock.js';
import type { BeaconSource } from '../../../src/protocol/beacon.js';
import type { Task } from '../../../src/protocol/documents.js';
import type { Policy } from '../../../src/protocol/policy.js';
import type { Signed } from '../../../src/protocol/signed.js';
import type { Witness } from '../../../src/protocol/transcript/cosignature.js';
import { suiteById } from '../../../src/protocol/suites/index.js';
import type { ParticipantApi } from '../../../src/rpc/participant-api.js';
import { createMemoryStore } from '../../../src/storage/memory.js';
import type { Store } from '../../../src/storage/port.js';
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

export interface WorldOptions {
  readonly count?: number;
  readonly task?: Partial<Task>;
  readonly policy?: Partial<Policy>;
  readonly joinMs?: number;
  readonly roundMs?: number;
  /** Named in the configuration of the coordinator and in the trust file. */
  readonly witnesses?: readonly Witness[];
  /** The one that everybody trusts. */
  readonly beacon?: BeaconSource;
  readonly store?: Store;
}

export interface World {
  readonly coordinator: Coordinator;
  readonly parties: readonly Party[];
  readonly trust: Trust;
  readonly taskId: string;
  readonly task: Task;
  readonly joinMs: number;
  readonly roundMs: number;
  api(index: number): ParticipantApi;
  client(index: number, overrides?: Partial<ClientOptions>): Client;
  /** The journal of a participant's clients, unless another one is given. */
  journal(index: number): Journal;
  open(input?: Uint8Array | null, taskId?: string, grants?: readonly Signed[]): Promise<string>;
  createTask(task: Partial<Task>): Promise<string>;
  stop(): Promise<void>;
}

export const trustOf = (policy: Partial<Policy> = {}, overrides: object = {}): Trust =>
  parseTrust({
    organiser: toHex(organiser.identity),
    coordinator: toHex(coordinatorParty.identity),
    policy: { datasets: { records: 'records' }, minColluders: 0, ...policy },
    ...overrides,
  });

export async function makeWorld({
  count = 3,
  task: taskChanges = {},
  policy = {},
  joinMs = 20_000,
  roundMs = 20_000,
  witnesses = [],
  beacon,
  store = createMemoryStore(),
}: WorldOptions = {}): Promise<World> {
  const parties = participants(count);
  const coordinator = createCoordinator({
    store,
    signer: coordinatorParty.signer,
    organiser: organiser.identity,
    engine: createReferenceEngine(),
    clock: systemClock,
    suite: suiteById,
    verify,
    witnesses,
    beacon: beacon ?? null,
  });
  const named = witnesses.map(({ name, publicKey }) => ({ name, key: toHex(publicKey) }));
  const trusted = trustOf(policy, { witnesses: named });
  const trust = { ...trusted, anchors: { ...trusted.anchors, beacon: beacon?.chain ?? null } };
  const createTask = async (changes: Partial<Task>): Promise<string> => {
    const body = taskOf(parties, changes);
    const pinned = body.pinned === null ? null : parties.map(({ identity }) => identity);
    return (await coordinator.operator.createTask(signTask(body), pinned)).taskId;
  };
  const task = taskOf(parties, { vectors: [vectorOf({ bits: 20, clip: 1000 })], ...taskChanges });
  const taskId = await createTask(task);
  const journals = new Map<number, Journal>();
  const journal = (index: number): Journal => {
    const known = journals.get(index) ?? createMemoryJournal((parties[index] as Party).identity);
    journals.set(index, known);
    return known;
  };
  const api = (index: number): ParticipantApi =>
    coordinator.participant({ identity: (parties[index] as Party).identity, certificate: null });
  return {
    coordinator,
    parties,
    trust,
    taskId,
    task,
    joinMs,
    roundMs,
    api,
    journal,
    createTask,
    client: (index, overrides = {}) =>
      createClient({
        transport: api(index),
        journal: journal(index),
        trust,
        identity: (parties[index] as Party).signer,
        certificate: null,
        beacon: beacon ?? null,
        verify,
        sleep: quick,
        ...overrides,
      }),
    async open(input = null, id = taskId, grants = []) {
      const inputDigest = input === null ? null : await coordinator.operator.putInput(input);
      const opened = await coordinator.operator.openSession({
        taskId: id,
        inputDigest,
        joinMs,
        roundMs,
        grants,
      });
      return opened.sessionId;
    },
    stop: () => coordinator.stop(),
  };
}

/** Backs off a hundred times faster. */
const quick = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms / 100);
    signal.addEventListener('abort', done);
  });

/** Coordinates that differ between participants. */
export const valuesOf = (index: number, length = 5): number[] =>
  Array.from({ length }, (_, at) => (index + 1) * 10 + at - 20);

export const sumOf = (indexes: readonly number[], length = 5): Float64Array =>
  Float64Array.from({ length }, (_, at) =>
    indexes.reduce((sum, index) => sum + (valuesOf(index, length)[at] as number), 0),
  );

/** The signed messages in the order in which they are sent. */
export const MESSAGES = ['advertiseKeys', 'shareKeys', 'beginUpload', 'consistency', 'unmask'] as const;

export type { Signed };
