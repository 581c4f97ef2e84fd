// Real clients and a real coordinator: heads of the log are followed, receipts verified and kept, and whatever a
// coordinator does with them, the sum is delivered.
import { afterEach, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import type { ContributeOptions, ContributionResult, ProgressEvent } from '../../src/client/index.js';
import type { Journal } from '../../src/client/journal.js';
import { readLog } from '../../src/client/log.js';
import { keptReceipts, type KeptOfSession } from '../../src/client/receipts.js';
import { coordinatorSource } from '../../src/cli/audit/coordinator-source.js';
import { verifyTranscripts } from '../../src/audit/index.js';
import type { ReceiptFile, TranscriptSource } from '../../src/audit/source.js';
import { createMemoryJournal } from '../../src/client/memory-journal.js';
import { createWitness } from '../../src/client/witness.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { followLog } from '../../src/protocol/transcript/follow-log.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { checkpointReply, knownWitnesses, otherEntries, viewOf, witnesses } from '../helpers/logged.js';
import { coordinator, organiser, policyOf, verify } from '../helpers/protocol.js';
import { intercept, lying, type Method } from './helpers/transports.js';
import { makeWorld, sumOf, valuesOf, type World, type WorldOptions } from './helpers/world.js';

const worlds: World[] = [];
async function world(options?: WorldOptions): Promise<World> {
  const made = await makeWorld(options);
  worlds.push(made);
  return made;
}
afterEach(async () => {
  for (const made of worlds.splice(0)) await made.stop();
});

interface First {
  readonly transport?: ParticipantApi;
  readonly journal?: Journal;
  readonly options?: Partial<ContributeOptions>;
  readonly events?: ProgressEvent[];
}

const contributeFirst = (
  made: World,
  { transport = made.api(0), journal = made.journal(0), options = {}, events = [] }: First = {},
): Promise<ContributionResult> =>
  made.client(0, { transport, journal }).contribute({
    task: made.taskId,
    vectors: { counts: valuesOf(0) },
    onProgress: (event) => events.push(event),
    ...options,
  });

/** One session; the others do what they should. @returns what became of the first participant */
async function session(made: World, first: First = {}): Promise<ContributionResult> {
  const others = [1, 2].map((index) =>
    made
      .client(index)
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } })
      .catch(() => null),
  );
  const result = contributeFirst(made, first);
  result.catch(() => undefined);
  await made.open();
  const outcome = await result.then(
    (value) => value,
    async (error: unknown) => {
      for (const { sessionId } of await made.coordinator.operator.listSessions(made.taskId))
        await made.coordinator.operator.cancelSession(sessionId, 'enough').catch(() => undefined);
      await Promise.all(others);
      throw error;
    },
  );
  await Promise.all(others);
  return outcome;
}

const ALL = sumOf([0, 1, 2]);
const key = toHex(coordinator.identity);
const refusing = (api: ParticipantApi, refused: Method, code: 'INTERNAL' | 'UNREACHABLE'): ParticipantApi =>
  intercept(api, async (method, _args, call) => {
    if (method === refused) throw new BlindsumError(code, 'peer', 'no');
    return call();
  });

test('each session is in the log, each participant has the proofs, and the log is followed', async () => {
  const made = await world();
  for (const index of [0, 1]) {
    const events: ProgressEvent[] = [];
    const { receipt } = await session(made, { events });
    expect(receipt).toMatchObject({ log: { index, witnesses: [], missing: [] }, problem: null });
    expect(await made.journal(0).checkpoint(key)).toBe(receipt.log?.checkpoint);
    expect(receipt.log?.checkpoint.split('\n')[1]).toBe(String(index + 1));
    const files = (await made.client(0).receipt(receipt.session)) ?? [];
    const names = ['r0', 'r1', 'r2', 'r3', 'r4', 'result', 'session'];
    expect(files.map(({ name }) => name)).toEqual(names.map((name) => `${name}.tlog-proof`));
    expect(events.filter(({ type }) => type === 'receipt')).toMatchObject([
      { problem: null, log: { index } },
    ]);
  }
  expect(await made.journal(0).receipts()).toHaveLength(2);
  expect(await made.journal(0).receiptsDue(made.taskId)).toEqual([]);
});

test('an abort has its receipt, too', async () => {
  const made = await world();
  const others = [1, 2].map((index) =>
    made
      .client(index)
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } })
      .catch(() => null),
  );
  const events: ProgressEvent[] = [];
  const first = contributeFirst(made, {
    events,
    transport: intercept(made.api(0), async (method, _args, call) => {
      if (method === 'getShares') await made.coordinator.operator.cancelSession(id, 'enough');
      return call();
    }),
  });
  first.catch(() => undefined);
  const id = await made.open();
  await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
  await Promise.all(others);
  expect(events.filter(({ type }) => type === 'receipt')).toMatchObject([{ problem: null }]);
  const files = (await made.journal(0).receipt(id)) ?? [];
  expect(files.map(({ name }) => name)).toEqual(
    ['r0', 'r1', 'abort', 'session'].map((name) => `${name}.tlog-proof`),
  );
});

test('a coordinator that withholds the receipt is reported; the sum is there, and it is asked again', async () => {
  const made = await world();
  const events: ProgressEvent[] = [];
  const { sum, receipt } = await session(made, {
    events,
    transport: refusing(made.api(0), 'getReceipt', 'INTERNAL'),
  });
  expect(sum.counts).toEqual(ALL);
  expect(receipt).toMatchObject({ log: null, problem: { code: 'NO_RECEIPT' } });
  expect(events.filter(({ type }) => type === 'receipt')).toMatchObject([
    { log: null, problem: { code: 'NO_RECEIPT' } },
  ]);
  expect(await made.journal(0).receiptsDue(made.taskId)).toMatchObject([{ session: receipt.session }]);
  // An auditor is given what was signed: a session that is denied, or another one than was shown, is found by it.
  const [kept, ...none] = await keptReceipts(made.journal(0));
  expect(none).toEqual([]);
  expect(kept).toMatchObject({ session: receipt.session, proven: false });
  expect(kept?.files.map(({ name }) => name)).toEqual(
    ['r0', 'r1', 'r2', 'r3', 'r4'].map((r) => `${r}.signed`),
  );
  const keys = { organiser: organiser.identity, coordinator: coordinator.identity, witnesses: [] };
  const { source } = await coordinatorSource(made.coordinator.operator, keys);
  const audit = (more: Partial<TranscriptSource>) =>
    verifyTranscripts(
      { ...source, receipts: filesOf(kept), ...more },
      { anchors: keys, policy: policyOf(), verify },
    );
  expect(await audit({})).toMatchObject({ findings: [], receipts: { files: 5, verified: 5 } });
  const denied = await audit({ log: filesOf(undefined) as never, sessions: filesOf(undefined) as never });
  expect(denied.findings.map(({ code }) => code)).toContain('HIDDEN_ANSWER');

  const later: ProgressEvent[] = [];
  await session(made, { events: later });
  expect(later.filter(({ type }) => type === 'receipt')).toMatchObject([
    { session: receipt.session, problem: null },
    { problem: null },
  ]);
  expect(await made.journal(0).receipts()).toContain(receipt.session);
  expect((await keptReceipts(made.journal(0))).map(({ proven }) => proven)).toEqual([true, true]);
});

async function* filesOf(kept: KeptOfSession | undefined): AsyncGenerator<ReceiptFile> {
  await Promise.resolve();
  for (const file of kept?.files ?? []) yield { place: file.name, session: kept?.session ?? '', ...file };
}

test('a coordinator that drops a message from the record is reported', async () => {
  const made = await world();
  const { sum, receipt } = await session(made, {
    transport: lying(made.api(0), 'getReceipt', (reply) => ({
      ...reply,
      leaves: reply.leaves.filter((_, at) => at !== 2),
    })),
  });
  expect(sum.counts).toEqual(ALL);
  expect(receipt.problem).toMatchObject({
    code: 'NO_RECEIPT',
    message: 'the record of the session lacks r2 of this participant',
  });
});

test('who waits for a receipt when it is cancelled has the sum', async () => {
  const made = await world();
  const cancel = new AbortController();
  const { sum, receipt } = await session(made, {
    options: { signal: cancel.signal },
    transport: intercept(made.api(0), async (method, _args, call) => {
      if (method !== 'getReceipt') return call();
      cancel.abort();
      throw new BlindsumError('UNREACHABLE', 'environment', 'away');
    }),
  });
  expect(sum.counts).toEqual(ALL);
  expect(receipt.problem).toMatchObject({ code: 'NO_RECEIPT' });
});

test('a process that ends between the result and the receipt: the next one has both', async () => {
  const made = await world();
  const kept = createMemoryJournal(made.parties[0]?.identity ?? null);
  let asked = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (asked = resolve));
  const hanging = intercept(made.api(0), async (method, _args, call) => {
    if (method !== 'getReceipt') return call();
    asked();
    return new Promise(() => undefined);
  });
  // Another object each time: what a process knows of its journal goes with it.
  void session(made, { journal: { ...kept }, transport: hanging });
  await waiting;
  const { sum, receipt } = await contributeFirst(made, { journal: { ...kept } });
  expect(sum.counts).toEqual(ALL);
  expect(receipt.log).toMatchObject({ index: 0 });
  expect(await kept.unfinished(made.taskId)).toEqual([]);
});

const forks: [string, number, (api: ParticipantApi) => ParticipantApi][] = [
  [
    'another log before r0',
    1,
    (api) => lying(api, 'getCheckpoint', () => checkpointReply(otherEntries(3), { oldSize: 1 })),
  ],
  [
    'an empty log before r0',
    1,
    (api) => lying(api, 'getCheckpoint', () => ({ checkpoint: null, consistency: [] })),
  ],
  [
    'a shorter log before r0',
    2,
    (api) => lying(api, 'getCheckpoint', () => checkpointReply(otherEntries(1))),
  ],
];
test.each(forks)('%s is kept as evidence, and ends all dealings', async (_what, sessions, lie) => {
  const made = await world();
  for (let count = 0; count < sessions; count += 1) await session(made);
  const seen = await made.journal(0).checkpoint(key);
  await expect(session(made, { transport: lie(made.api(0)) })).rejects.toMatchObject({
    code: 'LOG_FORKED',
    fault: 'peer',
    message: expect.stringContaining('blindsum receipt forks'),
  });
  const fork = await made.journal(0).fork(key);
  expect(fork).toMatchObject({ coordinator: key, seen });
  expect(fork?.shown).not.toBe(seen);
  // Nothing was sent, and nothing will be, not even a question.
  const asked: Method[] = [];
  const transport = intercept(made.api(0), (method, _args, call) => {
    asked.push(method);
    return call();
  });
  await expect(contributeFirst(made, { transport })).rejects.toMatchObject({ code: 'LOG_FORKED' });
  expect(asked).toEqual([]);
  await made.journal(0).removeFork(key);
  expect((await session(made)).receipt.log).not.toBeNull();
});

test('another log with the receipt: the sum is delivered, and no other session joined', async () => {
  const made = await world();
  await session(made);
  const { sum, receipt } = await session(made, {
    transport: lying(made.api(0), 'getReceipt', (reply) => ({
      ...reply,
      log: checkpointReply(otherEntries(2), { oldSize: 1 }),
    })),
  });
  expect(sum.counts).toEqual(ALL);
  expect(receipt.problem).toMatchObject({ code: 'LOG_FORKED' });
  await expect(contributeFirst(made)).rejects.toMatchObject({ code: 'LOG_FORKED' });
});

test('a head that another session of the journal went past meanwhile is not put in its place', async () => {
  const journal = createMemoryJournal();
  const entries = otherEntries(7);
  const noteOf = (size: number): string => checkpointReply(entries.slice(0, size)).checkpoint as string;
  await journal.append([{ kind: 'checkpoint', coordinator: key, note: noteOf(2) }]);
  const asked: number[] = [];
  const view = viewOf();
  await readLog(
    { ...view, journal, verify },
    {
      session: '',
      ask: async ({ oldSize }) => {
        asked.push(oldSize);
        if (asked.length > 1) return checkpointReply(entries, { oldSize });
        await journal.append([{ kind: 'checkpoint', coordinator: key, note: noteOf(6) }]);
        return checkpointReply(entries.slice(0, 4), { oldSize });
      },
      shown: (reply) => reply,
      check: (current, reply) => followLog(current, reply, verify),
      head: (head) => head,
    },
  );
  expect(asked).toEqual([2, 6]);
  expect(await journal.checkpoint(key)).toBe(noteOf(7));
});

// -------------------------------------------------------------------------------------------------------------- witnesses

const [hospital] = witnesses as [(typeof witnesses)[number]];
const witnessed = { witnesses: knownWitnesses, policy: { minWitnesses: 1 }, joinMs: 600, roundMs: 300 };
const witnessOf = (made: World, journal = createMemoryJournal()) =>
  createWitness({
    api: made.coordinator.witness(hospital.signer.publicKey),
    journal,
    coordinator: coordinator.identity,
    ...hospital,
  });

test('without witnesses the sum comes, NOT_WITNESSED, and the next session is not joined', async () => {
  const made = await world(witnessed);
  const first = await session(made);
  expect(first.sum.counts).toEqual(ALL);
  expect(first.receipt.problem).toMatchObject({ code: 'NOT_WITNESSED' });
  const events: ProgressEvent[] = [];
  await expect(session(made, { events })).rejects.toMatchObject({ code: 'NOT_WITNESSED' });
  expect(events.some((event) => event.type === 'retry' && event.code === 'NOT_WITNESSED')).toBe(true);
  expect(events.some(({ type }) => type === 'round')).toBe(false);
});

test('with one that looks now and then, all sessions are witnessed', async () => {
  const made = await world({ ...witnessed, joinMs: 20_000, roundMs: 20_000 });
  const stop = new AbortController();
  const sizes: number[] = [];
  const watching = witnessOf(made).watch({
    intervalMs: 20,
    signal: stop.signal,
    onEvent: (event) => void (event.type === 'cosigned' && sizes.push(event.size)),
  });
  for (const index of [0, 1]) {
    const { receipt } = await session(made);
    expect(receipt).toMatchObject({ problem: null, log: { index, witnesses: ['hospital-a'] } });
  }
  stop.abort();
  await watching;
  expect(sizes).toEqual([1, 2]);
});
