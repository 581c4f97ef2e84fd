/** What every part of the coordinator shares. One value per coordinator; it holds no state of a session. */
import type { Random } from '../../crypto/random.js';
import type { BeaconSource } from '../protocol/beacon.js';
import { refuse } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import type { CoordinatorDeps } from '../protocol/coordinator/state.js';
import type { Engine } from '../protocol/suite.js';
import type { SessionRow, Store, TaskRow } from '../storage/port.js';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics/port.js';
import type { Tracer } from './tracing/port.js';

export interface Limits {
  /** Sessions that have not ended, of all tasks together. */
  readonly maxOpenSessions: number;
  readonly maxOpenSessionsPerTask: number;
  /** Tasks are never removed. */
  readonly maxTasks: number;
  /** Largest input blob. */
  readonly maxBlobBytes: number;
  /** Vectors per task. */
  readonly maxVectors: number;
  /** Largest upload of one participant. */
  readonly maxUploadBytes: number;
  /** Uploads that are staged in memory; one upload is always let in. */
  readonly stageBudgetBytes: number;
  /** So long somebody waits for room for an upload before being told to ask again. */
  readonly uploadWaitMs: number;
  /** Longest join time and round. */
  readonly maxRoundMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxOpenSessions: 100,
  maxOpenSessionsPerTask: 32,
  maxTasks: 1000,
  maxBlobBytes: 2 ** 30,
  maxVectors: 4096,
  maxUploadBytes: 2 ** 30,
  stageBudgetBytes: 32 * 2 ** 20,
  uploadWaitMs: 5000,
  maxRoundMs: 30 * 24 * 3600 * 1000,
};

/** Hints of the store may be lost; this often everybody looks for himself. */
export const POLL_MS = 500;

export interface Shell {
  readonly store: Store;
  readonly deps: CoordinatorDeps;
  /** Ed25519 key of the organiser, 32 bytes. */
  readonly organiser: Uint8Array;
  readonly engine: Engine;
  /** The store's clock. */
  readonly clock: Clock;
  /** How long other nodes wait for a sign of life before they take over. */
  readonly leaseMs: number;
  /** Whether uploads are kept until their session is purged. */
  readonly escrow: boolean;
  /** Of the beacon that tasks may make their rings from; null: such tasks are refused. */
  readonly beacon: BeaconSource | null;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  readonly limits: Limits;
  readonly defaults: { readonly joinMs: number; readonly roundMs: number };
}

const ID = /^[0-9a-f]{64}$/;

/** @throws BlindsumError UNKNOWN_SESSION */
export async function sessionRow(store: Store, sessionId: string): Promise<SessionRow> {
  const row = ID.test(sessionId) ? await store.getSession(sessionId) : null;
  if (row === null) refuse('UNKNOWN_SESSION', 'caller', 'no such session');
  return row;
}

/** @throws BlindsumError UNKNOWN_TASK */
export async function taskRow(store: Store, taskId: string) {
  const row = ID.test(taskId) ? await store.getTask(taskId) : null;
  if (row === null) refuse('UNKNOWN_TASK', 'caller', 'no such task here: check the id with whoever made it');
  return row;
}

/** For who waits for a session: none runs, and none will. @throws BlindsumError UNKNOWN_TASK */
export async function requireSessions(store: Store, task: TaskRow): Promise<void> {
  if (!task.closed) return;
  if ((await store.listSessions(task.id)).every(({ phase }) => isEnded(phase))) refuseClosed();
}

export const refuseClosed = (): never =>
  refuse('UNKNOWN_TASK', 'caller', 'the task is closed: it opens no more sessions');

/** Hex identities that the organiser revoked. */
export const revokedIdentities = async ({ store }: Pick<Shell, 'store'>): Promise<ReadonlySet<string>> =>
  new Set((await store.listRevocations()).map(({ identity }) => identity));

/** @throws BlindsumError OVERLOADED */
export function requireRoom(used: number, max: number, what: string): void {
  if (used >= max) refuse('OVERLOADED', 'environment', `${used} ${what}, at most ${max} may be`);
}

/** Rejects a call that its caller has given up. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) refuse('CANCELLED', 'caller', 'the call was cancelled');
}
