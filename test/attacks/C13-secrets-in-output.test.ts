/**
 * A secret that is printed is no secret: in a log line, an error, a trace of gRPC, a file that others can read, or in
 * memory that a crash dump shows long after it was needed. (What whole sessions log is searched in test/leak/logs.test.ts.)
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { backend as node } from '../../crypto/backend/node.js';
import { gather, toHex } from '../../crypto/bytes.js';
import { wipedBy } from '../helpers/wiped.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { shareKeyPair } from '../../crypto/key-agreement.js';
import { systemRandom } from '../../crypto/random.js';
import { splitSecret } from '../../crypto/secret-sharing.js';
import { deriveShareKey } from '../../crypto/share-encryption.js';
import { identityFromSeed } from '../../crypto/signature.js';
import { openFileJournal } from '../../src/client/node/file-journal.js';
import { writeIdentity } from '../../src/client/node/key-files.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { planMaskedInput, vectorDigest } from '../../src/protocol/client/r2-masked-input.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { answerCodec } from '../../src/protocol/messages.js';
import { toStatus } from '../../src/rpc/status.js';
import { intercept } from '../client/helpers/transports.js';
import { makeWorld, sumOf, valuesOf } from '../client/helpers/world.js';
import { textForms } from '../leak/representations.js';
import {
  type AtR1,
  type AtR2,
  closeR0,
  closeR1,
  fill,
  must,
  participants,
  type Setup,
  setUp,
  sharesMessage,
} from '../helpers/protocol.js';
import { maskJob } from '../helpers/protocol/job.js';

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** What somebody would see of a value, however it is printed. */
const printed = (value: unknown): string =>
  [
    inspect(value, { depth: Infinity, maxArrayLength: Infinity }),
    JSON.stringify(value),
    format('%O %j', value, value),
  ].join('\n');

/** As bytes in a list, with or without spaces and keys, as hex and as base64. */
const spellings = (secret: Uint8Array): string[] => [
  ...textForms(secret)
    .slice(1)
    .map(({ bytes }) => Buffer.from(bytes).toString('latin1')),
  JSON.stringify(secret),
  inspect(secret).split('\n')[1] as string,
];
const shows = (text: string, secret: Uint8Array): boolean =>
  spellings(secret).some((form) => text.includes(form));

const everyone = [0, 1, 2, 3];
const setup = setUp(participants(4));
const r1 = closeR0(setup, everyone) as AtR1;
const r2 = closeR1(r1, everyone) as AtR2;
const first = setup.members[0] as Setup['members'][number];

test('C13 steps, states and jobs of a participant are printed as [redacted]', () => {
  const { state } = r1.members[0] as AtR1['members'][number];
  const shared = must(shareKeys(first.state, r1.message, first.deps));
  const planned = must(planMaskedInput(state, sharesMessage(r2, 0), first.input, fill(1), first.deps));
  const stream = maskJob(planned.job).vectors[0]?.streams[0] as { key: Uint8Array };
  const secrets = [
    first.state.shareSeed,
    first.state.maskSeed,
    state.suiteSeed,
    stream.key,
    ...state.agreed.values(),
  ];
  for (const value of [first.state, shared, shared.state, state, planned, planned.state, planned.job]) {
    const text = printed({ context: 'crash', value });
    expect(text).toContain('[redacted]');
    expect(secrets.filter((secret) => shows(text, secret))).toEqual([]);
  }
  // The search would see them.
  expect(shows(printed({ ...state }), state.suiteSeed)).toBe(true);
});

test('C13 so are identities, key pairs and share keys', () => {
  const pair = shareKeyPair(fill(3));
  const identity = identityFromSeed(systemRandom(32));
  const roles = {
    ctx: fill(1),
    sender: fill(2),
    recipient: fill(3),
    senderKey: fill(4),
    recipientKey: fill(5),
  };
  const channel = deriveShareKey({ ...roles, agreed: fill(6) });
  for (const [value, secret] of [
    [pair, pair.privateKey],
    [identity, identity.seed],
    [channel, channel.key],
  ] as const) {
    expect(printed([value])).toContain('[redacted]');
    expect(shows(printed([value]), secret)).toBe(false);
  }
});

test('C13 nor is there a second copy of a share key', () => {
  const [ctx, sender, recipient] = [fill(1), fill(2), fill(3)];
  const input = { agreed: fill(6), ctx, sender, recipient, senderKey: fill(4), recipientKey: fill(5) };
  const { key, nonce } = deriveShareKey(input);
  expect(wipedBy(() => deriveShareKey(input), 44)).toEqual([toHex(key) + toHex(nonce)]);
});

test('C13 what is moved into one piece of memory is gone where it was', () => {
  const parts = [fill(1), fill(2, 12), fill(3, 0)];
  expect(gather(parts)).toEqual([fill(1), fill(2, 12), fill(3, 0)]);
  expect(parts).toEqual([fill(0), fill(0, 12), fill(0, 0)]);
});

test('C13 nor stays anything of an HMAC: the key of what HKDF extracts is public, and the inner hash as good as what comes out', () => {
  const [salt, ikm] = [fill(1), fill(2)];
  const [inner, outer] = [0x36, 0x5c].map((byte) =>
    Uint8Array.from({ length: 64 }, (_, at) => byte ^ (salt[at] ?? 0)),
  ) as [Uint8Array, Uint8Array];
  const innerHash = toHex(node.sha256([inner, ikm]));
  const wiped = wipedBy(() => node.hmacSha256(salt, [ikm]));
  for (const bytes of [
    toHex(inner) + toHex(ikm),
    toHex(outer) + innerHash,
    toHex(node.hmacSha256(salt, [ikm])),
  ])
    expect(wiped.filter((one) => one.includes(bytes))).toHaveLength(1);
});

test('C13 nor what was put together to be hashed, which may be secrets', () => {
  const together = toHex(fill(1)) + toHex(fill(2));
  const wiped = wipedBy(() => node.sha256([fill(1), fill(2)]));
  expect(wiped.filter((one) => one.startsWith(together))).toHaveLength(1);
});

test('C13 nor the plain hash of an input, which tells one of few apart', () => {
  const input = [Uint32Array.of(1, 2, 3), Uint32Array.of(4)];
  const hashes = input.map((vector) => toHex(node.sha256([new Uint8Array(vector.buffer)])));
  expect(wipedBy(() => vectorDigest(fill(1), input), 32)).toEqual(hashes);
});

test('C13 an error says which field is wrong and not what is in it', () => {
  const secret = systemRandom(31);
  const body = { sender: fill(1), ctx: fill(2), holder: fill(3), shares: fill(4) };
  const wrong = Buffer.from(answerCodec.encode(body))
    .toString('hex')
    .replace(`5820${'04'.repeat(32)}`, `581f${toHex(secret)}`);
  const attempts: (() => unknown)[] = [
    () => answerCodec.decode(Uint8Array.from(Buffer.from(wrong, 'hex'))),
    () => answerCodec.encode({ ...body, shares: secret }),
    () => splitSecret({ secret, threshold: 2, points: [1, 2], random: systemRandom }),
    () => identityFromSeed(secret),
  ];
  for (const attempt of attempts) {
    let raised: unknown;
    try {
      attempt();
    } catch (error) {
      raised = error;
    }
    expect(raised).toBeInstanceOf(Error);
    expect(shows(`${printed(raised)} ${(raised as Error).stack}`, secret)).toBe(false);
  }
});

test('C13 what nobody foresaw leaves the coordinator without its text', () => {
  for (const error of [
    new Error('seed 00ff'),
    new BlindsumError('INTERNAL', 'self', 'seed 00ff'),
    'seed 00ff',
  ]) {
    const { details, metadata } = toStatus(error);
    expect(`${details} ${JSON.stringify(metadata.getMap())}`).not.toContain('00ff');
  }
});

test('C13 intermediate keys are overwritten: agreements, PRKs, blocks, keystreams, polynomials, plaintexts', async () => {
  const [agreed, macs, streams, sealed]: Uint8Array[][] = [[], [], [], []];
  const blocks: string[] = [];
  const noted =
    <A extends unknown[]>(list: Uint8Array[], make: (...args: A) => Uint8Array) =>
    (...args: A) => {
      const made = make(...args);
      list.push(made);
      return made;
    };
  jest.resetModules();
  jest.unstable_mockModule('#crypto-backend', () => ({
    backend: {
      ...node,
      x25519: (privateKey: Uint8Array) =>
        noted(agreed as Uint8Array[], node.x25519(privateKey) as (publicKey: Uint8Array) => Uint8Array),
      hmacSha256: noted(macs as Uint8Array[], (key: Uint8Array, parts: readonly Uint8Array[]) => {
        const made = node.hmacSha256(key, parts);
        // A block goes into the next one, and must not stay in what that is made from.
        blocks.push(toHex(made));
        macs?.push(...parts.filter((part) => blocks.includes(toHex(part.subarray(0, 32)))));
        return made;
      }),
      aes128CtrKeystream: noted(
        streams as Uint8Array[],
        (key: Uint8Array, block: Uint8Array, length: number) => node.aes128CtrKeystream(key, block, length),
      ),
      aes256GcmSeal: (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) => {
        sealed?.push(key, plaintext);
        return node.aes256GcmSeal(key, nonce, aad, plaintext);
      },
    },
  }));
  const lists = [macs, streams, sealed] as Uint8Array[][];
  const wiped = () => lists.map((list) => [list.length > 0, list.every(isZero)]);
  const c = await import('../../crypto/index.js');
  const roles = {
    ctx: fill(1),
    sender: fill(2),
    recipient: fill(3),
    senderKey: fill(4),
    recipientKey: fill(5),
  };
  c.deriveShareKey({ ...roles, agreed: fill(6) });
  c.hkdfSha256({ ikm: fill(1), salt: fill(2), info: fill(3), length: 100 });
  c.fillKeystream({ key: fill(1, 16), nonce: fill(1, 12), from: 0, out: new Uint32Array(40_000) });
  expect(wiped().slice(0, 2)).toEqual([
    [true, true],
    [true, true],
  ]);
  const rounds = await import('../../src/protocol/client/r1-share-keys.js');
  const step = must(rounds.shareKeys(first.state, r1.message, { ...first.deps, random: c.systemRandom }));
  expect(step.send.packets).toHaveLength(4);
  expect(wiped()[2]).toEqual([true, true]);
  // With each of three others one agreement for the masks, which r2 needs and which was moved, and one for the shares.
  const kept = [...step.state.agreed.values()];
  const spent = agreed as Uint8Array[];
  expect([kept.length, kept.some(isZero), spent.length, spent.every(isZero)]).toEqual([3, false, 6, true]);
  const coefficients = systemRandom(64);
  c.splitSecret({ secret: fill(1), threshold: 3, points: [1, 2, 3], random: () => coefficients });
  expect(isZero(coefficients)).toBe(true);
});

/** Everything drawn, by reference, and the input as it goes into the mask. */
async function contributionOf(resume: boolean, failAt: string | null) {
  const world = await makeWorld(failAt === null ? {} : { joinMs: 500, roundMs: 500 });
  const drawn: Uint8Array[] = [];
  const inputs: Uint32Array[] = [];
  const engine = createReferenceEngine();
  const transport = intercept(world.api(0), async (method, _, call) => {
    if (method === failAt) throw new BlindsumError('MALFORMED', 'peer', 'the coordinator refuses');
    return await call();
  });
  const random = (length: number): Uint8Array => {
    const bytes = systemRandom(length);
    drawn.push(bytes);
    return bytes;
  };
  const watched = {
    ...engine,
    run: (job: Parameters<typeof engine.run>[0]) => {
      inputs.push(...job.vectors.map(({ base }) => base as Uint32Array));
      if (failAt === 'engine') throw new BlindsumError('CANCELLED', 'caller', 'the engine stopped');
      return engine.run(job);
    },
  };
  const runs = world.parties.map((_, index) =>
    world
      .client(index, index === 0 ? { random, transport, engine: watched } : {})
      .contribute({ task: world.taskId, vectors: { counts: valuesOf(index) }, ...(resume && { resume }) })
      .catch((error: unknown) => error as BlindsumError),
  );
  await world.open();
  const [result] = await Promise.all(runs);
  await world.stop();
  return { result, drawn, inputs };
}

// Drawn first of all: the rounding secret, which the journal keeps; fourth: the public nonce of r0.
const sessionSecrets = (drawn: readonly Uint8Array[]): Uint8Array[] =>
  drawn.filter((_, at) => at !== 0 && at !== 3);

test.each([false, true])(
  'C13 after a session a client holds neither seeds nor its input (resume %s)',
  async (resume) => {
    const { result, drawn, inputs } = await contributionOf(resume, null);
    expect(result).toMatchObject({ sum: { counts: sumOf([0, 1, 2]) } });
    expect(drawn.map(({ length }) => length)).toEqual([32, 32, 32, 32, 32, 64, 64]);
    expect(sessionSecrets(drawn).map(isZero)).toEqual([true, true, true, true, true]);
    expect(inputs.map((values) => values.every((value) => value === 0))).toEqual([true]);
  },
);

test.each(['getRoster', 'shareKeys', 'getShares', 'beginUpload'])(
  'C13 nor after one that failed at %s',
  async (method) => {
    const { result, drawn } = await contributionOf(false, method);
    expect(result).toMatchObject({ code: 'MALFORMED' });
    expect(sessionSecrets(drawn).every(isZero)).toBe(true);
  },
);

test('C13 nor its input when masking it failed', async () => {
  const { result, drawn, inputs } = await contributionOf(false, 'engine');
  expect(result).toMatchObject({ code: 'CANCELLED' });
  expect(inputs.map((values) => values.every((value) => value === 0))).toEqual([true]);
  expect(sessionSecrets(drawn).every(isZero)).toBe(true);
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-c13-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const modes = (): number[] => readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);

test('C13 journal and key are for their owner alone, also where a file with wider rights was there', async () => {
  const owner = identityFromSeed(fill(7));
  for (const name of ['new.journal', 'old.journal']) {
    if (name.startsWith('old')) writeFileSync(join(folder, name), '', { mode: 0o644 });
    const journal = openFileJournal(join(folder, name), owner.publicKey);
    expect(modes().every((mode) => mode === 0o600)).toBe(true);
    await journal.close();
  }
  writeFileSync(join(folder, 'a.key'), 'old', { mode: 0o644 });
  writeIdentity(join(folder, 'a.key'), owner.seed, { overwrite: true });
  writeIdentity(join(folder, 'b.key'), owner.seed);
  expect(new Set(modes())).toEqual(new Set([0o600]));
});

test('C13 the bytes of a saved state are gone from the disk once it is replaced, and once the session ends', async () => {
  const path = join(folder, 'a.journal');
  const found = (secret: Uint8Array): boolean =>
    readdirSync(folder).some((name) =>
      readFileSync(join(folder, name)).includes(Buffer.from(secret.subarray(9000, 9032))),
    );
  const owner = identityFromSeed(fill(7)).publicKey;
  const [old, recent] = [systemRandom(20_000), systemRandom(20_000)];
  const opening = { payload: fill(1), signature: fill(2, 64) };
  const session = { session: 's', task: 't', number: 1 };
  const before = openFileJournal(path, owner);
  await before.append([
    { kind: 'joined', ...session, opening },
    { kind: 'secret', session: 's', bytes: old },
  ]);
  await before.close();
  expect(found(old)).toBe(true);
  const journal = openFileJournal(path, owner);
  await journal.append([{ kind: 'secret', session: 's', bytes: recent }]);
  expect([found(old), found(recent)]).toEqual([false, true]);
  await journal.append([{ kind: 'ended', session: 's', outcome: 'closed', statement: null }]);
  expect([found(old), found(recent)]).toEqual([false, false]);
  await journal.close();
});
