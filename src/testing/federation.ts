/**
 * A coordinator and its participants within one process, for unit tests of programs that embed the client: the real
 * coordinator, the real client library and the real protocol, without network, files or waiting.
 *
 * FOR TESTS ONLY: all keys and all randomness follow from a seed that anybody can know.
 */
import { toHex, utf8 } from '../../crypto/bytes.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { deterministicRandom, type Random } from '../../crypto/random.js';
import { identityFromSeed } from '../../crypto/signature.js';
import { type Client, createClient, createMemoryJournal, parseTrust } from '../client/index.js';
import { type Coordinator, createCoordinator, createMemoryStore } from '../coordinator/index.js';
import {
  type FinishedSession,
  type OperatorApi,
  parseTaskSpec,
  runSession,
  signTask,
  type TaskSpecInput,
} from '../operator/index.js';
import type { Policy } from '../protocol/policy.js';
import { type Signer, signerFromSeed } from '../protocol/signed.js';
import { type ManualClock, manualClock } from './manual-clock.js';

export interface TestFederationOptions {
  /** At least 3. Default 3. */
  readonly participants?: number;
  /** As in a task file: name, length, clip, and if wanted scale, bits, weighted. */
  readonly vectors: TaskSpecInput['vectors'];
  /** Makes the task weighted. */
  readonly maxWeight?: number;
  /** n_C. Default max(1, ⌈N/3⌉ − 1). */
  readonly maxColluders?: number;
  /** Default: static records under the label `default`. */
  readonly scope?: NonNullable<TaskSpecInput['scope']>;
  /** On top of a policy that accepts the task. */
  readonly policy?: Partial<Policy>;
  /** Default 'test'. */
  readonly seed?: string;
}

export interface RunTestSession {
  /** Model or query; default none. */
  readonly input?: Uint8Array | null;
  /** So many will not come; once all others have joined, the clock is turned past the time for joining. Default 0. */
  readonly absent?: number;
  readonly signal?: AbortSignal;
}

export interface TestFederation {
  /** What clients contribute to. */
  readonly taskId: string;
  /** By participant. Each has its own journal in memory, so one contribution at a time. */
  readonly clients: readonly Client[];
  /** Public keys by participant, 32 bytes. */
  readonly identities: readonly Uint8Array[];
  readonly operator: OperatorApi;
  readonly clock: ManualClock;
  /**
   * Opens a session and waits for its sum; contribute with the clients before, or without awaiting it.
   * @throws BlindsumError with the abort's code when the session aborts
   */
  runSession(options?: RunTestSession): Promise<FinishedSession>;
  close(): Promise<void>;
}

const JOIN_MS = 60_000;
const DATASET = 'default';

/** @throws BlindsumError for a task that nobody should run: too few participants, too few bits, … */
export async function createTestFederation(options: TestFederationOptions): Promise<TestFederation> {
  const { participants = 3, seed = 'test' } = options;
  const organiser = signerOf(seed, 'organiser');
  const signer = signerOf(seed, 'coordinator');
  const parties = Array.from({ length: participants }, (_, index) => signerOf(seed, `participant ${index}`));
  const identities = parties.map(({ publicKey }) => publicKey);
  const task = signTask(specOf(options, identities), identities, organiser, randomOf(seed, 'task'));
  const clock = manualClock();
  const engine = createReferenceEngine();
  const store = createMemoryStore({ now: clock.now });
  const coordinator = createCoordinator({
    store,
    signer,
    organiser: organiser.publicKey,
    engine,
    clock,
    random: randomOf(seed, 'coordinator'),
    limits: { stageBudgetBytes: 2 ** 31 },
  });
  const { operator } = coordinator;
  const { taskId } = await operator.createTask(task.signed, task.pinned);
  const trust = parseTrust({
    organiser: toHex(organiser.publicKey),
    coordinator: toHex(signer.publicKey),
    policy: policyFor(options),
  });
  const clients = parties.map((identity, index) =>
    createClient({
      transport: withOwnInput(coordinator.participant({ identity: identity.publicKey, certificate: null })),
      journal: createMemoryJournal(),
      trust,
      identity,
      certificate: null,
      engine,
      random: randomOf(seed, `participant ${index}`),
      now: clock.now,
      sleep: clock.sleep,
    }),
  );
  return {
    taskId,
    clients,
    identities,
    operator,
    clock,
    async runSession({ input = null, absent = 0, signal } = {}) {
      const unwatch = store.watch(({ sessionId }) => {
        if (absent === 0) return;
        // What goes wrong here goes wrong for the session's watcher, too.
        passJoining(operator, sessionId, participants - absent, clock).catch(() => undefined);
      });
      try {
        return await runSession(operator, {
          task: task.signed,
          taskId,
          input,
          joinMs: JOIN_MS,
          roundMs: JOIN_MS,
          coordinator: signer.publicKey,
          ...(signal === undefined ? {} : { signal }),
        });
      } finally {
        unwatch();
      }
    },
    close: () => stop(coordinator, engine),
  };
}

type Transport = ReturnType<Coordinator['participant']>;

/** Without a network all would be given the same input, and a program under test may write to it. */
function withOwnInput(api: Transport): Transport {
  const getInput: Transport['getInput'] = async (...args) => new Uint8Array(await api.getInput(...args));
  return new Proxy(api, {
    get(target, name) {
      if (name === 'getInput') return getInput;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Nobody else will join: ends the waiting for those who do not come. */
async function passJoining(
  operator: OperatorApi,
  sessionId: string,
  present: number,
  clock: ManualClock,
): Promise<void> {
  const { phase, accepted, phaseDeadlineInMs } = await operator.getSession(sessionId);
  if (phase === 'r0' && accepted.r0 >= present) clock.advance(phaseDeadlineInMs + 1);
}

async function stop(coordinator: Coordinator, engine: { close(): Promise<void> }): Promise<void> {
  await coordinator.stop();
  await engine.close();
}

const randomOf = (seed: string, who: string): Random => deterministicRandom(utf8(`${seed} / ${who}`));

function signerOf(seed: string, who: string): Signer {
  const identity = identityFromSeed(randomOf(seed, `identity of ${who}`)(32));
  return signerFromSeed(identity.seed, identity.publicKey);
}

function specOf(options: TestFederationOptions, identities: readonly Uint8Array[]) {
  const { vectors, maxWeight, maxColluders, scope } = options;
  return parseTaskSpec({
    name: 'a task under test',
    participants: identities.map(toHex),
    vectors,
    ...(maxWeight === undefined ? {} : { maxWeight }),
    ...(maxColluders === undefined ? {} : { maxColluders }),
    scope: scope ?? { kind: 'static', dataset: DATASET },
  });
}

function policyFor({ scope, policy }: TestFederationOptions): unknown {
  const label = scope?.kind === 'static' ? scope.dataset : DATASET;
  return { datasets: { [label]: label }, evolving: scope?.kind === 'evolving', ...policy };
}
