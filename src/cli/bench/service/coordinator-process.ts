/**
 * The coordinator of a benchmark, a process of its own: what `blindsum serve --store memory` runs, on a free port of loopback
 * over TLS. It says what it takes of the machine when asked.
 */
import { createNodeEngine, JOBS_PER_WORKER } from '../../../../crypto/engine/node.js';
import { packBits } from '../../../../crypto/masked-vector.js';
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
import { letHeapGrow } from '../../heap-growth.js';
import { partyOf } from '../../simulate/setup.js';
import { BITS } from '../options.js';
import type { FromCoordinator, ToCoordinator } from './messages.js';
import { TIMEOUT_MS } from './timeout.js';
import { usageNow } from './usage.js';

letHeapGrow();
const engine = createNodeEngine({ jobsPerWorker: JOBS_PER_WORKER });
const link = linkToParent<ToCoordinator, FromCoordinator>();
link.onMessage(async (message) => {
  if (message.type === 'measure') link.send({ type: 'usage', ...usageNow() });
  else if (message.type === 'unmask') await unmask(message);
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
    engine,
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

async function unmask({ streams, length }: Extract<ToCoordinator, { type: 'unmask' }>): Promise<void> {
  const masks = Array.from({ length: streams }, () => ({
    ...{ key: systemRandom(16), nonce: systemRandom(12), sign: -1 as const },
  }));
  const base = new Uint32Array(length);
  link.send({ type: 'unmasking' });
  // Making the masks was this function's work, not a coordinator's, which derives them in steps.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const startedMs = performance.now();
  const result = await engine.run({
    kind: 'mask',
    output: 'integers',
    vectors: [{ name: 'x', bits: BITS, length, base, streams: masks }],
  });
  if (result.kind === 'integers') packBits(result.vectors[0]?.values ?? base, BITS);
  link.send({ type: 'unmasked', seconds: (performance.now() - startedMs) / 1000 });
}
