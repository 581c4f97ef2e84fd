/**
 * One whole session with the real coordinator, the real client library and, with `grpc`, real connections, in one
 * process. Randomness follows from a seed; the clock stands still except when a round waits for somebody who vanished,
 * and then it is turned past the deadline, so that dropouts cost no time.
 */
import { createNodeEngine } from '../../../crypto/engine/node.js';
import { createClient, createMemoryJournal } from '../../client/index.js';
import { type Coordinator, createCoordinator, createMemoryStore } from '../../coordinator/index.js';
import { isEnded, type Phase, type Round, ROUNDS } from '../../protocol/phase.js';
import { type Engine, uploadBytes } from '../../protocol/suite.js';
import { suiteById } from '../../protocol/suites/index.js';
import type { OperatorApi, SessionSummary } from '../../rpc/operator-api.js';
import { type ManualClock, manualClock } from '../../testing/manual-clock.js';
import { compareSums } from './compare.js';
import { chooseInputs } from './choose-inputs.js';
import { chooseDropouts } from './dropout.js';
import { grpcNetwork, memoryNetwork, type Network } from './networks.js';
import type { SimulationOptions } from './options.js';
import { linkParticipant } from './participant-link.js';
import { type Measured, type MeasuredSession, reportOf, type SimulationReport } from './report.js';
import { RoundTracker } from './rounds.js';
import { randomOf, type Setup, setUp, VECTOR } from './setup.js';
import type { SimulatedInputs } from './simulated-inputs.js';
import { timedSuite } from './timed-suite.js';
import { Turnstile } from './turnstile.js';

const ROUND_MS = 60_000;

export async function runSimulation(options: SimulationOptions): Promise<SimulationReport> {
  return reportOf(options, await measureSession(options));
}

export async function measureSession(options: SimulationOptions): Promise<Measured> {
  const inputs = chooseInputs(options);
  const suites = options.suites ?? suiteById;
  const setup = setUp(suites(options.suite), options.participants, inputs, options.seed);
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
      options,
      setup,
      clock,
      coordinator,
      network,
      engine,
      taskId,
      inputs,
    });
    const outcome = await coordinator.operator.getOutcome(measured.session.sessionId);
    const comparison = compareSums({ inputs, setup, outcome, ...measured });
    const inputBytes = uploadBytes(setup.suite, setup.task.task);
    return { ...measured, ...comparison, inputBytes, unmaskMs: suite.unmaskMs() };
  } finally {
    await network.close();
    await coordinator.stop();
    if (options.engine === undefined) await engine.close();
  }
}

async function networkOf(
  { transport, observe }: SimulationOptions,
  coordinator: Coordinator,
  clock: ManualClock,
): Promise<Network> {
  return transport === 'grpc' ? grpcNetwork(coordinator, clock.now, observe) : memoryNetwork(coordinator);
}

interface Stage {
  readonly options: SimulationOptions;
  readonly setup: Setup;
  readonly clock: ManualClock;
  readonly coordinator: Coordinator;
  readonly network: Network;
  readonly engine: Engine;
  readonly taskId: string;
  readonly inputs: SimulatedInputs;
}

async function runSession(stage: Stage): Promise<MeasuredSession> {
  const { options, setup, clock, coordinator, network, taskId } = stage;
  const { operator } = coordinator;
  const tracker = new RoundTracker(options.participants);
  const turnstile = new Turnstile();
  const vanishing = chooseDropouts(options.dropout, options.participants, options.seed);
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
    const contribution = contribute(stage, participant, link.api, own.signal)
      .then(
        (result) => ({ result, error: null }),
        (error: unknown) => ({ result: null, error }),
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
      sums: results.flatMap(({ result }) => (result === null ? [] : [result.sum[VECTOR] as Float64Array])),
      members: members.map(({ connection, link, vanishes }) => ({
        bytes: connection.bytes(),
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

function contribute(
  { options, setup, clock, engine, taskId, inputs }: Stage,
  participant: number,
  transport: Parameters<typeof createClient>[0]['transport'],
  signal: AbortSignal,
) {
  const { observe, suites, seed, verify } = options;
  const random = randomOf(seed, `participant ${participant}`);
  const client = createClient({
    transport,
    journal: createMemoryJournal(),
    trust: setup.trust,
    identity: (setup.participants[participant] as Setup['participants'][number]).signer,
    certificate: null,
    engine,
    random: observe?.random?.(participant, random) ?? random,
    ...(suites === undefined ? {} : { suite: suites }),
    ...(verify === undefined ? {} : { verify }),
    now: clock.now,
    // A busy coordinator is busy in real time; the clock stands still meanwhile.
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))),
  });
  return client.contribute({
    task: taskId,
    vectors: () => ({ [VECTOR]: inputs.of(participant) }),
    signal,
    onProgress: (event) => observe?.onEvent?.(participant, event),
  });
}

/** Turns the clock past the deadline of each round that waits in vain. */
async function passDeadlines(
  operator: OperatorApi,
  sessionId: string,
  tracker: RoundTracker,
  clock: ManualClock,
  signal: AbortSignal,
): Promise<void> {
  for (const round of ROUNDS) {
    if (round === 'r2') await passComplaints(operator, sessionId, tracker, clock, signal);
    if ((await tracker.complete(round)) === 0) continue;
    for (;;) {
      const { phase, phaseDeadlineInMs } = await operator.getSession(sessionId);
      if (signal.aborted || isAfter(phase, round)) break;
      // Only once the round is open: a deadline that is passed too early is another round's.
      if (phase === round) clock.advance(phaseDeadlineInMs + 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

/** Uploads that wait for the headers of those who vanished begin when complaints can no longer come: half-way. */
async function passComplaints(
  operator: OperatorApi,
  sessionId: string,
  tracker: RoundTracker,
  clock: ManualClock,
  signal: AbortSignal,
): Promise<void> {
  await tracker.complete('r1');
  while (!signal.aborted) {
    const { phase, phaseDeadlineInMs } = await operator.getSession(sessionId);
    if (isAfter(phase, 'r1')) {
      if (!(await tracker.headersSent()) || phase !== 'r2') return;
      clock.advance(phaseDeadlineInMs - ROUND_MS / 2);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const isAfter = (phase: Phase, round: Round): boolean =>
  isEnded(phase) || ROUNDS.indexOf(phase as Round) > ROUNDS.indexOf(round);

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
