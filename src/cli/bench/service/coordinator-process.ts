/**
 * The coordinator of a benchmark, a process of its own: what `blindsum serve --store memory` runs, on a free port of loopback
 * over TLS. It says what it takes of the machine when asked.
 */
import { createNodeEngine, JOBS_PER_WORKER } from '../../../../crypto/engine/node.js';
import { systemRandom } from '../../../../crypto/random.js';
import {
  createCoordinator,
  createDevTls,
  createGrpcServer,
  createMemoryStore,
  operatorToken,
  systemClock,
} from '../../../coordinator/index.js';
import { linkToParent } from '../../demo/parent-link.js';
import { partyOf } from '../../simulate/setup.js';
import type { FromCoordinator, ToCoordinator } from './messages.js';
import { TIMEOUT_MS } from './timeout.js';
import { usageNow } from './usage.js';

const link = linkToParent<ToCoordinator, FromCoordinator>();
link.onMessage(async (message) => {
  if (message.type === 'measure') link.send({ type: 'usage', ...usageNow() });
  else await start(message);
});

async function start({
  seed,
  organiser,
  stageBudgetBytes,
}: Extract<ToCoordinator, { type: 'start' }>): Promise<void> {
  const { signer } = partyOf(seed, 'coordinator');
  const token = Buffer.from(systemRandom(32)).toString('base64url');
  const tls = await createDevTls([]);
  const coordinator = createCoordinator({
    store: createMemoryStore(),
    engine: createNodeEngine({ jobsPerWorker: JOBS_PER_WORKER }),
    clock: systemClock,
    signer,
    organiser,
    ...(stageBudgetBytes === undefined ? {} : { limits: { stageBudgetBytes } }),
  });
  await coordinator.start();
  const server = await createGrpcServer({
    participant: (caller) => coordinator.participant(caller),
    operator: () => coordinator.operator,
    auth: {
      coordinatorKey: signer.publicKey,
      operatorTokens: () => [operatorToken('operator', token)],
      authorize: ({ identity, certificate }) => coordinator.authorize(identity, certificate),
    },
    listen: '127.0.0.1:0',
    tls,
    limits: { drainMs: TIMEOUT_MS },
  });
  link.send({
    type: 'listening',
    address: `127.0.0.1:${server.port}`,
    ca: tls.caPem,
    coordinator: signer.publicKey,
    operatorToken: token,
  });
}
