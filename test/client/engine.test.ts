// A participant whose engine cannot do what the task asks for refuses before it joins; whatever the engine fails at later
// is told with its code.
import { afterEach, expect, test } from '@jest/globals';
import { CkksError } from '../../crypto/ckks/errors.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { intercept } from './helpers/transports.js';
import { makeWorld, valuesOf, type World } from './helpers/world.js';

const MESSAGE = 'not installed; install it';
let made: World;
afterEach(() => made.stop());

test('no session is waited for', async () => {
  made = await makeWorld();
  const calls: string[] = [];
  const api = Object.assign(made.api(0), {
    watchSessions: () => {
      throw new Error('a session is waited for');
    },
  });
  const transport = intercept(api, async (method, _, call) => {
    calls.push(method);
    return await call();
  });
  const engine = {
    ...createReferenceEngine(),
    lacks: () => Promise.resolve({ code: 'MISSING_PACKAGE' as const, message: MESSAGE }),
  };
  const refused = made
    .client(0, { engine, transport })
    .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
  await expect(refused).rejects.toMatchObject({
    code: 'MISSING_PACKAGE',
    fault: 'environment',
    message: MESSAGE,
  });
  expect(calls).toEqual(['getTask']);
});

test('a job that fails', async () => {
  made = await makeWorld();
  const engine = {
    ...createReferenceEngine(),
    run: () => Promise.reject(new CkksError('MISSING_PACKAGE', MESSAGE)),
  };
  const all = made.parties.map((_, index) =>
    made
      .client(index, { engine })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } })
      .catch((error: unknown) => error),
  );
  await made.open();
  const [first] = await Promise.all(all);
  expect(first).toMatchObject({
    name: 'BlindsumError',
    code: 'MISSING_PACKAGE',
    fault: 'environment',
    message: MESSAGE,
  });
});
