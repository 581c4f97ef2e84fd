// Every method of OperatorApi over real gRPC and TLS.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { operatorToken } from '../../src/coordinator/grpc/operator-tokens.js';
import { inputHash } from '../../src/protocol/statements.js';
import type { LogExport, OperatorApi, SessionSummary, TaskSummary } from '../../src/rpc/operator-api.js';
import {
  collect,
  COORDINATOR,
  fill,
  identities,
  OPERATOR_TOKEN,
  plain,
  signed,
  startWorld,
  type World,
} from './fakes.js';

const SESSION = 'ab'.repeat(32);
const TASK = 'cd'.repeat(32);
const AUDITOR_TOKEN = 'auditor-token-of-the-tests-32-characters-';

const task = (pinned: readonly Uint8Array[] | null): TaskSummary => ({
  taskId: TASK,
  task: signed(1, 5000),
  pinned,
  createdMs: 1_790_000_000_123,
  closed: true,
  sessions: 7,
});
const session = (members: number, more: Partial<SessionSummary> = {}): SessionSummary => ({
  sessionId: SESSION,
  taskId: TASK,
  number: 2 ** 40,
  phase: 'r3',
  electorate: identities(members),
  maxColluders: 3,
  quorum: 7,
  needed: 8,
  openedMs: 1_790_000_000_123,
  phaseSinceMs: 1_700_000_000_500,
  phaseDeadlineInMs: 12.5,
  purgedMs: 0,
  accepted: { r0: 10, r1: 9, r2: 8, r3: 7, r4: 0 },
  u1: identities(members, 1),
  u2: [],
  u3: null,
  abort: null,
  ...more,
});
const aborted = session(3, {
  phase: 'aborted',
  abort: { code: 'NO_QUORUM', message: 'too few', blamed: identities(2) },
});
const outcome = { opening: signed(1), result: signed(2), abort: null, aggregate: fill(3_000_000, 4) };
let log: LogExport = {
  checkpoint: 'origin\n5000\nroot\n\n\u2014 line\n',
  entries: Array.from({ length: 5000 }, (_, i) => fill(130, i)),
};
const transcript = Array.from({ length: 3000 }, (_, i) => fill(100 + i, i));

const actions = Array.from({ length: 1000 }, (_, i) => ({
  id: 2000 - i,
  atMs: 1_790_000_000_123 + i,
  actor: 'alice',
  action: 'CancelSession',
  subject: SESSION,
  detail: { outcome: 'done', reason: 'x'.repeat(200), count: i, nothing: null },
}));

const calls: unknown[][] = [];
const note = (...call: unknown[]): void => void calls.push(call);
const api: Partial<OperatorApi> = {
  createTask: async (...args) => (note('createTask', ...args), { taskId: TASK }),
  listTasks: async () => [task(identities(20_000)), task(null), task([])],
  getTask: async (...args) => (note('getTask', ...args), task(identities(30_000))),
  closeTask: async (...args) => note('closeTask', ...args),
  putInput: async (bytes) => (note('putInput', bytes.length, inputHash(bytes)), inputHash(bytes)),
  openSession: async (...args) => (note('openSession', ...args), session(10_000)),
  listSessions: async (...args) => (note('listSessions', ...args), [session(20_000), aborted]),
  getSession: async (...args) => (note('getSession', ...args), session(2)),
  async *watchSession(...args) {
    note('watchSession', args[0]);
    yield* [session(10_000), session(1), aborted];
  },
  cancelSession: async (...args) => note('cancelSession', ...args),
  purgeSession: async (...args) => note('purgeSession', ...args),
  getOutcome: async (sessionId) =>
    sessionId === SESSION ? outcome : { ...outcome, result: null, abort: signed(3), aggregate: null },
  async *exportSession(...args) {
    note('exportSession', ...args);
    yield* transcript;
  },
  exportLog: async () => log,
  async *exportEscrow(...args) {
    note('exportEscrow', ...args);
    yield* transcript;
  },
  putCertificate: async (...args) => note('putCertificate', ...args),
  putRevocation: async (...args) => note('putRevocation', ...args),
  listActions: async (...args) => (note('listActions', ...args), actions),
};

let world: World;
let operator: ReturnType<World['operator']>;
let auditor: typeof operator;
beforeAll(async () => {
  world = await startWorld({}, api, {
    auth: {
      coordinatorKey: COORDINATOR.publicKey,
      operatorTokens: () => [
        operatorToken('operator', OPERATOR_TOKEN),
        operatorToken('auditor', AUDITOR_TOKEN, 'auditor'),
      ],
    },
  });
  operator = world.operator();
  auditor = world.operator({ token: AUDITOR_TOKEN });
});
afterAll(() => world.close());
const lastCall = (): unknown[] | undefined => calls.at(-1);

test('tasks', async () => {
  expect(plain(await operator.createTask(signed(5, 100_000), identities(1000)))).toEqual(
    plain({ taskId: TASK }),
  );
  expect(plain(lastCall())).toEqual(plain(['createTask', signed(5, 100_000), identities(1000)]));
  await operator.createTask(signed(5), null);
  expect(plain(lastCall())).toEqual(plain(['createTask', signed(5), null]));
  expect(plain(await operator.listTasks())).toEqual(plain(await api.listTasks?.()));
  expect(plain(await operator.getTask(TASK))).toEqual(plain(task(identities(30_000))));
  await operator.closeTask(TASK);
  expect(plain(lastCall())).toEqual(plain(['closeTask', TASK]));
});

test('sessions', async () => {
  const grants = [{ payload: fill(9, 4), signature: fill(64, 5) }];
  const request = { taskId: TASK, inputDigest: fill(32, 1), joinMs: 60_000, roundMs: 30_000, grants };
  expect(plain(await operator.openSession(request))).toEqual(plain(session(10_000)));
  expect(plain(lastCall())).toEqual(plain(['openSession', request]));
  await operator.openSession({ ...request, inputDigest: null });
  expect(plain(lastCall())).toEqual(plain(['openSession', { ...request, inputDigest: null }]));
  expect(plain(await operator.listSessions())).toEqual(plain([session(20_000), aborted]));
  expect(plain(lastCall())).toEqual(plain(['listSessions']));
  await operator.listSessions(TASK);
  expect(plain(lastCall())).toEqual(plain(['listSessions', TASK]));
  expect(plain(await operator.getSession(SESSION))).toEqual(plain(session(2)));
  expect(plain(await collect(operator.watchSession(SESSION, new AbortController().signal)))).toEqual(
    plain([session(10_000), session(1), aborted]),
  );
  await operator.cancelSession(SESSION, 'no longer needed');
  expect(plain(lastCall())).toEqual(plain(['cancelSession', SESSION, 'no longer needed']));
  for (const aggregate of [false, true]) {
    await operator.purgeSession(SESSION, { aggregate });
    expect(plain(lastCall())).toEqual(plain(['purgeSession', SESSION, { aggregate }]));
  }
});

test.each([0, 1, 2 ** 20, 2 ** 20 + 1, 5_000_000])('an input of %d bytes', async (length) => {
  const input = fill(length, 6);
  const progress: number[] = [];
  expect(plain(await operator.putInput(input, (sent) => progress.push(sent)))).toEqual(
    plain(inputHash(input)),
  );
  expect(plain(lastCall())).toEqual(plain(['putInput', length, inputHash(input)]));
  expect(progress.at(-1)).toBe(length);
});

test('outcome with and without an aggregate', async () => {
  expect(plain(await operator.getOutcome(SESSION))).toEqual(plain(outcome));
  expect(plain(await operator.getOutcome(TASK))).toEqual(
    plain({
      ...outcome,
      result: null,
      abort: signed(3),
      aggregate: null,
    }),
  );
});

test('the transcript, head and leaves in order', async () => {
  expect(plain(await collect(operator.exportSession(SESSION)))).toEqual(plain(transcript));
  expect(plain(lastCall())).toEqual(plain(['exportSession', SESSION]));
});

test('the log, also when it is empty; an escrow, item by item', async () => {
  expect(plain(await operator.exportLog())).toEqual(plain(log));
  const whole = log;
  log = { checkpoint: null, entries: [] };
  expect(await operator.exportLog()).toEqual(log);
  log = whole;
  expect(plain(await collect(auditor.exportEscrow(SESSION)))).toEqual(plain(transcript));
  expect(plain(lastCall())).toEqual(plain(['exportEscrow', SESSION]));
  await expect(collect(operator.exportEscrow(SESSION))).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('the record of actions', async () => {
  expect(await operator.listActions({ limit: 1000 })).toEqual(actions);
  expect(lastCall()).toEqual(['listActions', { limit: 1000 }]);
  await operator.listActions({ limit: 5, before: 7 });
  expect(lastCall()).toEqual(['listActions', { limit: 5, before: 7 }]);
});

test('certificates and revocations', async () => {
  await operator.putCertificate(signed(1));
  expect(plain(lastCall())).toEqual(plain(['putCertificate', signed(1)]));
  await operator.putRevocation(signed(2));
  expect(plain(lastCall())).toEqual(plain(['putRevocation', signed(2)]));
});
