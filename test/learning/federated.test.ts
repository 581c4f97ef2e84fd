/** Federated averaging with real sessions: driver and participants against a coordinator in memory. */
import { decode, encode, rfc8949EncodeOptions } from 'cborg';

import {
  encodeModel,
  federatedDriver,
  type FederatedDriverOptions,
  firstModel,
  type LocalUpdate,
  modelDigest,
  nextModel,
  type Retry,
  trainParticipant,
  type TrainingOutcome,
  type TrainParticipant,
} from '../../src/learning/index.js';
import { loadTensorFlow, type TensorFlow } from '../../src/learning/backend.js';
import { atAttempt, withModel } from '../../src/learning/step.js';
import { readOutcome } from '../../src/operator/index.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { until } from '../helpers/until.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { points, smallModel } from './models.js';
import { intercept, startWorld, type World } from './world.js';

const TRAINING = { epochs: 2, batchSize: 16, learningRate: 0.5, seed: 3 };
const SHORT_MS = 1500;
const LONG_MS = 20_000;

let loaded: TensorFlow;
let model: Uint8Array;
beforeAll(async () => {
  loaded = await loadTensorFlow();
  const made = smallModel(loaded);
  model = firstModel(made);
  made.dispose();
});

let world: World | undefined;
const stopping = new Set<AbortController>();
afterEach(async () => {
  for (const controller of stopping) controller.abort();
  stopping.clear();
  await world?.close();
  world = undefined;
});

const driverOf = (
  { operator, task, taskId, coordinator }: World,
  more: Partial<FederatedDriverOptions> = {},
) =>
  federatedDriver(operator, { task, taskId, coordinator, model, joinMs: LONG_MS, roundMs: LONG_MS, ...more });

interface Trainer {
  readonly outcomes: TrainingOutcome[];
  readonly updates: LocalUpdate[];
  /** What the loop threw. */
  readonly done: Promise<unknown>;
}

/** Goes on in the background until the test ends. */
function train({ clients, taskId }: World, index: number, more: Partial<TrainParticipant> = {}): Trainer {
  const controller = new AbortController();
  stopping.add(controller);
  const [outcomes, updates]: [TrainingOutcome[], LocalUpdate[]] = [[], []];
  const loop = async (): Promise<void> => {
    const trained = trainParticipant(clients[index] ?? (undefined as never), {
      task: taskId,
      data: points(20 + 30 * index, index),
      training: TRAINING,
      clipping: 'reject',
      signal: controller.signal,
      onUpdate: (update) => updates.push(update),
      ...more,
    });
    for await (const outcome of trained) outcomes.push(outcome);
  };
  return { outcomes, updates, done: loop().catch((error: unknown) => error) };
}

/** The weighted mean of true updates, in the clear. */
function plainMean(updates: readonly LocalUpdate[]): Record<string, number[]> {
  const total = updates.reduce((sum, { weight }) => sum + weight, 0);
  return Object.fromEntries(
    Object.keys(updates[0]?.vectors ?? {}).map((name) => [
      name,
      Array.from(updates[0]?.vectors[name] ?? [], (_, i) =>
        updates.reduce((sum, { vectors, weight }) => sum + (weight * (vectors[name]?.[i] ?? NaN)) / total, 0),
      ),
    ]),
  );
}

test.each([3, 5])(
  '%d participants: every mean is that of the true updates, and the model learns',
  async (count) => {
    world = await startWorld(count);
    const trainers = world.clients.map((_, index) => train(world as World, index));
    const driver = driverOf(world);
    const held = points(300, 99);
    const before = await driver.evaluate(held);
    for (let step = 1; step <= 4; step += 1) {
      const done = await driver.step();
      expect(done).toMatchObject({ step, attempt: 1, survivors: count, aborted: [] });
      expect(done.weight).toBe(trainers.reduce((sum, _, index) => sum + 20 + 30 * index, 0));
      const updates = trainers.map(({ updates: own }) => own.at(-1) as LocalUpdate);
      for (const [name, values] of Object.entries(plainMean(updates)))
        values.forEach((value, i) => expect(done.mean[name]?.[i]).toBeCloseTo(value, 4));
      await until(() => trainers.every(({ outcomes }) => outcomes.length === step));
      // Everybody computed the same next model, to the last bit.
      for (const { outcomes } of trainers)
        expect(outcomes.at(-1)).toMatchObject({ kind: 'closed', step, model: driver.model });
    }
    const after = await driver.evaluate(held);
    expect(after.accuracy).toBeGreaterThan(0.9);
    expect(after.loss).toBeLessThan(before.loss);
  },
);

/** Opens one session with these bytes as its input, and waits until all participants are done with it. */
async function offer(
  { operator, taskId }: World,
  bytes: Uint8Array,
  trainers: readonly Trainer[],
): Promise<string> {
  const before = trainers.map(({ outcomes }) => outcomes.length);
  const inputDigest = await operator.putInput(bytes);
  const { sessionId } = await operator.openSession({
    taskId,
    inputDigest,
    joinMs: SHORT_MS,
    roundMs: SHORT_MS,
  });
  await until(() => trainers.every(({ outcomes }, index) => outcomes.length > (before[index] ?? 0)));
  return sessionId;
}

const codes = (trainers: readonly Trainer[]): unknown[] =>
  trainers.map(({ outcomes }) => {
    const last = outcomes.at(-1);
    return last?.kind === 'failed' ? last.error.code : last?.kind;
  });

test('a model that does not follow from the aggregate is refused by all who saw it; the right one is not', async () => {
  const here = (world = await startWorld(3));
  const trainers = here.clients.map((_, index) => train(here, index));
  const session = await offer(here, model, trainers);
  expect(codes(trainers)).toEqual(['closed', 'closed', 'closed']);
  const { vectors } = readOutcome(here.task, await here.operator.getOutcome(session), here.coordinator);
  const mean = Object.fromEntries(Object.entries(vectors).map(([name, vector]) => [name, vector.mean]));
  const right = await nextModel(model, mean);
  const crafted = await nextModel(model, {
    ...mean,
    'output/bias': [(mean['output/bias']?.[0] ?? 0) + 1e-3],
  });

  const sent = trainers.map(({ updates }) => updates.length);
  await offer(here, crafted, trainers);
  expect(codes(trainers)).toEqual(['LINEAGE', 'LINEAGE', 'LINEAGE']);
  await offer(here, await atAttempt(model, 2), trainers);
  expect(codes(trainers)).toEqual(['LINEAGE', 'LINEAGE', 'LINEAGE']);
  await offer(here, await atAttempt(right, 3), trainers);
  expect(codes(trainers)).toEqual(['BELOW_POLICY', 'BELOW_POLICY', 'BELOW_POLICY']);
  await offer(here, Uint8Array.of(1, 2, 3), trainers);
  expect(codes(trainers)).toEqual(['MALFORMED', 'MALFORMED', 'MALFORMED']);
  // Refused before any training.
  expect(trainers.map(({ updates }) => updates.length)).toEqual(sent);

  await offer(here, right, trainers);
  expect(codes(trainers)).toEqual(['closed', 'closed', 'closed']);
}, 90_000);

test('steps that were taken without a participant: refused, unless the application allows them', async () => {
  const here = (world = await startWorld(3));
  const trainers = here.clients.map((_, index) => train(here, index, { allowMissedSteps: index !== 0 }));
  await offer(here, model, trainers);
  expect(codes(trainers)).toEqual(['closed', 'closed', 'closed']);
  // The same weights, said to be those of step 3.
  const skipped = await withModel(model, (given, meta) =>
    Promise.resolve(encodeModel(given, { ...meta, step: 3 })),
  );
  await offer(here, skipped, trainers);
  expect(codes(trainers)).toEqual(['LINEAGE', 'TOO_FEW_PARTICIPANTS', 'TOO_FEW_PARTICIPANTS']);
  expect(trainers.map(({ updates }) => updates.length)).toEqual([1, 2, 2]);
}, 60_000);

test('the same model in other bytes is no way around the attempts', async () => {
  const here = (world = await startWorld(3));
  const trainers = [train(here, 0), train(here, 1)];
  await offer(here, model, trainers);
  expect(codes(trainers)).toEqual(['TOO_FEW_PARTICIPANTS', 'TOO_FEW_PARTICIPANTS']);
  const decoded = decode(model) as { architecture: string };
  const architecture = JSON.parse(decoded.architecture) as { config: object };
  architecture.config = { ...architecture.config, zzz: 1 };
  const disguised = encode({ ...decoded, architecture: JSON.stringify(architecture) }, rfc8949EncodeOptions);
  expect(await modelDigest(disguised)).toBe(await modelDigest(model));
  await offer(here, disguised, trainers);
  expect(codes(trainers)).toEqual(['LINEAGE', 'LINEAGE']);
  expect(trainers.map(({ updates }) => updates.length)).toEqual([1, 1]);
}, 60_000);

test("attempts are bounded by each participant's policy, not by the operator's", async () => {
  const here = (world = await startWorld(3, undefined, 1));
  const trainers = here.clients.map((_, index) => train(here, index));
  await offer(here, await atAttempt(model, 2), trainers);
  expect(codes(trainers)).toEqual(['BELOW_POLICY', 'BELOW_POLICY', 'BELOW_POLICY']);
  expect(trainers.map(({ updates }) => updates.length)).toEqual([0, 0, 0]);
}, 60_000);

test('after votes an aborted step is a new attempt, freshly trained; the training goes on', async () => {
  // One of three is lost between its vote and its shares: with three, nobody may be missing.
  let broken = true;
  const failing = (api: ParticipantApi): ParticipantApi =>
    intercept(api, {
      unmask: (...call) =>
        broken
          ? Promise.reject(new BlindsumError('FORBIDDEN', 'environment', 'broken'))
          : api.unmask(...call),
    });
  const here = (world = await startWorld(3, (api, index) => (index === 0 ? failing(api) : api)));
  const trainers = here.clients.map((_, index) => train(here, index));
  const retries: Retry[] = [];
  const onRetry = (retry: Retry): void => {
    broken = false;
    retries.push(retry);
  };
  const driver = driverOf(here, { joinMs: LONG_MS, roundMs: SHORT_MS, onRetry });
  const done = await driver.step();
  expect(done).toMatchObject({ step: 1, attempt: 2, survivors: 3 });
  expect(retries).toMatchObject([{ step: 1, attempt: 1, error: { code: 'TOO_FEW_SHARES' } }]);
  expect(done.aborted).toEqual(retries);
  const [first, second] = trainers[1]?.updates ?? [];
  expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
  expect(second?.vectors).not.toEqual(first?.vectors);
  expect(await driver.step()).toMatchObject({ step: 2, attempt: 1 });
}, 60_000);

test('attempts are bounded, and the error is that of the last abort', async () => {
  const broken = (api: ParticipantApi): ParticipantApi =>
    intercept(api, {
      unmask: () => Promise.reject(new BlindsumError('FORBIDDEN', 'environment', 'broken')),
    });
  const here = (world = await startWorld(3, (api, index) => (index === 0 ? broken(api) : api)));
  here.clients.forEach((_, index) => train(here, index));
  const retries: Retry[] = [];
  const driver = driverOf(here, { roundMs: SHORT_MS, onRetry: (retry) => retries.push(retry) });
  await expect(driver.step()).rejects.toMatchObject({ code: 'TOO_FEW_SHARES' });
  expect(retries).toHaveLength(1);
  expect(driver.model).toBe(model);
}, 60_000);

test('before votes an aborted step is tried again as it was', async () => {
  const here = (world = await startWorld(3));
  train(here, 0);
  train(here, 1);
  const retries: Retry[] = [];
  const onRetry = (retry: Retry): void => {
    retries.push(retry);
    train(here, 2);
  };
  const driver = driverOf(here, { joinMs: SHORT_MS, onRetry });
  expect(await driver.step()).toMatchObject({ step: 1, attempt: 1, survivors: 3 });
  expect(retries).toMatchObject([{ step: 1, attempt: 1, session: { u3: null } }]);
}, 60_000);

test('sessions for one step are bounded, too', async () => {
  const here = (world = await startWorld(3));
  train(here, 0);
  const driver = driverOf(here, { joinMs: 200, maxSessions: 2 });
  await expect(driver.step()).rejects.toMatchObject({ code: 'TOO_FEW_PARTICIPANTS' });
  expect(await here.operator.listSessions()).toHaveLength(2);
});

test('a session that the operator cancels is not tried again', async () => {
  const here = (world = await startWorld(3));
  const driver = driverOf(here, {
    onChange: ({ sessionId, phase }) => {
      if (phase === 'r0') void here.operator.cancelSession(sessionId, 'enough');
    },
  });
  await expect(driver.step()).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await here.operator.listSessions()).toHaveLength(1);
});

test('review may refuse; data may depend on the meta', async () => {
  const here = (world = await startWorld(3));
  const made = smallModel(loaded);
  const described = firstModel(made, { shift: 7 });
  made.dispose();
  const seen: unknown[] = [];
  const trainers = here.clients.map((_, index) =>
    train(here, index, {
      data(meta) {
        seen.push(meta['shift']);
        return points(20, index);
      },
      review({ step, session }) {
        if (index === 2)
          throw new BlindsumError('BELOW_POLICY', 'peer', `not step ${step} of ${session.task.name}`);
      },
    }),
  );
  await offer(here, described, trainers.slice(2));
  expect(codes(trainers.slice(2))).toEqual(['BELOW_POLICY']);
  await until(() => seen.length === 2);
  expect(seen).toEqual([7, 7]);
  expect(trainers[2]?.updates).toEqual([]);
});
