/**
 * A10, keys used twice, with real clients and a real coordinator: whatever happens to its process, a participant makes
 * one set of keys per session, and nothing is left of it afterwards.
 */
import { afterEach, expect, test } from '@jest/globals';
import { systemRandom } from '../../crypto/random.js';
import type { Journal, LatchEntry } from '../../src/client/journal.js';
import { createMemoryJournal } from '../../src/client/index.js';
import { advertiseKeysCodec } from '../../src/protocol/messages.js';
import type { Signed } from '../../src/protocol/signed.js';
import { intercept, recording, type Sent } from '../client/helpers/transports.js';
import { makeWorld, valuesOf, type World, type WorldOptions } from '../client/helpers/world.js';
import { altered, party, type Party } from '../helpers/protocol.js';

const worlds: World[] = [];
let over = new AbortController();
afterEach(async () => {
  over.abort();
  over = new AbortController();
  for (const made of worlds.splice(0)) await made.stop();
});
async function world(options: WorldOptions = {}): Promise<World> {
  const made = await makeWorld(options);
  worlds.push(made);
  return made;
}
const contribute = (made: World, index: number, overrides: object = {}, more: object = {}) =>
  made
    .client(index, overrides)
    .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) }, ...more });

/** Everything the generator gave, as the client holds it: what is wiped there is wiped here. */
function watched(): { random: (length: number) => Uint8Array; seeds: Uint8Array[] } {
  const seeds: Uint8Array[] = [];
  const random = (length: number): Uint8Array => {
    const bytes = systemRandom(length);
    seeds.push(bytes);
    return bytes;
  };
  return { random, seeds };
}
const isWiped = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

test('A10 after a session its seeds are zeros', async () => {
  const made = await world();
  const { random, seeds } = watched();
  const all = [contribute(made, 0, { random }), contribute(made, 1), contribute(made, 2)];
  await made.open();
  await Promise.all(all);
  // Rounding seed of the scope (kept), two key seeds, nonce (public), b, coefficients of two polynomials.
  expect(seeds.map(isWiped)).toEqual([false, true, true, false, true, true, true]);
});

test('A10 after a session that ended early, too', async () => {
  const made = await world({ joinMs: 1000 });
  const { random, seeds } = watched();
  const alone = contribute(made, 0, { random });
  await made.open();
  await expect(alone).rejects.toMatchObject({ code: 'TOO_FEW_PARTICIPANTS' });
  expect(seeds.map(isWiped)).toEqual([false, true, true, false]);
});

test('A10 two participants with a key in common are not in one session', async () => {
  const made = await world();
  let taken: Signed | null = null;
  const heard = new Promise<void>((resolve) => {
    const transport = intercept(made.api(0), async (method, args, call) => {
      const reply = await call();
      if (method === 'advertiseKeys') {
        taken = args[1] as Signed;
        resolve();
      }
      return reply;
    });
    contribute(made, 0, { transport }, { signal: over.signal }).catch(() => undefined);
  });
  const id = await made.open();
  await heard;
  const { shareKey, maskKey } = advertiseKeysCodec.decode((taken as unknown as Signed).payload);
  const second = made.parties[1] as Party;
  const fresh = advertiseKeysCodec.decode((taken as unknown as Signed).payload);
  // X25519 public keys of nobody in particular.
  const other = systemRandom(32).map((byte, index) => (index === 31 ? byte & 0x3f : byte));
  for (const keys of [
    { shareKey, maskKey: other },
    { shareKey: other, maskKey },
    { shareKey: maskKey, maskKey: other },
  ]) {
    const body = { ...fresh, ...keys, sender: second.identity };
    const r0 = altered(advertiseKeysCodec, taken as unknown as Signed, second, body);
    await expect(made.api(1).advertiseKeys(id, r0, null)).rejects.toMatchObject({ code: 'DUPLICATE_KEY' });
  }
});

test('A10 a client that is started again goes on with the keys it announced, and makes no others', async () => {
  const made = await world();
  const inner = made.journal(0);
  const sent: Sent[] = [];
  let dead = false;
  const half: Journal = {
    ...inner,
    append: (entries) => (dead ? new Promise(() => undefined) : inner.append(entries)),
  };
  const rest = [contribute(made, 1), contribute(made, 2)];
  // The process ends before r1 leaves: r0 is announced, its keys are in the journal.
  await new Promise<void>((resolve) => {
    const transport = intercept(recording(made.api(0), sent), async (method, _args, call) => {
      if (dead) return await new Promise(() => undefined);
      if (method !== 'getRoster') return await call();
      dead = true;
      resolve();
      return await new Promise(() => undefined);
    });
    contribute(made, 0, { journal: half, transport }, { resume: true, signal: over.signal }).catch(
      () => undefined,
    );
    void made.open();
  });
  const { random, seeds } = watched();
  const again = { journal: inner, transport: recording(made.api(0), sent), random };
  await contribute(made, 0, again, { resume: true });
  await Promise.all(rest);
  const keys = sent.filter(({ method }) => method === 'advertiseKeys').map(({ bytes }) => bytes);
  expect(keys.length).toBeGreaterThanOrEqual(2);
  expect(new Set(keys).size).toBe(1);
  // b and the polynomials' coefficients: r0 was not made again.
  expect(seeds.map(({ length }) => length)).toEqual([32, 64, 64]);
});

test('A10 a journal takes one r0 per session, and no session twice', async () => {
  const journal = createMemoryJournal(party('owner').identity);
  const signed = { payload: Uint8Array.of(1), signature: Uint8Array.of(2) };
  const r0: LatchEntry = {
    kind: 'latch',
    session: 's',
    message: 'r0',
    subject: '',
    key: Uint8Array.of(3),
    signed,
    attachment: null,
    statement: null,
    state: null,
  };
  const joined = { kind: 'joined' as const, session: 's', task: 't', number: 1, opening: signed };
  await journal.append([joined, r0]);
  await expect(journal.append([{ ...r0, key: Uint8Array.of(4) }])).rejects.toThrow('latched already');
  await expect(journal.append([{ ...joined, number: 2 }])).rejects.toThrow('joined before');
});
