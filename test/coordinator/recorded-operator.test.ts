/** What operators do is recorded under the names of their tokens, also what was refused, and nothing else of it. */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { revocationCodec } from '../../src/protocol/documents.js';
import { signBody } from '../../src/protocol/signed.js';
import { inputHash } from '../../src/protocol/statements.js';
import { organiser, participants, signTask, taskOf } from '../helpers/protocol.js';
import { storeWith } from '../helpers/store-with.js';
import { certify, expectCode, JOIN_MS, makeWorld, ROUND_MS } from './world.js';

const everyone = participants(5);
const identities = everyone.map(({ identity }) => identity);
const task = signTask(taskOf(everyone), organiser);
const times = { joinMs: JOIN_MS, roundMs: ROUND_MS };

test('every change has a line: who, what, to what, and what came of it', async () => {
  const world = makeWorld();
  const [alice, bob] = ['alice', 'bob'].map((name) => world.coordinator.operatorAs(name));
  if (alice === undefined || bob === undefined) throw new Error('two operators');
  const input = new Uint8Array(1000).fill(7);
  const { taskId } = await alice.createTask(task, identities);
  await alice.putInput(input);
  const { sessionId } = await bob.openSession({ taskId, inputDigest: inputHash(input), ...times });
  await bob.cancelSession(sessionId, 'wrong\ninput');
  await expectCode(alice.cancelSession(sessionId, 'again'), 'LATE');
  await bob.purgeSession(sessionId, { aggregate: true });
  await alice.putCertificate(certify(everyone[0] as (typeof everyone)[0], world.clock));
  const identity = identities[1] as Uint8Array;
  await alice.putRevocation(signBody(revocationCodec, { identity, revokedMs: 1 }, organiser.signer));
  await alice.closeTask(taskId);
  await expectCode(bob.openSession({ taskId, inputDigest: null, ...times }), 'UNKNOWN_TASK');

  const rows = await alice.listActions({ limit: 100 });
  const shown = rows.map(({ actor, action, subject, detail }) => [actor, action, subject, detail]);
  expect(shown.reverse()).toEqual([
    ['alice', 'CreateTask', taskId, { pinned: 5, outcome: 'done' }],
    ['alice', 'PutInput', toHex(inputHash(input)), { bytes: 1000, outcome: 'done' }],
    ['bob', 'OpenSession', sessionId, { task: taskId, grants: 0, outcome: 'done' }],
    ['bob', 'CancelSession', sessionId, { reason: 'wrong input', outcome: 'done' }],
    ['alice', 'CancelSession', sessionId, { reason: 'again', outcome: 'LATE' }],
    ['bob', 'PurgeSession', sessionId, { aggregate: true, outcome: 'done' }],
    ['alice', 'PutCertificate', toHex(identities[0] as Uint8Array), { outcome: 'done' }],
    ['alice', 'PutRevocation', toHex(identity), { outcome: 'done' }],
    ['alice', 'CloseTask', taskId, { outcome: 'done' }],
    ['bob', 'OpenSession', taskId, { task: taskId, grants: 0, outcome: 'UNKNOWN_TASK' }],
  ]);
  expect(rows.every(({ atMs }) => atMs === world.clock.now())).toBe(true);
});

test('what is read leaves no line; pages go on where the last one ended', async () => {
  const world = makeWorld();
  const alice = world.coordinator.operatorAs('alice');
  await alice.listTasks();
  await alice.listSessions();
  expect(await alice.listActions({ limit: 10 })).toEqual([]);
  const idOf = (index: number): string => `${index}`.repeat(64);
  for (let index = 0; index < 3; index += 1) await expectCode(alice.closeTask(idOf(index)), 'UNKNOWN_TASK');
  const [newest, second] = await alice.listActions({ limit: 2 });
  expect([newest?.subject, second?.subject]).toEqual([idOf(2), idOf(1)]);
  const [oldest, ...none] = await alice.listActions({ limit: 2, before: second?.id ?? 0 });
  expect([oldest?.subject, none]).toEqual([idOf(0), []]);
  for (const limit of [0, 1001, 1.5]) await expectCode(alice.listActions({ limit }), 'BAD_CONFIG');
});

test('a long or hostile text is cut and cannot forge a line; what is no id is not kept: it may be a token', async () => {
  const alice = makeWorld().coordinator.operatorAs('alice');
  const hostile = `x\u001b[2J\n${'y'.repeat(10_000)}`;
  await expectCode(alice.cancelSession('pasted-token', hostile), 'UNKNOWN_SESSION');
  const request = { taskId: 'pasted-token', inputDigest: null, joinMs: 0, roundMs: 0 };
  await expectCode(alice.openSession(request), 'UNKNOWN_TASK');
  const [opened, cancelled] = await alice.listActions({ limit: 2 });
  expect(String(cancelled?.detail.reason)).toMatch(/^x \[2J y+$/);
  expect(String(cancelled?.detail.reason).length).toBeLessThanOrEqual(200);
  expect([cancelled?.subject, opened?.subject, opened?.detail.task]).toEqual(['', '', '']);
});

test('a call that the role of a token does not allow is recorded, too', async () => {
  const world = makeWorld();
  await world.coordinator.recordForbidden('dpo', 'CancelSession');
  const [{ actor, action, subject, detail } = {}] = await world.coordinator.operator.listActions({
    limit: 9,
  });
  expect([actor, action, subject, detail]).toEqual([
    ...['dpo', 'CancelSession', ''],
    { outcome: 'FORBIDDEN' },
  ]);
});

test('what was done stays done when it cannot be recorded; the log says so', async () => {
  const failing = () => Promise.reject(new Error('disk full'));
  const world = makeWorld({ wrap: (store) => storeWith(store, { recordAction: failing }) });
  expect(await world.coordinator.operatorAs('alice').createTask(task, identities)).toHaveProperty('taskId');
  expect(world.logged.filter(({ message }) => message.includes('could not be recorded'))).toEqual([
    expect.objectContaining({
      level: 'error',
      fields: expect.objectContaining({ actor: 'alice', action: 'CreateTask' }),
    }),
  ]);
});
