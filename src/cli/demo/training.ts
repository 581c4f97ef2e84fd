/** The demo's training sessions: federated averaging, with participants killed on the way. */
import {
  type FederatedDriver,
  federatedDriver,
  firstModel,
  learningTaskSpec,
  type TensorFlow,
} from '../../learning/index.js';
import type { SessionSummary } from '../../operator/index.js';
import type { Task } from '../../protocol/documents.js';
import { isEnded } from '../../protocol/phase.js';
import { uploadBytes } from '../../protocol/suite.js';
import { suiteById } from '../../protocol/suites/index.js';
import type { Cluster, Member } from './cluster.js';
import { type Patients, standardise } from './hospitals.js';
import type { Kill } from './options.js';
import { largestError, type TrueUpdate } from './plain.js';
import { demoModel } from './reference.js';
import { type DemoSession, droppedOf, survivorsOf } from './result.js';
import { MAX_PATIENTS, type Standardisation, toMeta } from './standardisation.js';
import { killRoundMs, LIMITS_MS } from './timing.js';
import { median } from '../median.js';

/** Largest change of one weight in one session; the largest seen with this network is below 1. */
const MAX_CHANGE = 2;

export interface TrainingOptions {
  readonly seed: number;
  readonly suite: string;
  readonly standardisation: Standardisation;
  readonly test: Patients;
  readonly signal: AbortSignal;
  readonly onKilled: (kill: Kill, member: Member) => void;
  readonly onAborted: (session: SessionSummary, message: string) => void;
}

export interface Training {
  readonly task: Task;
  readonly driver: FederatedDriver;
  /** One session, with a kill in it or without. Sessions that aborted before it come along. */
  session(kill: Kill | undefined): Promise<TrainedSession>;
}

export interface TrainedSession {
  readonly session: DemoSession;
  readonly sessionId: string;
  /** True updates of those in the sum. */
  readonly updates: readonly (TrueUpdate & { readonly name: string })[];
  /** All that one participant sent, as protobuf messages, in the median. */
  readonly sentBytes: number;
}

export async function startTraining(
  cluster: Cluster,
  loaded: TensorFlow,
  { seed, suite, standardisation, test, signal, onKilled, onAborted }: TrainingOptions,
): Promise<Training> {
  const model = demoModel(loaded, seed);
  const spec = learningTaskSpec(model, {
    name: 'demo: a network that tells malignant from benign',
    suite,
    participants: 'enrolled',
    clip: MAX_CHANGE,
    maxWeight: MAX_PATIENTS,
  });
  const { signed, task, taskId } = await cluster.createTask(spec);
  const driver = federatedDriver(cluster.operator, {
    task: signed,
    taskId,
    coordinator: cluster.coordinator,
    model: firstModel(model, toMeta(standardisation)),
    ...LIMITS_MS,
    signal,
    onRetry: ({ session, error }) => onAborted(session, error.message),
  });
  model.dispose();
  const { mean, std } = standardisation;
  const examples = { features: standardise(test.features, mean, std), labels: test.labels };
  for (const { process } of cluster.participants) process.train(taskId);

  async function session(kill: Kill | undefined): Promise<TrainedSession> {
    const startMs = Date.now();
    const staged = kill === undefined ? null : await stageKill(cluster, kill, taskId, onKilled, signal);
    const roundMs = kill === undefined ? LIMITS_MS.roundMs : killRoundMs(cluster.participants.length);
    const step = await driver.step({ roundMs, onChange: (summary) => staged?.onChange(summary) });
    const seconds = (Date.now() - startMs) / 1000;
    await staged?.finished();
    const { sessionId } = step.session;
    const alive = cluster.participants.filter((member) => staged?.wasKilledIn(member, sessionId) !== true);
    const ended = await Promise.all(alive.map(({ process }) => process.ended(sessionId)));
    const updates = survivorsOf(cluster, step.session).flatMap(({ process }) => {
      const update = process.updates.get(sessionId);
      return update === undefined ? [] : [{ ...update, name: process.name }];
    });
    for (const { process } of cluster.participants) process.updates.clear();
    return {
      sessionId,
      updates,
      sentBytes: Math.round(median(ended.map(({ sessionBytes }) => sessionBytes))),
      session: {
        number: step.session.number,
        roster: step.session.u1?.length ?? 0,
        survivors: step.survivors,
        dropped: droppedOf(cluster, step.session),
        maxAbsErrorVsPlain: updates.length === step.survivors ? largestError(step.mean, updates) : NaN,
        accuracy: (await driver.evaluate(examples)).accuracy,
        seconds,
        uploadBytesPerParticipant: uploadBytes(suiteById(task.suite), task),
      },
    };
  }
  return { task, driver, session };
}

/** Waits for the participant to stop at its point, kills it, starts it anew, and lets it in again after the session. */
async function stageKill(
  cluster: Cluster,
  kill: Kill,
  taskId: string,
  onKilled: TrainingOptions['onKilled'],
  signal: AbortSignal,
) {
  const member = cluster.participants[kill.participant] as Member;
  await member.process.pauseAt(kill.point);
  let state: 'alive' | 'killed' | 'back' = 'alive';
  let session = '';
  let killedIn = '';
  const revived = member.process.paused().then(async () => {
    state = 'killed';
    killedIn = session;
    await member.process.kill();
    if (signal.aborted) return;
    onKilled(kill, member);
    await cluster.revive(member);
  });
  // Awaited only when the session is over; an interrupt may end everybody before.
  revived.catch(() => undefined);
  const comeBack = async (): Promise<void> => {
    if (state === 'alive') return member.process.pauseAt(null);
    await revived;
    if (state === 'killed') member.process.train(taskId);
    state = 'back';
  };
  return {
    /** Also after an aborted session, so that the next attempt has everybody. */
    onChange(summary: SessionSummary): void {
      session = summary.sessionId;
      if (isEnded(summary.phase) && state === 'killed') comeBack().catch(() => undefined);
    },
    finished: comeBack,
    /** The step may have been tried again after the session in which it was killed. */
    wasKilledIn: (other: Member, sessionId: string) => other === member && killedIn === sessionId,
  };
}
