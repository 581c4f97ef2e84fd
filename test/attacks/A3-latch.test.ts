/**
 * A3, in time: r4 is asked for again, for other sets, by a coordinator that hopes for a participant that forgot. What was
 * revealed is in the journal under H(U1), H(U2), H(U3), and a second r4 of a session never gets in.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { createMemoryJournal } from '../../src/client/index.js';
import type { Journal, LatchEntry } from '../../src/client/journal.js';
import { openFileJournal } from '../../src/client/node/file-journal.js';
import { consistencyCodec } from '../../src/protocol/messages.js';
import type { SignaturesReply } from '../../src/rpc/participant-api.js';
import { intercept, lying, recording, type Sent } from '../client/helpers/transports.js';
import { makeWorld, valuesOf, type World } from '../client/helpers/world.js';
import { altered, type Party } from '../helpers/protocol.js';
import { parties } from './helpers/scenario.js';

let made: World | undefined;
const folder = mkdtempSync(join(tmpdir(), 'blindsum-a3-'));
afterEach(async () => {
  await made?.stop();
  made = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

const latched = (session: string, key: Uint8Array): LatchEntry => ({
  kind: 'latch',
  session,
  message: 'r4',
  subject: '',
  key,
  signed: { payload: Uint8Array.of(1), signature: new Uint8Array(64) },
  attachment: Uint8Array.of(1),
  statement: null,
  state: null,
});

/** Everybody takes part; participant 0 through `transport`. @returns what it failed with, and what it sent */
async function attack(world: World, transport: ReturnType<World['api']>): Promise<[unknown, string[]]> {
  const sent: Sent[] = [];
  const contribute = (index: number, overrides = {}): Promise<unknown> =>
    world.client(index, overrides).contribute({
      task: world.taskId,
      vectors: { counts: valuesOf(index) },
    });
  const victim = contribute(0, { transport: recording(transport, sent) });
  const failed = victim.catch((error: unknown) => error);
  const others = [contribute(1), contribute(2)].map((other) => other.catch(() => undefined));
  const session = await world.open();
  const error = await failed;
  await world.coordinator.operator.cancelSession(session, 'end of test').catch(() => undefined);
  await Promise.all(others);
  return [error, sent.map(({ method }) => method)];
}

test.each<[string, string, (r3: LatchEntry) => Uint8Array]>([
  ['other sets', 'EQUIVOCATION', () => new Uint8Array(96)],
  ['the same sets', 'SESSION_DEAD', ({ key }) => key],
])('A3 shares were revealed for %s before: nothing more leaves (%s)', async (_, code, keyOf) => {
  made = await makeWorld();
  const journal = made.journal(0);
  // Between r3 and r4 another run of the session, which this process does not remember, gets to r4.
  const transport = intercept(made.api(0), async (method, args, call) => {
    if (method === 'consistency') {
      const session = args[0] as string;
      const r3 = (await journal.latches(session)).find(({ message }) => message === 'r3');
      await journal.append([latched(session, keyOf(r3 as LatchEntry))]);
    }
    return await call();
  });
  const [error, sent] = await attack(made, transport);
  expect(error).toMatchObject({ code });
  expect(sent).toContain('consistency');
  expect(sent).not.toContain('unmask');
});

test('A3 signatures over two U3 of one session: nothing is revealed, ever, and both statements are kept', async () => {
  made = await makeWorld();
  const accomplice = made.parties[1] as Party;
  const transport = lying(made.api(0), 'getSignatures', ({ signatures, answers }: SignaturesReply) => ({
    answers,
    signatures: signatures.map((signed) =>
      Buffer.compare(consistencyCodec.decode(signed.payload).sender, accomplice.identity) === 0
        ? altered(consistencyCodec, signed, accomplice, { u3: new Uint8Array(32) })
        : signed,
    ),
  }));
  const [error, sent] = await attack(made, transport);
  expect(error).toMatchObject({ code: 'EQUIVOCATION', fault: 'peer' });
  expect(sent).not.toContain('unmask');
  expect(await made.journal(0).unfinished(made.taskId)).toEqual([]);
  const [session] = await made.coordinator.operator.listSessions();
  const [evidence] = await made.journal(0).evidence(session?.sessionId ?? '');
  const statements = evidence?.statements ?? [];
  const u3 = statements.slice(1).map(({ payload }) => consistencyCodec.decode(payload).u3.join());
  expect(new Set(u3).size).toBe(2);
});

test.each<[string, () => Journal]>([
  ['in memory', () => createMemoryJournal()],
  ['in a file', () => openFileJournal(join(folder, 'a.journal'), (parties[0] as Party).identity)],
])('A3 a journal %s takes one r4 per session, whatever sets it is for', async (_, open) => {
  const journal = open();
  const [first, second] = [new Uint8Array(96), new Uint8Array(96).fill(1)];
  await journal.append([latched('session', first)]);
  // Not toThrow: the errors of better-sqlite3 are of the realm of the test file that loaded it first.
  const refused = { message: expect.stringMatching(/latched already|UNIQUE constraint failed: latch/) };
  await expect(journal.append([latched('session', second)])).rejects.toMatchObject(refused);
  await expect(journal.append([latched('session', first)])).rejects.toMatchObject(refused);
  expect((await journal.latches('session')).map(({ key }) => key)).toEqual([first]);
  await journal.close();
});
