/**
 * A2: a model or question that is the same for everybody, but made to single somebody out (trap weights, a histogram
 * whose bin holds one person). Secure aggregation cannot meet this, and SECURITY.md says so. What there is: nobody trains
 * unless its own policy says so, the organiser is warned, and an application sees what is asked before anything is sent.
 */
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { BlindsumError, refuse } from '../../src/client/index.js';
import { loadTensorFlow } from '../../src/learning/backend.js';
import { firstModel, type OfferedModel, trainParticipant } from '../../src/learning/index.js';
import { taskWarnings } from '../../src/operator/index.js';
import { checkFloor, policySchema } from '../../src/protocol/policy.js';
import { contributeRecords, encodePlan } from '../../src/statistics/index.js';
import { recording, type Sent } from '../client/helpers/transports.js';
import { makeWorld, type World, type WorldOptions } from '../client/helpers/world.js';
import { codeOf, openingOf, participants, signTask, taskOf } from '../helpers/protocol.js';
import { points, smallModel } from '../learning/models.js';

const worlds: World[] = [];
const world = async (options: WorldOptions = {}): Promise<World> => {
  const made = await makeWorld(options);
  worlds.push(made);
  return made;
};
afterEach(async () => {
  for (const made of worlds.splice(0)) await made.stop();
});

const evolving = taskOf(participants(5), { scope: { kind: 'evolving' } });

test('A2 nobody takes part in training by default: the policy has to say so', () => {
  const opening = openingOf(
    signTask(evolving),
    participants(5).map(({ identity }) => identity),
  );
  expect(codeOf(() => checkFloor(policySchema.parse({}), evolving, opening))).toBe('BELOW_POLICY');
  expect(codeOf(() => checkFloor(policySchema.parse({ evolving: true }), evolving, opening))).toBe(null);
});

test('A2 who creates a task of evolving scope is told that participants should review what they are offered', () => {
  expect(taskWarnings(evolving).join()).toMatch(/participants should review/);
  expect(taskWarnings(taskOf(participants(5))).join()).not.toMatch(/review/);
});

test('A2 SECURITY.md says that a malicious model that all are shown is not met, and names the hook', () => {
  const text = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');
  expect(text).toMatch(/malicious model/);
  expect(text).toMatch(/`review`/);
});

const singling = { columns: [{ name: 'age', min: 0, max: 120 }], maxRecords: 10 };
const tooFine = () => refuse('BELOW_POLICY', 'caller', 'a bin for one person');

test('A2 a question about one person: the review sees it before anything is sent, and refuses', async () => {
  const made = await world();
  const sent: Sent[] = [];
  const asked: unknown[] = [];
  const answer = contributeRecords(made.client(0, { transport: recording(made.api(0), sent) }), {
    task: made.taskId,
    records: { age: [103] },
    review(plan) {
      asked.push(plan.histograms);
      tooFine();
    },
  });
  const histograms = [{ column: 'age', edges: [0, 102, 104, 120] }];
  await made.open(encodePlan({ ...singling, histograms }));
  await expect(answer).rejects.toMatchObject({ code: 'BELOW_POLICY', fault: 'caller' });
  expect(asked).toEqual([histograms]);
  expect(sent).toEqual([]);
});

let model: Uint8Array;
beforeAll(async () => {
  const made = smallModel(await loadTensorFlow());
  model = firstModel(made);
  made.dispose();
});

test('A2 a model with trap weights: the review sees it before it is trained, and refuses', async () => {
  const made = await world({ policy: { evolving: true }, task: { scope: { kind: 'evolving' } } });
  const sent: Sent[] = [];
  const seen: OfferedModel[] = [];
  const outcomes = trainParticipant(made.client(0, { transport: recording(made.api(0), sent) }), {
    task: made.taskId,
    maxSessions: 1,
    data: points(16, 1),
    training: { epochs: 1, batchSize: 16, learningRate: 0.5, seed: 3 },
    review(offered) {
      seen.push(offered);
      tooFine();
    },
  });
  const next = outcomes.next();
  await made.open(model);
  const { value } = await next;
  expect(value).toMatchObject({ kind: 'failed', error: { code: 'BELOW_POLICY' } });
  expect((value as { error: unknown }).error).toBeInstanceOf(BlindsumError);
  expect(seen.map(({ step }) => step)).toEqual([1]);
  expect(sent).toEqual([]);
});
