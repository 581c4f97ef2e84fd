/**
 * The demo's coordinator, a process of its own: store in memory, own key, own TLS certificate, a free port on loopback.
 * Apart from remembering uploads for the final picture it is what `blindsum serve` runs.
 */
import { createNodeEngine, JOBS_PER_WORKER } from '../../../crypto/engine/node.js';
import { systemRandom } from '../../../crypto/random.js';
import { identityFromSeed } from '../../../crypto/signature.js';
import {
  createCoordinator,
  createDevTls,
  createGrpcServer,
  createMemoryStore,
  operatorToken,
  systemClock,
} from '../../coordinator/index.js';
import { signerFromSeed } from '../../protocol/signed.js';
import type { CoordinatorStart, FromCoordinator } from './messages.js';
import { linkToParent } from './parent-link.js';
import { recordUploads } from './recording.js';

const link = linkToParent<CoordinatorStart, FromCoordinator>();
link.onMessage(async ({ organiser }) => {
  const { seed, publicKey } = identityFromSeed(systemRandom(32));
  const token = Buffer.from(systemRandom(32)).toString('base64url');
  const tls = await createDevTls([]);
  const coordinator = createCoordinator({
    store: createMemoryStore(),
    engine: createNodeEngine({ jobsPerWorker: JOBS_PER_WORKER }),
    clock: systemClock,
    signer: signerFromSeed(seed, publicKey),
    organiser,
  });
  await coordinator.start();
  const recorded = recordUploads((upload) => link.send({ type: 'upload', ...upload }));
  const server = await createGrpcServer({
    participant: (caller) => recorded(coordinator.participant(caller), caller.identity),
    operator: () => coordinator.operator,
    auth: {
      coordinatorKey: publicKey,
      operatorTokens: () => [operatorToken('operator', token)],
      authorize: ({ identity, certificate }) => coordinator.authorize(identity, certificate),
    },
    listen: '127.0.0.1:0',
    tls,
  });
  const address = `127.0.0.1:${server.port}`;
  link.send({ type: 'listening', address, coordinator: publicKey, ca: tls.caPem, operatorToken: token });
});
