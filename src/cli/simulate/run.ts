/**
 * One whole session with the real coordinator, the real client library and, with `grpc`, real connections, in one
 * process. Randomness follows from a seed; the clock stands still except when a round waits for somebody who vanished,
 * and then it is turned past the deadline, so that dropouts cost no time.
 */
import { createNodeEngine } from '../../../crypto/engine/node.js';
import type { Random } from '../../../crypto/random.js';
import { createClient, createMemoryJournal } from '../../client/index.js';
import { type Coordinator, createCoordinator, createMemoryStore } from '../../coordinator/index.js';
import { isEnded, type Round } from '../../protocol/phase.js';
import { type Engine, uploadBytes } from '../../protocol/suite.js';
import { suiteById } from '../../protocol/suites/index.js';
import type { OperatorApi, SessionSummary } from '../../rpc/operator-api.js';
import { type ManualClock, manualClock } from '../../testing/manual-clock.js';
import { compareSums } from './compare.js';
import { chooseInputs, withPlan } from './choose-inputs.js';
import { DistinctSums } from './distinct-sums.js';
import { passDeadlines, ROUND_MS } from './deadlines.js';
import { chooseDropouts } from './dropout.js';
import { grpcNetwork, memoryNetwork, type Network } from './networks.js';
import type { SimulationOptions } from './options.js';
import { linkParticipant } from './participant-link.js';
import { type Measured, type MeasuredSession, reportOf, type SimulationReport } from './report.js';
import { RoundTracker } from './rounds.js';
import { randomOf, type Setup, setUp } from './setup.js';
import { createShared, isAlone, type SharedSession, sharesChecks } from './shared.js';
import type { SimulatedInputs } from './simulated-inputs.js';
import { timedSuite } from './timed-suite.js';
import { Turnstile } from './turnstile.js';

export async function runSimulation(options: SimulationOptions): Promise<SimulationReport> {
  return reportOf(options, await measureSession(options));
}

/** Who meets in a session, what they put in, and who vanishes when. */
export interface Planned {
  readonly setup: Setup;
  readonly inputs: SimulatedInputs;
  /** By participant: the round before whose message it vanishes, or null. */
  readonly vanishing: readonly (Round | null)[];
  /** By participant: its own name of its data, which do not depend on a session; default: made for the session. */
  readonly datasets?: readonly string[];
}

export function planSession(options: SimulationOptions): Planned {
  const { suite, suites = suiteById, participants, dropout, seed } = options;
  const inputs = chooseInputs(options);
  const setup = withPlan(options, (numbers) => setUp(suites(suite), participants, inputs, seed, numbers));
  return { setup, inputs, vanishing: chooseDropouts(dropout, participants, seed) };
}

export async function measureSession(
  options: SimulationOptions,
  planned: Planned = planSession(options),
): Promise<Measured> {
  const { setup, inputs } = planned;
  const { suites = suiteById } = options;
  const shared = sharesChecks(options) ? createShared() : null;
  const clock = manualClock();
  const suite = timedSuite(suites);
  const engine = options.engine ?? createNodeEngine();
  const coordinator = createCoordinator({
    store: createMemoryStore({ now: clock.now }),
    signer: setup.coordinator.signer,
    organiser: setup.organiser.signer.publicKey,
    engine,
    suite: suite.suites,
    clock,
    random: randomOf(options.seed, 'coordinator'),
    ...(options.observe?.logger === undefined ? {} : { logger: options.observe.logger }),
    ...(options.observe?.tracer === undefined ? {} : { tracer: options.observe.tracer }),
    // Uploads come one at a time here, whatever their size.
    limits: { stageBudgetBytes: 2 ** 31 },
  });
  const network = await networkOf(options, coordinator, clock);
  try {
    const { taskId } = await coordinator.operator.createTask(setup.task.signed, setup.task.pinned);
    const measured = await runSession({
      ...{ options, ...planned, shared, clock, coordinator, network, engine, taskId },
    });
    const outcome = await coordinator.operator.getOutcome(measured.session.sessionId);
    const comparison = compareSums({ inputs, setup, outcome, ...measured });
    const inputBytes = uploadBytes(setup.suite, setup.task.task);
    return { ...measured, ...comparison, outcome, inputBytes, unmaskMs: suite.unmaskMs() };
  } finally {
    await network.close();
    await coordinator.stop();
    if (options.engine === undefined) await engine.close();
    await shared?.agreements.close();
  }
}

async function networkOf(
  { transport, observe }: SimulationOptions,
  coordinator: Coordinator,
  clock: ManualClock,
): Promise<Network> {
  return transport === 'grpc' ? grpcNetwork(coordinator, clock.now, observe) : memoryNetwork(coordinator);
}

interface Stage extends Planned {
  readonly options: SimulationOptions;
  /** Null: every participant checks everything for itself. */
  readonly shared: SharedSession | null;
  readonly clock: ManualClock;
  readonly coordinator: Coordinator;
  readonly network: Network;
  readonly engine: Engine;
  readonly taskId: string;
}

async function runSession(stage: Stage): Promise<MeasuredSession> {
  const { options, setup, vanishing, clock, coordinator, network, taskId } = stage;
  const { operator } = coordinator;
  const tracker = new RoundTracker(options.participants);
  const turnstile = new Turnstile();
  const sums = new DistinctSums();
  const over = new AbortController();
  const signal = options.signal === undefined ? over.signal : AbortSignal.any([over.signal, options.signal]);
  const startedMs = performance.now();
  const { sessionId } = await operator.openSession({
    taskId,
    inputDigest: null,
    joinMs: ROUND_MS,
    roundMs: ROUND_MS,
  });
  const members = setup.participants.map((party, participant) => {
    const connection = network.connect(party.signer);
    const vanishes = vanishing[participant] ?? null;
    const link = linkParticipant({ participant, inner: connection.api, vanishes, tracker, turnstile });
    // One each: a signal that hundreds listen to makes Node suspect a leak.
    const own = new AbortController();
    const shares = !isAlone(participant, options.participants);
    const api = stage.shared?.roster.through(link.api, shares) ?? link.api;
    const contribution = contribute(stage, participant, api, own.signal)
      .then(
        ({ sum: vectors, weight }) => {
          if (vanishes === null) sums.add({ vectors, weight });
          return { error: null };
        },
        (error: unknown) => ({ error }),
      )
      .finally(() => link.settled());
    return { connection, link, vanishes, contribution, own };
  });
  const report = (): void => options.onProgress?.(tracker.messages, 5 * options.participants);
  const timer = setInterval(report, 100);
  const endAll = (): void => members.forEach(({ own }) => own.abort());
  signal.addEventListener('abort', endAll, { once: true });
  if (signal.aborted) endAll();
  try {
    const ended = untilEnded(operator, sessionId, signal);
    await Promise.race([ended, passDeadlines(operator, sessionId, tracker, clock, signal)]);
    const session = await ended;
    const living = members.filter(({ vanishes }) => vanishes === null);
    const results = await Promise.all(living.map(({ contribution }) => contribution));
    const totalMs = performance.now() - startedMs;
    report();
    const failed = results.find(({ error }) => error !== null);
    // An abort reaches everybody; any other failure of somebody who did not vanish is a defect, not an outcome.
    if (session.phase === 'closed' && failed !== undefined) throw failed.error;
    return {
      session,
      totalMs,
      dropped: tracker.dropped,
      sums: sums.sums,
      members: members.map(({ connection, link, vanishes }, participant) => ({
        bytes: connection.bytes(),
        isAlone: stage.shared === null || isAlone(participant, options.participants),
        ...link.timings,
        vanishes,
      })),
    };
  } finally {
    clearInterval(timer);
    over.abort();
    await Promise.all(members.map(({ contribution }) => contribution));
    for (const { connection } of members) connection.close();
  }
}

type OfClient = Partial<Parameters<typeof createClient>[0]>;

/** What a participant does not check and compute for itself. */
function sharing({ options, shared }: Stage, participant: number): OfClient {
  const { verify, suites } = options;
  const own = suites === undefined ? {} : { suite: suites };
  if (verify !== undefined) return { ...own, verify };
  if (shared === null || isAlone(participant, options.participants)) return own;
  const { once, agreements } = shared;
  return {
    verify: shared.verify,
    once,
    agreement: agreements.agreement,
    suite: agreements.suites(suites ?? suiteById),
  };
}

/** Each its own, and heard: what it agrees on with others is computed elsewhere. */
function randomFor({ options, setup, shared }: Stage, participant: number): Random {
  const { observe, seed } = options;
  const random = randomOf(seed, `participant ${participant}`);
  const own = observe?.random?.(participant, random) ?? random;
  const { signer } = setup.participants[participant] as Setup['participants'][number];
  return shared?.agreements.random(signer.publicKey, own) ?? own;
}

function contribute(
  stage: Stage,
  participant: number,
  transport: Parameters<typeof createClient>[0]['transport'],
  signal: AbortSignal,
) {
  const { options, setup, datasets, clock, engine, taskId, inputs } = stage;
  const { observe, verifyElsewhere } = options;
  const dataset = datasets?.[participant];
  const client = createClient({
    transport,
    journal: createMemoryJournal(),
    trust: setup.trustFor(dataset),
    identity: (setup.participants[participant] as Setup['participants'][number]).signer,
    certificate: null,
    engine,
    random: randomFor(stage, participant),
    ...sharing(stage, participant),
    ...(verifyElsewhere === undefined ? {} : { verifyElsewhere }),
    now: clock.now,
    // A busy coordinator is busy in real time; the clock stands still meanwhile.
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))),
  });
  return client.contribute({
    task: taskId,
    vectors: () => inputs.of(participant),
    ...(dataset === undefined ? {} : { dataset, answersInput: false }),
    signal,
    onProgress: (event) => observe?.onEvent?.(participant, event),
  });
}

async function untilEnded(
  operator: OperatorApi,
  sessionId: string,
  signal: AbortSignal,
): Promise<SessionSummary> {
  for await (const summary of operator.watchSession(sessionId, signal)) {
    if (isEnded(summary.phase)) return summary;
  }
  throw signal.reason;
}
