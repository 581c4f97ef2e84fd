/** A running coordinator: store, engine, coordinator and gRPC server put together. Used by `serve` and by `demo`. */
import { identityFromSeed } from '../../crypto/signature.js';
import { createNodeEngine } from '../../crypto/mask-engine/node.js';
import { wipe } from '../../crypto/bytes.js';
import { createCoordinator, createGrpcServer, systemClock } from '../coordinator/index.js';
import { Health } from '../coordinator/health.js';
import { hideTokensInTraces } from '../coordinator/grpc/traces.js';
import { pino } from 'pino';
import { signerFromSeed } from '../protocol/signed.js';
import { PROTOCOL_REVISION } from '../rpc/version.js';
import { startMonitoring } from './monitoring.js';
import { answerBackups } from './backup-handover.js';
import { describeStore, openStore } from './open-store.js';
import { packageVersion } from './package-version.js';
import { filesOf, keepFresh, stateOf } from './reload.js';
import type { SqliteStore } from '../storage/sqlite/index.js';
import type { ServeConfig } from './serve-config/index.js';
import { readTls, reloadableTls } from './tls-files.js';
import { readTokens } from './token-files.js';

export interface RunningService {
  /** host:port as clients use it. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Time that calls get to finish when the process is told to stop. */
const GRACE_MS = 5000;

/** @throws BlindsumError PORT_IN_USE, BAD_CONFIG, and what opening the store throws */
export async function startService(config: ServeConfig): Promise<RunningService> {
  hideTokensInTraces();
  const logger = pino({ level: config.log }, pino.destination(2));
  for (const warning of config.warnings) logger.warn(warning);
  const described = { store: describeStore(config.store), tls: config.tls !== null };
  logger.info({ version: packageVersion(), revision: PROTOCOL_REVISION, ...described }, 'starting');
  // Before anything is open: these files are what is wrong most often.
  const readAs = { tls: stateOf(filesOf(config.tls ?? {})), tokens: stateOf(filesOf(config.operatorTokens)) };
  const tls = config.tls && readTls(config.tls);
  let tokens = readTokens(config.operatorTokens);
  const monitoring = await startMonitoring(config.metrics.listen);
  const { metrics } = monitoring;
  const identity = identityFromSeed(config.coordinatorSeed);
  const engine = createNodeEngine();
  const store = await openStore(config.store, (message) => logger.warn(message));
  const coordinator = createCoordinator({
    store,
    engine,
    logger,
    metrics,
    clock: systemClock,
    signer: signerFromSeed(identity.seed, identity.publicKey),
    organiser: config.organiser,
    defaults: { joinMs: config.joinMs, roundMs: config.roundMs },
    retentionMs: config.retentionMs,
    limits: config.limits.coordinator,
  });
  await coordinator.start();
  const server = await createGrpcServer({
    participant: (caller) => coordinator.participant(caller),
    operator: (name) => coordinator.operatorAs(name),
    auth: {
      coordinatorKey: identity.publicKey,
      operatorTokens: () => tokens,
      authorize: ({ identity: caller, certificate }) => coordinator.authorize(caller, certificate),
    },
    listen: config.listen,
    tls,
    limits: config.limits.server,
    logger,
    metrics,
    onError: (path, error) => {
      logger.error({ path, err: error }, 'unexpected error');
    },
  });
  const health = new Health({
    check: () => store.health(),
    clock: systemClock,
    logger,
    onChange: (isReady) => server.setServing(isReady),
  });
  await health.start();
  monitoring.readyWhen(health);
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
  const stopReloading = keepFresh(sources, logger);
  const stopBackups =
    config.store.kind === 'sqlite' && 'backup' in store
      ? answerBackups(config.store.folder, (path) => (store as SqliteStore).backup(path), logger)
      : () => Promise.resolve();
  const host = config.listen.slice(0, config.listen.lastIndexOf(':'));
  const address = `${host}:${server.port}`;
  logger.info({ address, metrics: monitoring.address, ...described }, 'listening');
  return {
    address,
    async stop() {
      logger.info({}, 'stopping');
      await health.stop();
      stopReloading();
      await stopBackups();
      await server.stop(GRACE_MS);
      await coordinator.stop();
      await engine.close();
      await store.close();
      await monitoring.stop();
      wipe(identity.seed);
      logger.info({}, 'stopped');
    },
  };
}
