/**
 * The coordinator as one value: services over a store, without network. It is trusted for availability only; participants
 * check everything it says. Several of them may run over one store.
 *
 *   participant ─┐                      ┌─ protocol/coordinator/* (pure: accept, close)
 *                ├─ services ─ runners ─┤
 *   operator ────┘                      └─ store (records; one compare-and-set per round)
 */
import { requireBytes } from '../../crypto/bytes.js';
import { type Random, systemRandom } from '../../crypto/random.js';
import { verifySignature } from '../../crypto/signature.js';
import type { BeaconSource } from '../protocol/beacon.js';
import type { Signed, Signer, Verify } from '../protocol/signed.js';
import type { Witness } from '../protocol/transcript/cosignature.js';
import type { Engine, Suite } from '../protocol/suite.js';
import { suiteById } from '../protocol/suites/index.js';
import type { WitnessApi } from '../rpc/log-api.js';
import type { OperatorApi } from '../rpc/operator-api.js';
import type { ParticipantApi } from '../rpc/participant-api.js';
import type { Store } from '../storage/port.js';
import { Announcements } from './announcements.js';
import { ComplaintWindow } from './complaint-window.js';
import type { Clock } from './clock.js';
import { Enrolment } from './enrolment.js';
import { guardedStore } from './guarded-store.js';
import { Checkpoints } from './log/checkpoints.js';
import { Receipts } from './log/receipts.js';
import { WitnessService } from './log/witness-service.js';
import { type Logger, silentLogger } from './logger.js';
import { instrumentedEngine } from './metrics/instrumented-engine.js';
import { instrumentedStore } from './metrics/instrumented-store.js';
import { type Metrics, one, silentMetrics } from './metrics/port.js';
import { NO_QUOTAS, type Quotas } from './organisations.js';
import { OperatorService } from './operator-service.js';
import { ParticipantService } from './participant-service.js';
import type { Caller } from './caller.js';
import type { Parts } from './parts.js';
import { actionRecorder, recordedOperator } from './recorded-operator.js';
import { Retention } from './retention.js';
import { SessionRunners } from './session-runners.js';
import { SessionViews } from './session-views.js';
import { DEFAULT_LIMITS, type Limits, type Shell } from './shell.js';
import { StoreClock } from './store-clock.js';
import { silentTracer, type Tracer } from './tracing/port.js';
import { tracedEngine, tracedStore } from './tracing/traced.js';
import { UploadQuotas } from './upload-quotas.js';
import { UploadStage } from './upload-stage.js';

export interface CoordinatorOptions {
  readonly store: Store;
  /** The coordinator's own key, which participants pin. */
  readonly signer: Signer;
  /** Ed25519 key of the organiser, 32 bytes. */
  readonly organiser: Uint8Array;
  /** Closed by its owner, not by the coordinator. */
  readonly engine: Engine;
  readonly suite?: (id: string) => Suite;
  /** Of this process. Deadlines are kept by the store's clock, which all nodes share. */
  readonly clock: Clock;
  /** After so long without a sign of life other nodes take over this one's sessions. Default 5 s. */
  readonly leaseMs?: number;
  /**
   * So long after the end of a session its sums, shares and input are deleted; transcript and aggregate stay. At least
   * 1000 ms; default: never.
   */
  readonly retentionMs?: number;
  /** Keeps uploads until their session is purged, so that an auditor can compute its sum again. Default: false. */
  readonly escrow?: boolean;
  /** Of the beacon that tasks may make their rings from. Default: none; such tasks are refused. */
  readonly beacon?: BeaconSource | null;
  readonly random?: Random;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly tracer?: Tracer;
  readonly verify?: Verify;
  /** Where a request to open a session says 0. */
  readonly defaults?: { readonly joinMs: number; readonly roundMs: number };
  readonly limits?: Partial<Limits>;
  /** Whose cosignatures of the log are kept and handed out. Default: nobody's. */
  readonly witnesses?: readonly Witness[];
  /** Those on uploads; those on calls are the server's. */
  readonly quotas?: Quotas;
}

const DEFAULT_LEASE_MS = 5000;
const MIN_RETENTION_MS = 1000;

export interface Coordinator {
  readonly publicKey: Uint8Array;
  /** The interface of one participant, whose identity the caller has proven. */
  participant(caller: Caller): ParticipantApi;
  /** The interface of the witness with this key, which the caller has proven. @throws BlindsumError FORBIDDEN */
  witness(key: Uint8Array): WitnessApi;
  /** Of the program that embeds the coordinator; nothing that it does is recorded. */
  readonly operator: OperatorApi;
  /** The interface of the operator of this name, whom the caller has identified; changes are recorded under it. */
  operatorAs(name: string): OperatorApi;
  /** Records that the operator of this name called what its role may not. */
  recordForbidden(name: string, action: string): Promise<void>;
  /** Whether this identity may speak at all. @throws BlindsumError CERTIFICATE_UNKNOWN, _EXPIRED, _REVOKED */
  authorize(identity: Uint8Array, certificate: Signed | null): Promise<void>;
  /** Goes on with every session of the store that has not ended and that no other node runs. */
  start(): Promise<void>;
  /**
   * For good: ends timers, jobs and streams; staged uploads are dropped, sessions stay as they are in the store, and
   * other nodes take them at once.
   */
  stop(): Promise<void>;
}

export function createCoordinator(options: CoordinatorOptions): Coordinator {
  const { signer, organiser, metrics = silentMetrics, logger = silentLogger } = options;
  const { tracer = silentTracer } = options;
  requireBytes(organiser, 'organiser', 32);
  const { retentionMs = Infinity } = options;
  if (!(retentionMs >= MIN_RETENTION_MS)) throw new RangeError(`retentionMs: at least ${MIN_RETENTION_MS}`);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const guard = { clock: options.clock, logger };
  const store = guardedStore(tracedStore(instrumentedStore(options.store, metrics), tracer), guard);
  const clock = new StoreClock(options.clock);
  const shell = {
    store,
    deps: { signer, verify: options.verify ?? verifySignature, suite: options.suite ?? suiteById },
    organiser,
    engine: tracedEngine(instrumentedEngine(options.engine, metrics), tracer),
    clock,
    escrow: options.escrow ?? false,
    leaseMs: options.leaseMs ?? DEFAULT_LEASE_MS,
    beacon: options.beacon ?? null,
    random: options.random ?? systemRandom,
    logger,
    metrics,
    tracer,
    limits,
    defaults: options.defaults ?? { joinMs: 60_000, roundMs: 60_000 },
  } satisfies Shell;
  const views = new SessionViews(shell);
  const uploads = new UploadStage(clock, { budgetBytes: limits.stageBudgetBytes });
  metrics.read('blindsum_staged_uploads', () => one(uploads.stagedUploads));
  metrics.read('blindsum_staged_upload_bytes', () => one(uploads.stagedBytes));
  metrics.read('blindsum_staged_upload_limit_bytes', () => one(limits.stageBudgetBytes));
  const checkpoints = new Checkpoints(shell, options.witnesses ?? []);
  const parts: Parts = {
    views,
    uploads,
    uploadQuotas: new UploadQuotas(options.quotas ?? NO_QUOTAS, clock, logger),
    complaintWindow: new ComplaintWindow(shell, views),
    runners: new SessionRunners(shell, views, uploads),
    enrolment: new Enrolment(shell),
    announcements: new Announcements(shell),
    checkpoints,
    receipts: new Receipts(shell, checkpoints),
  };
  const operator = new OperatorService(shell, parts);
  const retention = new Retention(shell, parts.runners, retentionMs);
  return {
    publicKey: signer.publicKey,
    operator,
    operatorAs: (name) => recordedOperator(operator, actionRecorder(shell, name)),
    async recordForbidden(name, action) {
      await actionRecorder(shell, name)(action, '', { outcome: 'FORBIDDEN' });
    },
    participant(caller) {
      requireBytes(caller.identity, 'identity', 32);
      return new ParticipantService(shell, parts, caller);
    },
    witness: (key) => new WitnessService(checkpoints, checkpoints.witnessOf(key)),
    authorize: (identity, certificate) => parts.enrolment.authorize(identity, certificate),
    async start() {
      await parts.runners.resume();
      retention.start();
    },
    async stop() {
      await Promise.all([retention.stop(), parts.runners.stop(), parts.announcements.stop()]);
      uploads.clear();
    },
  };
}
