// Latch before send: when the journal fails, nothing leaves; when a process restarts, it sends the bytes it had latched
// or says that the session is dead. The restarts here are new clients on the same journal; real ones are in
// processes.full.test.ts.
import { afterEach, describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { createMemoryJournal } from '../../src/client/index.js';
import type { Journal, JournalEntry, LatchedMessage } from '../../src/client/journal.js';
import { answerCodec, consistencyCodec } from '../../src/protocol/messages.js';
import { signBody } from '../../src/protocol/signed.js';
import type { HeadersReply, SignaturesReply } from '../../src/rpc/participant-api.js';
import { complaining, intercept, lying, type Method, recording, type Sent } from './helpers/transports.js';
import { makeWorld, sumOf, valuesOf, type World, type WorldOptions } from './helpers/world.js';
import type { Party } from '../helpers/protocol.js';

const worlds: World[] = [];
async function world(options: WorldOptions = {}): Promise<World> {
  const made = await makeWorld(options);
  worlds.push(made);
  return made;
}
afterEach(async () => {
  for (const made of worlds.splice(0)) await made.stop();
});

const SENDS: Readonly<Record<Exclude<LatchedMessage, 'answer'>, Method>> = {
  r0: 'advertiseKeys',
  r1: 'shareKeys',
  r2: 'beginUpload',
  r3: 'consistency',
  r4: 'unmask',
};
const ROUNDS = Object.keys(SENDS) as (keyof typeof SENDS)[];
const latched = (entries: readonly JournalEntry[], message: string): boolean =>
  entries.some((entry) => entry.kind === 'latch' && entry.message === message);

const others = (made: World, except: number): Promise<unknown>[] =>
  made.parties.flatMap((_, index) =>
    index === except
      ? []
      : [
          made
            .client(index)
            .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } })
            .catch(() => undefined),
        ],
  );

describe.each(ROUNDS)('%s', (message) => {
  test('is not sent when the journal cannot be written', async () => {
    const made = await world({ joinMs: 400, roundMs: 400 });
    const inner = made.journal(0);
    const journal: Journal = {
      ...inner,
      append: (entries) =>
        latched(entries, message) ? Promise.reject(new Error('disk full')) : inner.append(entries),
    };
    const sent: Sent[] = [];
    const first = made
      .client(0, { journal, transport: recording(made.api(0), sent) })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    const rest = others(made, 0);
    await made.open();
    await expect(first).rejects.toMatchObject({ code: 'JOURNAL_FAILED', fault: 'environment' });
    const methods = sent.map(({ method }) => method);
    expect(methods).not.toContain(SENDS[message]);
    const before = ROUNDS[ROUNDS.indexOf(message) - 1];
    if (before !== undefined) expect(methods).toContain(SENDS[before]);
    // r3 and its vote are one append.
    const scopes = await made.journal(0).scope(await scopeOf(made));
    if (message === 'r3') expect(scopes?.vote).toBeNull();
    await Promise.all(rest);
  });

  test('is durable, as the bytes that are sent, before the first of them leaves', async () => {
    const made = await world();
    const checks: Promise<unknown>[] = [];
    const transport = intercept(made.api(0), async (method, args, call) => {
      if (method === SENDS[message]) {
        const latches = await made.journal(0).latches(args[0] as string);
        const latch = latches.find((one) => one.message === message);
        checks.push(Promise.resolve(latch?.signed));
        expect(latch?.signed).toEqual(args[1]);
        if (message === 'r2') expect(latch?.attachment).not.toBeNull();
      }
      return await call();
    });
    const first = made
      .client(0, { transport })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    const rest = others(made, 0);
    await made.open();
    await first;
    await Promise.all(rest);
    expect(checks.length).toBeGreaterThan(0);
  });

  // A process that ends between latch and send, or between send and answer.
  test.each(['before', 'after'] as const)(
    'with resume, a restart %s it was delivered sends the same bytes and finishes',
    async (when) => {
      const made = await world();
      const { journal, sent, first } = interrupted(made, SENDS[message], when, true);
      const rest = others(made, 0);
      const id = await made.open();
      await first;
      const again = await made
        .client(0, { journal, transport: recording(made.api(0), sent) })
        .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) }, resume: true });
      expect(again.sum.counts).toEqual(sumOf([0, 1, 2]));
      expect(again.receipt.session).toBe(id);
      for (const method of Object.values(SENDS)) {
        const bytes = sent.filter((call) => call.method === method).map((call) => call.bytes);
        expect(new Set(bytes).size).toBe(1);
      }
      expect(sent.filter(({ method }) => method === SENDS[message]).length).toBeGreaterThanOrEqual(2);
      expect(await journal.secret(id)).toBeNull();
      await Promise.all(rest);
    },
  );

  test('without resume, a restart repeats no computation', async () => {
    const made = await world({ joinMs: 1500, roundMs: 1500 });
    const { journal, sent, first } = interrupted(made, SENDS[message], 'before', false);
    const rest = others(made, 0);
    const id = await made.open();
    await first;
    expect(await journal.secret(id)).toBeNull();
    const latch = (await journal.latches(id)).find((one) => one.message === message);
    const again = made
      .client(0, { journal, transport: recording(made.api(0), sent) })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    // After r4 no secret is needed: the bytes are sent again and the result is checked.
    if (message === 'r4') expect((await again).sum.counts).toEqual(sumOf([0, 1, 2]));
    else await expect(again).rejects.toMatchObject({ code: 'SESSION_DEAD', fault: 'self' });
    for (const method of Object.values(SENDS)) {
      const bytes = sent.filter((call) => call.method === method).map((call) => call.bytes);
      expect(new Set(bytes).size).toBeLessThanOrEqual(1);
    }
    const resent = sent.filter(({ method }) => method === SENDS[message]).length;
    expect(resent).toBe(message === 'r0' || message === 'r1' ? 1 : 2);
    expect((await journal.latches(id)).find((one) => one.message === message)?.signed).toEqual(latch?.signed);
    expect(await journal.unfinished(made.taskId)).toEqual([]);
    await Promise.all(rest);
  });
});

/**
 * A client whose process ends at `method`: the call never returns and the journal takes nothing more from it.
 */
function interrupted(
  made: World,
  method: Method,
  when: 'before' | 'after',
  resume: boolean,
): { journal: Journal; sent: Sent[]; first: Promise<void> } {
  const inner = made.journal(0);
  const sent: Sent[] = [];
  let dead = false;
  let die = (): void => undefined;
  const first = new Promise<void>((resolve) => (die = resolve));
  const half: Journal = {
    ...inner,
    append: (entries) => (dead ? new Promise(() => undefined) : inner.append(entries)),
  };
  const transport = recording(
    intercept(made.api(0), async (name, _args, call) => {
      if (dead) return await new Promise(() => undefined);
      if (name !== method) return await call();
      if (when === 'after') await call();
      dead = true;
      die();
      return await new Promise(() => undefined);
    }),
    sent,
  );
  made
    .client(0, { journal: half, transport })
    .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) }, resume })
    .catch(() => undefined);
  return { journal: inner, sent, first };
}

async function scopeOf(made: World): Promise<string> {
  const { scopeKey } = await import('../../src/protocol/scope.js');
  const { fromHex } = await import('../../crypto/bytes.js');
  return toHex(scopeKey(made.task, fromHex(made.taskId), null));
}

describe('what the coordinator tries', () => {
  test('signatures over other sets: nothing is revealed, and the proof is kept', async () => {
    const made = await world({ joinMs: 1000, roundMs: 1000 });
    const accomplice = made.parties[1] as Party;
    const transport = lying(made.api(0), 'getSignatures', (reply: SignaturesReply) => ({
      ...reply,
      signatures: reply.signatures.map((signed) => {
        const body = consistencyCodec.decode(signed.payload);
        if (Buffer.compare(body.sender, accomplice.identity) !== 0) return signed;
        return signBody(consistencyCodec, { ...body, u3: new Uint8Array(32) }, accomplice.signer);
      }),
    }));
    const sent: Sent[] = [];
    const first = made
      .client(0, { transport: recording(transport, sent) })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) }, resume: true });
    const rest = others(made, 0);
    const id = await made.open();
    await expect(first).rejects.toMatchObject({ code: 'EQUIVOCATION', fault: 'peer' });
    expect(sent.map(({ method }) => method)).not.toContain('unmask');
    const [evidence] = await made.journal(0).evidence(id);
    expect(evidence?.code).toBe('EQUIVOCATION');
    expect(evidence?.statements.length).toBeGreaterThanOrEqual(4);
    expect(await made.journal(0).secret(id)).toBeNull();
    await Promise.all(rest);
  });

  test("a survivor's header that is missing: nothing is signed and no vote is cast", async () => {
    const made = await world({ joinMs: 1000, roundMs: 1000 });
    const transport = lying(made.api(0), 'getHeaders', (reply: HeadersReply) => ({
      ...reply,
      headers: reply.headers.slice(1),
    }));
    const first = made
      .client(0, { transport })
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
    const rest = others(made, 0);
    await made.open();
    await expect(first).rejects.toMatchObject({ code: 'MISSING_HEADER' });
    expect((await made.journal(0).scope(await scopeOf(made)))?.vote).toBeNull();
    await Promise.all(rest);
  });

  test('complaints: the dealer answers, once per holder, at most n_C, with what it latched', async () => {
    const made = await world({ count: 5, joinMs: 1500, roundMs: 1500 });
    const sent: Sent[] = [];
    const dealer = made.parties[0] as Party;
    // Two holders find their packets from the dealer broken: one more than n_C. Nobody tampered, so the complaints are
    // false; answering one reveals what one colluder has anyway.
    const events: string[] = [];
    const first = made.client(0, { transport: recording(made.api(0), sent) }).contribute({
      task: made.taskId,
      vectors: { counts: valuesOf(0) },
      onProgress: (event) => event.type === 'complaint' && events.push(String(event.answered)),
    });
    const rest = [1, 2, 3, 4].map((index) =>
      made
        .client(index, index < 3 ? { transport: complaining(made, index) } : {})
        .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } })
        .catch(() => undefined),
    );
    const id = await made.open();
    await first.catch(() => undefined);
    const answers = sent.filter(({ method }) => method === 'answerComplaint');
    expect(answers).toHaveLength(1);
    expect(events).toContain('true');
    const latches = (await made.journal(0).latches(id)).filter(({ message }) => message === 'answer');
    expect(latches).toHaveLength(1);
    expect(
      answerCodec.decode((latches[0] as { signed: { payload: Uint8Array } }).signed.payload).sender,
    ).toEqual(dealer.identity);
    await Promise.all(rest);
  });

  test('complaints: what an earlier run of the session answered counts, too', async () => {
    const made = await world({ count: 5, joinMs: 1500, roundMs: 1500 });
    const sent: Sent[] = [];
    const events: boolean[] = [];
    const earlier: JournalEntry = {
      kind: 'latch',
      session: '',
      message: 'answer',
      subject: toHex((made.parties[2] as Party).identity),
      key: new Uint8Array(32),
      signed: { payload: Uint8Array.of(1), signature: Uint8Array.of(1) },
      attachment: Uint8Array.of(1),
      statement: null,
      state: null,
    };
    let appended = false;
    const transport = intercept(recording(made.api(0), sent), async (method, args, call) => {
      if (method === 'getComplaints' && !appended) {
        appended = true;
        await made.journal(0).append([{ ...earlier, session: args[0] as string }]);
      }
      return await call();
    });
    const first = made.client(0, { transport }).contribute({
      task: made.taskId,
      vectors: { counts: valuesOf(0) },
      onProgress: (event) => event.type === 'complaint' && events.push(event.answered),
    });
    const rest = [1, 2, 3, 4].map((index) =>
      made
        .client(index, index === 1 ? { transport: complaining(made, index) } : {})
        .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } })
        .catch(() => undefined),
    );
    await made.open();
    await first.catch(() => undefined);
    expect(events).toContain(false);
    expect(events).not.toContain(true);
    expect(sent.map(({ method }) => method)).not.toContain('answerComplaint');
    await Promise.all(rest);
  });
});

test('one process does not take its own running session for an interrupted one', async () => {
  const made = await world();
  const journal = createMemoryJournal((made.parties[0] as Party).identity);
  const client = made.client(0, { journal });
  const first = client.contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
  await made.open();
  while ((await journal.unfinished(made.taskId)).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
  const cancel = new AbortController();
  const second = client.contribute({
    task: made.taskId,
    vectors: { counts: valuesOf(0) },
    signal: cancel.signal,
  });
  const rest = others(made, 0);
  expect((await first).sum.counts).toEqual(sumOf([0, 1, 2]));
  cancel.abort();
  await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
  await Promise.all(rest);
});

test.each([false, true])(
  'a call that fails leaves a session to the one that is in it (resume: %s)',
  async (resume) => {
    const made = await world();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const sent: Sent[] = [];
    const transport = intercept(recording(made.api(0), sent), async (method, _args, call) => {
      if (method === 'getShares') await held;
      return await call();
    });
    const cancel = new AbortController();
    const contribute = (more: object = {}) =>
      made
        .client(0, { transport })
        .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) }, resume, ...more });
    const rest = others(made, 0);
    const both = [contribute(), contribute()];
    const settled = Promise.allSettled(both);
    await made.open();
    // Both found the same session; only one could join.
    await expect(Promise.race(both)).rejects.toMatchObject({ code: 'SESSION_NUMBER' });
    const third = contribute({
      signal: cancel.signal,
      // It looks for a session of its own: it has taken none for an interrupted one.
      onProgress: ({ type }: { type: string }) => type === 'waiting' && goOn(),
    });
    const code = third.catch((error: { code: string }) => error.code).finally(goOn);
    expect((await settled).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    cancel.abort();
    expect(await code).toBe('CANCELLED');
    expect(
      new Set(sent.filter(({ method }) => method === 'beginUpload').map(({ bytes }) => bytes)).size,
    ).toBe(1);
    await Promise.all(rest);
  },
);

test('of two calls after a restart one goes on with the interrupted session', async () => {
  const made = await world();
  const { journal, first } = interrupted(made, 'consistency', 'before', true);
  const rest = others(made, 0);
  const id = await made.open();
  await first;
  const cancel = new AbortController();
  const client = made.client(0, { journal });
  const both = [0, 1].map(() =>
    client
      .contribute({
        task: made.taskId,
        vectors: { counts: valuesOf(0) },
        resume: true,
        signal: cancel.signal,
      })
      .then(
        ({ receipt }) => receipt.session,
        (error: { code: string }) => error.code,
      ),
  );
  expect(await Promise.race(both)).toBe(id);
  cancel.abort();
  expect((await Promise.all(both)).sort()).toEqual([id, 'CANCELLED'].sort());
  await Promise.all(rest);
});
