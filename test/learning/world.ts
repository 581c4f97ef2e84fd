/** A coordinator in memory, an operator and participants that train; no network, real time. */
import { toHex } from '../../crypto/bytes.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { systemRandom } from '../../crypto/random.js';
import { identityFromSeed } from '../../crypto/signature.js';
import { type Client, createClient, createMemoryJournal, parseTrust } from '../../src/client/index.js';
import { createCoordinator, createMemoryStore, systemClock } from '../../src/coordinator/index.js';
import { learningTaskSpec } from '../../src/learning/index.js';
import { type OperatorApi, parseTaskSpec, signTask } from '../../src/operator/index.js';
import { type Signed, type Signer, signerFromSeed } from '../../src/protocol/signed.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { loadTensorFlow } from '../../src/learning/backend.js';
import { smallModel } from './models.js';

const MAX_ATTEMPTS = 2;

export interface World {
  readonly operator: OperatorApi;
  readonly clients: readonly Client[];
  readonly coordinator: Uint8Array;
  readonly task: Signed;
  readonly taskId: string;
  close(): Promise<void>;
}

/**
 * @param wrap the transport of one participant, to make it fail
 * @param maxAttempts of every participant's policy
 */
export async function startWorld(
  participants: number,
  wrap: (api: ParticipantApi, index: number) => ParticipantApi = (api) => api,
  maxAttempts = MAX_ATTEMPTS,
): Promise<World> {
  const [organiser, own] = [signer(), signer()];
  const engine = createReferenceEngine();
  const store = createMemoryStore();
  const coordinator = createCoordinator({
    store,
    engine,
    clock: systemClock,
    signer: own,
    organiser: organiser.publicKey,
  });
  await coordinator.start();
  const identities = Array.from({ length: participants }, signer);
  const trust = parseTrust({
    organiser: toHex(organiser.publicKey),
    coordinator: toHex(own.publicKey),
    policy: { evolving: true, maxAttempts },
  });
  const clients = identities.map((identity, index) =>
    createClient({
      transport: wrap(coordinator.participant({ identity: identity.publicKey, certificate: null }), index),
      journal: createMemoryJournal(identity.publicKey),
      trust,
      identity,
      certificate: null,
    }),
  );
  const model = smallModel(await loadTensorFlow());
  const spec = parseTaskSpec(
    learningTaskSpec(model, {
      name: 'test',
      participants: identities.map(({ publicKey }) => toHex(publicKey)),
      clip: 8,
      maxWeight: 200,
    }),
  );
  model.dispose();
  const { signed, pinned } = signTask(
    spec,
    identities.map(({ publicKey }) => publicKey),
    organiser,
    systemRandom,
  );
  const { taskId } = await coordinator.operator.createTask(signed, pinned);
  return {
    operator: coordinator.operator,
    clients,
    coordinator: own.publicKey,
    task: signed,
    taskId,
    async close() {
      await coordinator.stop();
      await engine.close();
      await store.close();
    },
  };
}

function signer(): Signer {
  const { seed, publicKey } = identityFromSeed(systemRandom(32));
  return signerFromSeed(seed, publicKey);
}

/** Passes calls on, except those in `instead`. */
export function intercept(api: ParticipantApi, instead: Partial<ParticipantApi>): ParticipantApi {
  return new Proxy(api, {
    get(target, name) {
      const method: unknown = Reflect.get(instead, name) ?? Reflect.get(target, name, target);
      return typeof method === 'function' ? (method.bind(target) as unknown) : method;
    },
  });
}
