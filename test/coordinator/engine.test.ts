// What an engine cannot do is refused before anybody relies on it; what it fails at ends a session with its reason.
import { expect, test } from '@jest/globals';
import { CkksError } from '../../crypto/ckks/errors.js';
import { createNodeEngine } from '../../crypto/engine/node.js';
import type { Lack } from '../../crypto/engine/need.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import type { Task } from '../../src/protocol/documents.js';
import type { Engine, EngineNeed } from '../../src/protocol/suite.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import { participants, signTask, taskOf, vectorOf } from '../helpers/protocol.js';
import { JOIN_MS, makeWorld, openSession, ROUND_MS, upTo } from './world.js';

const everyone = participants(5);
const identities = everyone.map(({ identity }) => identity);
const LACK: Lack = { code: 'MISSING_PACKAGE', message: 'not installed; install it' };

function floatTask(critical: string[] = []): Task {
  const vector = vectorOf({ length: 10, clip: 1 });
  const { scale, bits } = ckksSumkey.completeVector(
    { ...vector, scale: undefined, bits: undefined, encoding: critical.length > 0 ? 'slots' : undefined },
    5,
    null,
  );
  return taskOf(everyone, { suite: 'ckks/sumkey', critical, vectors: [{ ...vector, scale, bits }] });
}

/** A real one, of which it can be said at any time that it lacks something. */
function lackingEngine(): Engine & { lack: Lack | null; readonly asked: EngineNeed[] } {
  const engine = createNodeEngine();
  const asked: EngineNeed[] = [];
  return {
    ...engine,
    lack: LACK,
    asked,
    lacks(need) {
      asked.push(need);
      return Promise.resolve(this.lack);
    },
  };
}

test('a task is refused when it is created, a session when it is opened, and nothing is kept', async () => {
  const engine = lackingEngine();
  const { operator } = makeWorld({ engine }).coordinator;
  const signed = signTask(floatTask(['ckks:slots']));
  const refusal = { code: 'MISSING_PACKAGE', fault: 'environment', message: LACK.message };
  await expect(operator.createTask(signed, identities)).rejects.toMatchObject(refusal);
  expect(await operator.listTasks()).toEqual([]);
  expect(engine.asked).toMatchObject([{ kind: 'ckks', ring: { degree: 4096 }, encoding: 'slots' }]);

  engine.lack = null;
  const { taskId } = await operator.createTask(signed, identities);
  engine.lack = LACK;
  const request = { taskId, inputDigest: null, joinMs: JOIN_MS, roundMs: ROUND_MS };
  await expect(operator.openSession(request)).rejects.toMatchObject(refusal);
  expect(await operator.listSessions()).toEqual([]);
});

test('an engine for masks alone is asked for nothing else', async () => {
  const { operator } = makeWorld({ engine: createReferenceEngine() }).coordinator;
  const refused = operator.createTask(signTask(floatTask()), identities);
  await expect(refused).rejects.toMatchObject({ code: 'UNSUPPORTED', fault: 'environment' });
  await operator.createTask(signTask(taskOf(everyone)), identities);
});

test('the engine for Node lacks nothing where node-seal is installed', async () => {
  const { operator } = makeWorld().coordinator;
  for (const critical of [[], ['ckks:slots']])
    await operator.createTask(signTask(floatTask(critical)), identities);
  expect(await operator.listTasks()).toHaveLength(2);
});

test('an opening that fails for want of a package ends the session with that reason', async () => {
  const engine: Engine = {
    ...createNodeEngine(),
    run: () => Promise.reject(new CkksError('MISSING_PACKAGE', LACK.message)),
  };
  const session = await openSession(makeWorld({ engine }));
  await upTo(session, 'end');
  const { abort } = await session.summary();
  expect(abort).toEqual({ code: 'MISSING_PACKAGE', message: LACK.message, blamed: [] });
});
