// Every method of ParticipantApi over real gRPC and TLS: what goes in on one side comes out on the other.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { collect, fill, identities, plain, signed, startWorld, type World } from './fakes.js';

const SESSION = 'ab'.repeat(32);
const TASK = 'cd'.repeat(32);
const MANY = 1000;
const BLOB = fill(20 * 1024 * 1024, 5);

const numbers = Array.from({ length: MANY }, (_, i) => i);
const REPLIES = {
  task: { task: signed(1, 70_000), pinned: identities(MANY), revocations: numbers.map((i) => signed(i)) },
  roster: {
    statement: signed(2),
    entries: numbers.map((i) => ({
      identity: fill(32, i),
      certificate: i % 2 === 0 ? signed(i, 200) : null,
      r0Hash: fill(32, i + 1),
      r0: i % 3 === 0 ? signed(i, 300) : null,
    })),
    revocations: [signed(9)],
  },
  shares: {
    statement: signed(3),
    deliveries: numbers.map((i) => ({
      position: i,
      ciphertext: fill(1000, i),
      leaves: [fill(32, i), fill(32, i + 1)],
      r1: signed(i, 250),
      proof: [fill(32, i + 2), fill(32, i + 3)],
    })),
  },
  headers: { statement: signed(4), headers: numbers.map((i) => signed(i, 400)), uploads: null },
  signatures: {
    signatures: numbers.map((i) => signed(i, 250)),
    answers: [{ answer: signed(1), shares: [fill(32, 1), fill(32, 2)] }],
  },
  outcome: { result: signed(7), abort: null },
  checkpoint: {
    checkpoint: 'origin\n7\nroot\n\n— origin signature\n',
    consistency: [fill(32, 1), fill(32, 2)],
  },
  receipt: {
    log: { checkpoint: 'another note\n', consistency: [fill(32, 3)] },
    entry: fill(120, 4),
    index: 6,
    inclusion: [fill(32, 5), fill(32, 6)],
    sessionCheckpoint: 'note of the session\n',
    leaves: [
      { leaf: fill(300, 7), index: 2, inclusion: [fill(32, 8)] },
      { leaf: fill(70_000, 9), index: 2 ** 31, inclusion: [] },
    ],
    statements: [
      { size: 2, consistency: [fill(32, 10)] },
      { size: 9, consistency: [] },
    ],
  },
  announcements: [
    { sessionId: SESSION, opening: signed(1), electorate: identities(20_000), hasInput: true },
    { sessionId: TASK, opening: signed(2), electorate: [], hasInput: false },
  ],
  events: [
    { phase: 'r0', deadlineInMs: 1500.25, complaints: 0 },
    { phase: 'r2', deadlineInMs: 0, complaints: 2 },
    { phase: 'closed', deadlineInMs: 0, complaints: 0 },
  ],
} as const;

const calls: unknown[][] = [];
const note = (...call: unknown[]): void => {
  // The signal is the server's own.
  calls.push(call.filter((value) => !(value instanceof AbortSignal)));
};

const api: Partial<ParticipantApi> = {
  getTask: async (...args) => (note('getTask', ...args), REPLIES.task),
  async *watchSessions(...args) {
    note('watchSessions', ...args);
    yield* REPLIES.announcements;
  },
  async *watchSession(...args) {
    note('watchSession', ...args);
    yield* REPLIES.events;
  },
  getInput: async (...args) => (note('getInput', ...args), BLOB),
  advertiseKeys: async (...args) => note('advertiseKeys', ...args),
  getRoster: async (...args) => (note('getRoster', ...args), REPLIES.roster),
  shareKeys: async (...args) => note('shareKeys', ...args),
  getShares: async (...args) => (note('getShares', ...args), REPLIES.shares),
  beginUpload: async (_sessionId, header) =>
    header.payload.length === 1 ? { retryAfterMs: 250 } : { nextOffset: 2 ** 40 },
  putChunk: async (...args) => (note('putChunk', ...args), { nextOffset: args[1] + args[2].length }),
  commitUpload: async (...args) => note('commitUpload', ...args),
  getComplaints: async (...args) => (note('getComplaints', ...args), [{ header: signed(1) }]),
  answerComplaint: async (...args) => note('answerComplaint', ...args),
  getHeaders: async (...args) => (note('getHeaders', ...args), REPLIES.headers),
  consistency: async (...args) => note('consistency', ...args),
  getSignatures: async (...args) => (note('getSignatures', ...args), REPLIES.signatures),
  unmask: async (...args) => note('unmask', ...args),
  getOutcome: async (...args) => (note('getOutcome', ...args), REPLIES.outcome),
  getCheckpoint: async (query) => (
    note('getCheckpoint', query),
    query.witnesses === 9 ? { checkpoint: null, consistency: [] } : REPLIES.checkpoint
  ),
  getReceipt: async (...args) => (note('getReceipt', ...args), REPLIES.receipt),
  getAggregate: async (...args) => (note('getAggregate', ...args), new Uint8Array(0)),
};

let world: World;
let client: ReturnType<World['participant']>;
beforeAll(async () => {
  world = await startWorld(api);
  client = world.participant();
});
afterAll(() => world.close());

const lastCall = (): unknown[] | undefined => calls.at(-1);

describe('replies', () => {
  test('task, with lists over several pages', async () => {
    expect(plain(await client.getTask(TASK))).toEqual(plain(REPLIES.task));
    expect(plain(lastCall())).toEqual(plain(['getTask', TASK]));
  });

  test('roster, shares, headers and signatures of a thousand', async () => {
    expect(plain(await client.getRoster(SESSION))).toEqual(plain(REPLIES.roster));
    expect(plain(await client.getShares(SESSION))).toEqual(plain(REPLIES.shares));
    expect(plain(await client.getHeaders(SESSION))).toEqual(plain(REPLIES.headers));
    expect(plain(await client.getSignatures(SESSION))).toEqual(plain(REPLIES.signatures));
    expect(plain(lastCall())).toEqual(plain(['getSignatures', SESSION]));
  });

  test('complaints and outcome', async () => {
    expect(plain(await client.getComplaints(SESSION))).toEqual(plain([{ header: signed(1) }]));
    expect(plain(await client.getOutcome(SESSION))).toEqual(plain(REPLIES.outcome));
  });

  test('checkpoint, with none there is, and receipt', async () => {
    const query = { oldSize: 4_000_000_000, witnesses: 3 };
    expect(plain(await client.getCheckpoint(query))).toEqual(plain(REPLIES.checkpoint));
    expect(lastCall()).toEqual(['getCheckpoint', query]);
    const none = await client.getCheckpoint({ oldSize: 0, witnesses: 9 });
    expect(none).toEqual({ checkpoint: null, consistency: [] });
    expect(plain(await client.getReceipt(SESSION, query))).toEqual(plain(REPLIES.receipt));
    expect(lastCall()).toEqual(['getReceipt', SESSION, query]);
  });

  test('an input of 20 MB, and an empty aggregate', async () => {
    const before = client.bytes().down;
    const input = await client.getInput(SESSION);
    expect(Buffer.compare(input, BLOB)).toBe(0);
    expect(client.bytes().down - before).toBeGreaterThan(BLOB.length);
    expect(plain(await client.getAggregate(SESSION))).toEqual(plain(new Uint8Array(0)));
  });

  test('bytes arrive as plain Uint8Arrays that own their memory', async () => {
    const { statement } = await client.getHeaders(SESSION);
    expect(Object.getPrototypeOf(statement.payload)).toBe(Uint8Array.prototype);
    expect(statement.payload.buffer.byteLength).toBe(statement.payload.length);
  });

  test('announcements, also with electorates over several pages', async () => {
    const announcements = await collect(client.watchSessions(TASK, new AbortController().signal));
    expect(plain(announcements)).toEqual(plain(REPLIES.announcements));
  });

  test('events until the session ends', async () => {
    const events = await collect(client.watchSession(SESSION, new AbortController().signal));
    expect(plain(events)).toEqual(plain(REPLIES.events));
  });
});

describe('messages of the rounds', () => {
  test('r0, with and without a certificate', async () => {
    await client.advertiseKeys(SESSION, signed(1), signed(2));
    expect(plain(lastCall())).toEqual(plain(['advertiseKeys', SESSION, signed(1), signed(2)]));
    await client.advertiseKeys(SESSION, signed(1), null);
    expect(plain(lastCall())).toEqual(plain(['advertiseKeys', SESSION, signed(1), null]));
  });

  test('r1 with packets for ten thousand neighbours', async () => {
    const packets = Array.from({ length: 10_000 }, (_, i) => ({
      position: i,
      ciphertext: i === 7 ? new Uint8Array(0) : fill(200, i),
      leaves: [fill(32, i), fill(32, i + 1)],
    }));
    await client.shareKeys(SESSION, signed(1), packets);
    expect(plain(lastCall())).toEqual(plain(['shareKeys', SESSION, signed(1), packets]));
  });

  test('r2: both answers to begin, a whole chunk, commit', async () => {
    expect(plain(await client.beginUpload(SESSION, signed(1)))).toEqual(plain({ nextOffset: 2 ** 40 }));
    expect(plain(await client.beginUpload(SESSION, signed(1, 1)))).toEqual(plain({ retryAfterMs: 250 }));
    const chunk = fill(2 ** 20, 3);
    expect(plain(await client.putChunk(SESSION, 2 ** 40, chunk))).toEqual(
      plain({ nextOffset: 2 ** 40 + 2 ** 20 }),
    );
    expect(plain(lastCall())).toEqual(plain(['putChunk', SESSION, 2 ** 40, chunk]));
    await client.commitUpload(SESSION);
    expect(plain(lastCall())).toEqual(plain(['commitUpload', SESSION]));
  });

  test('the answer to a complaint, r3, r4', async () => {
    const shares = [fill(32, 1), fill(32, 3), fill(32, 2)];
    await client.answerComplaint(SESSION, signed(1), shares);
    expect(plain(lastCall())).toEqual(plain(['answerComplaint', SESSION, signed(1), shares]));
    await client.consistency(SESSION, signed(2));
    expect(plain(lastCall())).toEqual(plain(['consistency', SESSION, signed(2)]));
    await client.unmask(SESSION, signed(3), shares);
    expect(plain(lastCall())).toEqual(plain(['unmask', SESSION, signed(3), shares]));
  });
});
