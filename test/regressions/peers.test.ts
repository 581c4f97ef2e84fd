/**
 * Failures seen in other secure-aggregation code, each as a test that would show it here. None of it is about code that
 * they run today. (A key shipped with the package: package-contents.full.test.ts.)
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { concatBytes, toHex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { agree, shareKeyPair } from '../../crypto/key-agreement.js';
import { fillKeystream } from '../../crypto/prg.js';
import { deriveSelfMaskKey } from '../../crypto/mask-keys.js';
import { openShares } from '../../crypto/share-encryption.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { allSteps } from '../../src/protocol/steps.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { rosterEntries } from '../../src/protocol/coordinator/r0-advertise-keys.js';
import { consistencyCodec, maskedInputCodec, type Unmask, unmaskCodec } from '../../src/protocol/messages.js';
import { memberSet } from '../../src/protocol/sets.js';
import { keysAt, shareAad } from '../../src/protocol/shares.js';
import { makeWorld } from '../client/helpers/world.js';
import { recording, type Sent } from '../client/helpers/transports.js';
import {
  altered,
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  codeOf,
  coordinatorDeps,
  type DropRound,
  expectedSums,
  fill,
  openRecords,
  type Options,
  participants,
  replaced,
  runSession,
  type Setup,
  setUp,
  statedRoster,
  vectorOf,
} from '../helpers/protocol.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

// N = 5, n_C = 1: q = t = 4, one may be missing.
const parties = participants(5);
const everyone = [0, 1, 2, 3, 4];
const atR1 = (options: Options = {}): AtR1 => closeR0(setUp(parties, options), everyone) as AtR1;
const atR3 = (options: Options = {}): AtR3 =>
  closeR2(closeR1(atR1(options), everyone) as AtR2, everyone) as AtR3;
const atR4 = (options: Options = {}): AtR4 => closeR3(atR3(options), everyone) as AtR4;

test('mask seeds folded to 32 bits: seeds that agree in any 28 of 32 bytes give different masks', () => {
  const masks = Array.from({ length: 32 }, (_, at) => {
    const seed = fill(7).map((byte, i) => (i === at ? byte ^ 0x55 : byte));
    const out = new Uint32Array(4);
    const stream = deriveSelfMaskKey({ seed, ctx: fill(1), vector: 'counts', identity: fill(2) });
    fillKeystream({ ...stream, from: 0, out });
    return out.join();
  });
  expect(new Set(masks).size).toBe(32);
  const { members } = atR1();
  for (const { state } of members) {
    expect(state.suiteSeed).toHaveLength(32);
    for (const secret of state.agreed.values()) expect(secret).toHaveLength(32);
  }
});

test('a survivor and dropout list that overlap being answered: there are no lists, and a second set is refused', () => {
  const r3 = atR3();
  const { ctx } = r3.frozen.session;
  const member = r3.members[0] as AtR3['members'][number];
  // The other four sign that participant 4 dropped; participant 0 had signed that it survived.
  const other = memberSet(ctx, 3, [0, 1, 2, 3], 5).hash;
  const honest = r3.members.map(({ send }) => send);
  const lying = r3.members.map(({ send, deps }) =>
    altered(consistencyCodec, send, deps.signer, { u3: other }),
  );
  const ask = (signatures: typeof honest) => unmask(member.state, { signatures, answers: [] }, member.deps);
  expect(codeOf(() => ask(lying))).toBe('EQUIVOCATION');
  expect(codeOf(() => ask([...honest.slice(0, 4), lying[4] as (typeof lying)[number]]))).toBe('EQUIVOCATION');
  const step = ask(honest);
  if (step.kind !== 'step') throw step.error;
  // One share of each of the five, all of one kind.
  expect(Array.from(unmaskCodec.decode(step.send.r4.payload).kinds)).toEqual([1, 1, 1, 1, 1]);
  expect(step.send.shares).toHaveLength(5);
});

test('thresholds taken from the server: smaller ones in a signed statement are refused', () => {
  const setup = setUp(parties);
  const { state, deps } = setup.members[0] as Setup['members'][number];
  const entries = allSteps(rosterEntries(setup.members.map(({ record }) => record)));
  const answer = (q: number, t: number) =>
    codeOf(() => shareKeys(state, statedRoster(setup, entries, { parameters: { q, t } }), deps));
  expect([answer(4, 4), answer(4, 2), answer(2, 4), answer(3, 3)]).toEqual([
    null,
    'BELOW_POLICY',
    'BELOW_POLICY',
    'BELOW_POLICY',
  ]);
});

test.each([0, 1, 2, 3, 4] as const)(
  'one early dropout killing the round: one who vanishes before r%d does not',
  (round) => {
    const drops = everyone.map((index): DropRound => (index === 2 ? round : 5));
    const { outcome, survivors } = runSession(parties, drops);
    if (outcome.round !== 'closed') throw new Error(`aborted: ${outcome.abort.code}`);
    expect(survivors).toHaveLength(round <= 2 ? 4 : 5);
    expect(outcome.sums).toEqual(expectedSums(setUp(parties), survivors));
  },
);

test('weights over the maximum logged and summed anyway: refused before anything is sent', async () => {
  const world = await makeWorld({
    task: { maxWeight: 10, vectors: [vectorOf({ bits: 20, clip: 1000, weighted: true })] },
  });
  try {
    for (const weight of [11, -1, 1.5, NaN, 2 ** 40]) {
      const sent: Sent[] = [];
      const client = world.client(0, { transport: recording(world.api(0), sent) });
      const attempt = client.contribute({ task: world.taskId, vectors: { counts: [1, 2, 3, 4, 5] }, weight });
      await world.open();
      await expect(attempt).rejects.toMatchObject({ code: 'BAD_WEIGHT' });
      expect(sent).toEqual([]);
    }
  } finally {
    await world.stop();
  }
});

test('a modulus that wraps silently: the coordinator takes no such task, with the bits it would need', async () => {
  const world = await makeWorld();
  try {
    const attempt = world.createTask({ vectors: [vectorOf({ bits: 16, clip: 2 ** 15 })] });
    await expect(attempt).rejects.toMatchObject({
      code: 'WOULD_WRAP',
      message: expect.stringContaining('18 bits') as unknown,
    });
  } finally {
    await world.stop();
  }
});

/** r4 of participant 0 with other contents, properly signed. */
function otherR4(r4: AtR4, shares: readonly Uint8Array[], changes: Partial<Unmask> = {}) {
  const { send, deps } = r4.members[0] as AtR4['members'][number];
  const signed = altered(unmaskCodec, send.r4, deps.signer, {
    shares: sha256(concatBytes(...shares)),
    ...changes,
  });
  return { sender: deps.signer.publicKey, signed, shares };
}

test('an empty unmasking answer crashing the server: it is malformed, and the sum is opened without it', () => {
  const r4 = atR4();
  for (const request of [
    otherR4(r4, [], { kinds: new Uint8Array() }),
    otherR4(r4, []),
    otherR4(r4, [new Uint8Array(), new Uint8Array()], { kinds: Uint8Array.of(1, 1) }),
    { ...otherR4(r4, []), signed: { payload: new Uint8Array(), signature: new Uint8Array() } },
  ]) {
    const code = codeOf(() => acceptUnmask(r4.frozen, request, coordinatorDeps));
    expect(['MALFORMED', 'BAD_SIGNATURE']).toContain(code);
  }
  const outcome = openRecords(
    r4,
    r4.members.slice(1).map(({ record }) => record),
  );
  expect(outcome.round === 'closed' && outcome.sums).toEqual(expectedSums(r4.setup, everyone));
});

test('a garbage share giving a wrong sum with no error: it is ignored, or the session ends; its sender is named', () => {
  const r4 = atR4();
  const honest = r4.members.map(({ record }) => record);
  const { send } = r4.members[0] as AtR4['members'][number];
  for (let at = 0; at < send.shares.length; at += 1) {
    const garbage = replaced(send.shares, at, fill(0xee));
    const record = acceptUnmask(r4.frozen, otherR4(r4, garbage), coordinatorDeps);
    const opened = openRecords(r4, replaced(honest, 0, record));
    if (opened.round !== 'closed') throw new Error('four good answers are enough');
    expect(opened.badHelpers).toEqual([0]);
    expect(opened.sums).toEqual(expectedSums(r4.setup, everyone));
    const short = openRecords(r4, [record, ...honest.slice(2)]);
    expect(short.round === 'aborted' && short.abort.code).toBe('TOO_FEW_SHARES');
  }
});

test('example counts in clear beside the masked vector: no message depends on the weight but the masked upload', () => {
  const task = { maxWeight: 1000, vectors: [vectorOf({ bits: 24, weighted: true })] };
  const sentWith = (weight: number) => {
    const input = () => [new Uint32Array(5).fill(weight), Uint32Array.of(weight)];
    const r1 = atR1({ task, input });
    const r2 = closeR1(r1, everyone) as AtR2;
    return r1.members.map(({ send, position }) => {
      const { header, upload } = (r2.members[position] as AtR2['members'][number]).send;
      const { digests, ...rest } = maskedInputCodec.decode(header.payload);
      return {
        before: toHex(concatBytes(send.r1.payload, ...send.packets.map(({ ciphertext }) => ciphertext))),
        header: JSON.stringify(rest),
        digests: digests.length,
        bytes: upload.bytes.length,
        upload: toHex(upload.bytes),
      };
    });
  };
  const [few, many] = [sentWith(3), sentWith(999)];
  few.forEach(({ upload, ...visible }, at) => {
    const { upload: other, ...same } = many[at] as (typeof many)[number];
    expect(visible).toEqual(same);
    expect(upload).not.toBe(other);
  });
  const folder = join(root, 'protos/blindsum/v1');
  const fields = readdirSync(folder).flatMap(
    (name) => readFileSync(join(folder, name), 'utf8').match(/^\s+\w[\w.]* \w+ = \d+;/gm) ?? [],
  );
  expect(fields.length).toBeGreaterThan(20);
  expect(fields.filter((field) => /weight|example|sample/i.test(field))).toEqual([]);
});

test('AEAD without associated data: no packet of a session opens with none, or with that of another pair', () => {
  const { members, frozen } = atR1();
  let opened = 0;
  for (const { state, position } of members) {
    for (const { key, nonce, position: dealer } of state.incoming) {
      const ciphertext = members[dealer]?.send.packets[position]?.ciphertext as Uint8Array;
      const open = (aad: Uint8Array) => openShares({ key, nonce, aad, ciphertext });
      if (open(shareAad(frozen.session, dealer, position)) !== null) opened += 1;
      expect(open(new Uint8Array())).toBeNull();
      expect(open(shareAad(frozen.session, position, dealer))).toBeNull();
    }
  }
  expect(opened).toBe(20);
});

test('raw Diffie–Hellman output used as a key: the agreed secret opens no packet', () => {
  const { members, setup, frozen } = atR1();
  for (const { state, position } of members) {
    const own = shareKeyPair((setup.members[position] as Setup['members'][number]).state.shareSeed);
    for (const { nonce, position: dealer } of state.incoming) {
      const key = agree(own.privateKey, keysAt(frozen.session, dealer).shareKey);
      const ciphertext = members[dealer]?.send.packets[position]?.ciphertext as Uint8Array;
      const aad = shareAad(frozen.session, dealer, position);
      for (const each of [nonce, fill(0, 12)])
        expect(openShares({ key, nonce: each, aad, ciphertext })).toBeNull();
    }
  }
});
