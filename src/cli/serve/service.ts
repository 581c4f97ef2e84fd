/** A running coordinator: store, engine, coordinator and gRPC server put together. Used by `serve` and by `demo`. */
import { identityFromSeed } from '../../../crypto/signature.js';
import { createNodeEngine, JOBS_PER_WORKER } from '../../../crypto/engine/node.js';
import { equalBytes, wipe } from '../../../crypto/bytes.js';
import { createCoordinator, createGrpcServer, systemClock } from '../../coordinator/index.js';
import { watchClock } from '../../coordinator/clock-watch.js';
import { Health } from '../../coordinator/health.js';
import { hideTokensInTraces } from '../../coordinator/grpc/traces.js';
import { type Logger, pino } from 'pino';
import { signerFromSeed } from '../../protocol/signed.js';
import { PROTOCOL_REVISION } from '../../rpc/version.js';
import { startMonitoring } from './monitoring.js';
import { startTracing } from '../tracing.js';
import { answerBackups } from '../store/handover.js';
import { describeStore, openStore } from '../store/open.js';
import { Opened } from '../opened.js';
import { letHeapGrow } from '../heap-growth.js';
import { packageVersion } from '../package-version.js';
import { filesOf, keepFresh, stateOf } from './reload.js';
import type { SqliteStore } from '../../storage/sqlite/index.js';
import type { ServeConfig } from '../serve-config/index.js';
import { readTls, reloadableTls, requirePair } from './tls-files.js';
import { readTokens } from './token-files.js';

export interface RunningService {
  /** host:port as clients use it. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Time that calls get to finish when the process is told to stop. */
const GRACE_MS = 5000;

/** Time to send the last traces; with it a stop is over within ten seconds. */
const TRACES_GRACE_MS = 2000;

/** @throws BlindsumError PORT_IN_USE, BAD_CONFIG, MISSING_PACKAGE, and what opening the store throws; nothing stays open then */
export async function startService(config: ServeConfig): Promise<RunningService> {
  hideTokensInTraces();
  letHeapGrow();
  const logger = pino({ level: config.log }, pino.destination(2));
  for (const warning of config.warnings) logger.warn(warning);
  const described = { store: describeStore(config.store), tls: config.tls !== null };
  logger.info({ version: packageVersion(), revision: PROTOCOL_REVISION, ...described }, 'starting');
  const opened = new Opened();
  try {
    const { address, metrics } = await open(config, logger, opened);
    logger.info({ address, metrics, ...described }, 'listening');
    return {
      address,
      async stop() {
        logger.info({}, 'stopping');
        await opened.close();
        logger.info({}, 'stopped');
      },
    };
  } catch (error) {
    await opened
      .close()
      .catch((reason: unknown) => logger.error({ err: reason }, 'not everything was closed'));
    throw error;
  }
}

/**
 * Closed in reverse: first nobody is sent here any more, then no call is let in and those that run come to an end, then
 * sessions are left to other nodes; the store outlives all that writes to it, and metrics tell of it to the end.
 */
async function open(
  config: ServeConfig,
  logger: Logger,
  opened: Opened,
): Promise<{ readonly address: string; readonly metrics: string | null }> {
  // Before anything is open: these files are what is wrong most often.
  const readAs = { tls: stateOf(filesOf(config.tls ?? {})), tokens: stateOf(filesOf(config.operatorTokens)) };
  const tls = config.tls && readTls(config.tls);
  if (tls !== null && config.tls !== null) requirePair(tls, config.tls);
  let tokens = readTokens(config.operatorTokens);
  const tracing = await startTracing(config.tracing, logger);
  opened.onClose(() => tracing.stop(TRACES_GRACE_MS));
  const { tracer } = tracing;
  const identity = identityFromSeed(config.coordinatorSeed);
  opened.onClose(() => wipe(identity.seed));
  const monitoring = await startMonitoring(config.metrics.listen);
  opened.onClose(() => monitoring.stop());
  const { metrics } = monitoring;
  const store = await openStore(config.store, (message) => logger.warn(message));
  opened.onClose(() => store.close());
  const engine = createNodeEngine({
    jobsPerWorker: JOBS_PER_WORKER,
    ...(config.threads === undefined ? {} : { threads: config.threads }),
  });
  opened.onClose(() => engine.close());
  const coordinator = createCoordinator({
    store,
    engine,
    logger,
    metrics,
    tracer,
    clock: systemClock,
    signer: signerFromSeed(identity.seed, identity.publicKey),
    organiser: config.organiser,
    defaults: { joinMs: config.joinMs, roundMs: config.roundMs },
    retentionMs: config.retentionMs,
    escrow: config.escrow,
    limits: config.limits.coordinator,
    quotas: config.quotas,
    witnesses: config.witnesses,
    beacon: config.beacon,
  });
  opened.onClose(() => coordinator.stop());
  await coordinator.start();
  if (config.store.kind === 'sqlite' && 'backup' in store) {
    const sqlite = store as SqliteStore;
    opened.onClose(answerBackups(config.store.folder, (path) => sqlite.backup(path), logger));
  }
  const server = await createGrpcServer({
    participant: (caller) => coordinator.participant(caller),
    operator: (name) => coordinator.operatorAs(name),
    witness: (key) => coordinator.witness(key),
    auth: {
      coordinatorKey: identity.publicKey,
      operatorTokens: () => tokens,
      passedMs: () => systemClock.now(),
      isWitness: (key) => config.witnesses.some(({ publicKey }) => equalBytes(publicKey, key)),
      onForbidden: (name, method) => coordinator.recordForbidden(name, method),
      authorize: ({ identity: caller, certificate }) => coordinator.authorize(caller, certificate),
    },
    listen: config.listen,
    tls,
    limits: config.limits.server,
    quotas: config.quotas,
    logger,
    metrics,
    tracer,
    onError: (path, error) => {
      logger.error({ path, err: error }, 'unexpected error');
    },
  });
  opened.onClose(() => server.stop(GRACE_MS));
  const sources = [
    {
      what: 'operator tokens',
      files: filesOf(config.operatorTokens),
      readAs: readAs.tokens,
      reload: () => ({ tokens: (tokens = readTokens(config.operatorTokens)).length }),
    },
    ...(config.tls === null
      ? []
      : [reloadableTls(config.tls, readAs.tls, (pair) => server.replaceTls(pair))]),
  ];
  opened.onClose(keepFresh(sources, logger));
  opened.onClose(watchClock({ clock: systemClock, wallMs: Date.now, logger }));
  const health = new Health({
    check: () => store.health(),
    clock: systemClock,
    logger,
    onChange: (isReady) => server.setServing(isReady),
  });
  opened.onClose(() => {
    server.setServing(false);
    return health.stop();
  });
  await health.start();
  monitoring.readyWhen(health);
  const host = config.listen.slice(0, config.listen.lastIndexOf(':'));
  return { address: `${host}:${server.port}`, metrics: monitoring.address };
}
