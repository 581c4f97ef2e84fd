// Rarer cases of both roles: what only one line stands against.
import { describe, expect, test } from '@jest/globals';
import { concatBytes, toHex } from '../../crypto/bytes.js';
import { encodeCanonical } from '../../crypto/canonical.js';
import { sha256 } from '../../crypto/hash.js';
import { maskKeyPair, shareKeyPair } from '../../crypto/key-agreement.js';
import { splitSecret } from '../../crypto/secret-sharing.js';
import { decodePackets } from '../../src/protocol/attachments.js';
import { advertiseKeys } from '../../src/protocol/client/r0-advertise-keys.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { integers } from '../../src/protocol/codec.js';
import { type OpenComplaint, provenBad } from '../../src/protocol/coordinator/complaints.js';
import { acceptAdvertiseKeys } from '../../src/protocol/coordinator/r0-advertise-keys.js';
import { MAX_PACKET_BYTES } from '../../src/protocol/suites/masking/sharing.js';
import { acceptHeader } from '../../src/protocol/coordinator/r2-masked-input.js';
import { headersOf } from '../../src/protocol/coordinator/r3-consistency.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { tooFew } from '../../src/protocol/coordinator/senders.js';
import type { Frozen } from '../../src/protocol/coordinator/state.js';
import { certificateCodec } from '../../src/protocol/documents.js';
import { maskedInputCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { encodeShares } from '../../src/protocol/shares.js';
import { signBody } from '../../src/protocol/signed.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';
import {
  altered,
  at,
  type Closed,
  codeOf,
  coordinatorDeps,
  expectedSums,
  fill,
  must,
  openRecords,
  organiser,
  participants,
  playRounds,
  replaced,
  setUp,
  sharesMessage,
  taskOf,
  vectorOf,
} from '../helpers/protocol.js';
import { wipedBy } from '../helpers/wiped.js';

const parties = participants(5);
const setup = setUp(parties);
const { r1, r2, r3 } = playRounds(setup, [0, 1, 2, 3]);
const whole = playRounds(setup);
const first = at(parties, 0);
const constant = (length: number) => fill(5, length);

describe('the coordinator', () => {
  test('keeps no certificate where the electorate is pinned', () => {
    const body = { identity: first.identity, name: 'n', notBeforeMs: 0, expiresMs: 9 };
    const certificate = signBody(certificateCodec, body, organiser.signer);
    const { signed } = at(setup.members, 0).record;
    const request = { sender: first.identity, signed, certificate, revoked: new Set<string>(), nowMs: 0 };
    expect(acceptAdvertiseKeys(setup.header, request, coordinatorDeps).attachment).toBe(null);
  });

  test('takes no complaint of a participant about its own packet, which is empty', () => {
    const { header } = at(r2.members, 0).send;
    const complaints = [{ dealer: first.identity, ciphertext: sha256(new Uint8Array()) }];
    const signed = altered(maskedInputCodec, header, first, { complaints });
    const request = { sender: first.identity, signed };
    expect(codeOf(() => acceptHeader(r2.frozen, request, r2.dealers, coordinatorDeps))).toBe('MALFORMED');
  });

  test('signs the uploads of U3 only, though it holds headers of others', () => {
    const headers = r2.members.map(({ record }) => record);
    expect(headers).toHaveLength(5);
    const rootOf = (...args: Parameters<typeof headersOf>) => headersOf(...args).uploads.root;
    expect(rootOf(r3.frozen, headers)).toEqual(rootOf(r3.frozen, headers.slice(0, 4)));
    expect(rootOf(r3.frozen, headers)).not.toEqual(rootOf(whole.r3.frozen, headers));
  });

  test('counts complaints for each dealer by itself, and one refuted answer is enough', () => {
    const complaint = (dealer: number, state: OpenComplaint['state'], holder = 0) => ({
      dealer,
      holder,
      state,
    });
    const proven = (frozen: Frozen, complaints: readonly OpenComplaint[]) =>
      provenBad(frozen, complaints, coordinatorDeps);
    // One colluder is assumed: a single complaint proves nothing, a second one does.
    expect(setup.header.task.maxColluders).toBe(1);
    expect(proven(r2.frozen, [complaint(1, 'open'), complaint(2, 'answered')])).toEqual([]);
    expect(proven(r2.frozen, [complaint(1, 'refuted'), complaint(2, 'open')])).toEqual([1]);
    expect(
      proven(r2.frozen, [
        complaint(3, 'open', 0),
        complaint(3, 'answered', 2),
        complaint(1, 'open', 0),
        complaint(1, 'open', 2),
        complaint(2, 'answered', 4),
      ]),
    ).toEqual([1, 3]);
    const { session } = r2.frozen;
    const withTwo = { ...r2.frozen, session: { ...session, task: { ...session.task, maxColluders: 2 } } };
    expect(proven(withTwo, [complaint(1, 'answered', 0), complaint(1, 'refuted', 2)])).toEqual([1]);
    expect(proven(withTwo, [complaint(1, 'answered', 0), complaint(1, 'open', 2)])).toEqual([]);
  });

  test('a helper that has no share of one dealer is no bad helper', () => {
    const { send } = at(whole.r4.members, 2);
    for (const entry of [0, 4]) {
      const kinds = unmaskCodec.decode(send.r4.payload).kinds.slice();
      // PROTOCOL §4.6: unavailable
      kinds[entry] = 3;
      const shares = send.shares.filter((_, index) => index !== entry);
      const changes = { kinds, shares: sha256(concatBytes(...shares)) };
      const signed = altered(unmaskCodec, send.r4, at(parties, 2), changes);
      const request = { sender: at(parties, 2).identity, signed, shares };
      const record = acceptUnmask(whole.r4.frozen, request, coordinatorDeps);
      const records = replaced(
        whole.r4.members.map((member) => member.record),
        2,
        record,
      );
      const end = openRecords(whole.r4, records) as Closed;
      expect({ sums: end.sums, badHelpers: end.badHelpers }).toEqual({
        sums: expectedSums(setup, [0, 1, 2, 3, 4]),
        badHelpers: [],
      });
    }
  });

  test('needs the quorum in every round', () => {
    expect([3, 4, 5].map((count) => tooFew(r1.frozen, count, 'answered')?.code ?? null)).toEqual([
      'TOO_FEW_SURVIVORS',
      null,
      null,
    ]);
  });

  test('takes packets of up to 8192 bytes (PROTOCOL §4.2)', () => {
    expect(MAX_PACKET_BYTES).toBe(8192);
  });
});

test('a roster is stale from the time the own keys were sent, not from the start of time', () => {
  const { state, deps } = at(setup.members, 0);
  const sent = { ...state, sentAtMs: 5000 };
  const roster = (nowMs: number) => shareKeys(sent, { ...r1.message, nowMs }, deps);
  const { rosterMaxAgeMs } = state.opened.anchors.policy;
  expect(roster(5000 + rosterMaxAgeMs).kind).toBe('step');
  expect(roster(5001 + rosterMaxAgeMs)).toMatchObject({ kind: 'refusal', error: { code: 'STALE_ROSTER' } });
});

test('a participant wipes the keys that it can make again, and the share of its mask key that it must not keep', () => {
  const { state, opened, deps } = at(setup.members, 0);
  const keys = [shareKeyPair(state.shareSeed), maskKeyPair(state.maskSeed)];
  const seeds = [state.shareSeed, state.maskSeed, fill(7)];
  let drawn = 0;
  const again = { ...deps, random: () => at(seeds, drawn++).slice() };
  const wipes = (attempt: () => unknown) => {
    const wiped = wipedBy(attempt);
    return keys.map(({ privateKey }) => wiped.filter((hex) => hex === toHex(privateKey)).length);
  };
  // Making a pair wipes a copy of its own.
  const made = wipes(() => [shareKeyPair(state.shareSeed), maskKeyPair(state.maskSeed)]);
  expect(wipes(() => advertiseKeys(opened, 0, again))).toEqual(made.map((count) => count + 1));
  const { session } = at(r1.members, 0).state;
  const secrets = { maskSeed: state.maskSeed, suiteSeed: fill(9) };
  const shares = () =>
    splitSecret({ secret: state.maskSeed, threshold: 4, points: [2, 3, 4, 5, 1], random: constant });
  const dealt = () => maskingComplete.deal(session, 0, secrets, constant);
  expect(dealt().perNeighbour.map(([share]) => share)).toEqual(shares().slice(0, 4));
  expect(wipedBy(dealt)).toContain(toHex(at(shares(), 4)));
});

test('a holder wipes the plaintext of every packet', () => {
  const { state, deps } = at(r1.members, 0);
  const { input, scope } = at(setup.members, 0);
  const open = () => planMaskedInput(state, sharesMessage(r2, 0), input, scope.roundingSeed, deps);
  const { held } = must(open()).state;
  expect(held.shares.size).toBe(4);
  const plaintexts = [...held.shares].map(([dealer, shares]) =>
    encodeShares(state.session, dealer, 0, shares as readonly Uint8Array[]),
  );
  expect(wipedBy(open)).toEqual(expect.arrayContaining(plaintexts.map(toHex)));
});

test('the secret of the self mask has 32 bytes', () => {
  const asked: number[] = [];
  const { state, deps } = at(setup.members, 0);
  const random = (length: number) => {
    asked.push(length);
    return deps.random(length);
  };
  expect(shareKeys(state, r1.message, { ...deps, random }).kind).toBe('step');
  expect(asked[0]).toBe(32);
});

test('stored packets are lists of byte strings, each with a ciphertext', () => {
  const decoded = (packets: unknown) => codeOf(() => decodePackets(encodeCanonical(packets as never)));
  expect(decoded([[fill(1, 3), fill(2)], [fill(1, 0)]])).toBe(null);
  expect(decoded([[fill(1)], []])).toBe('MALFORMED');
  expect(decoded([[fill(1)], ['text']])).toBe('MALFORMED');
  expect(decoded([[fill(1)], fill(1)])).toBe('MALFORMED');
  expect(decoded('text')).toBe('MALFORMED');
});

test('the integers of a statement are a map, in any order of their names', () => {
  for (const value of [5, '', null, undefined, [], true]) {
    expect(integers(4).safeParse(value).success).toBe(false);
  }
  const task = taskOf(parties);
  for (const parameters of [
    { q: 4, t: 4 },
    { t: 4, q: 4 },
  ]) {
    expect(codeOf(() => maskingComplete.checkParameters(task, 5, 5, parameters))).toBe(null);
  }
});

test('what is merged need not be aligned', () => {
  const accumulator = maskingComplete.accumulator(
    taskOf(parties, { vectors: [vectorOf({ length: 2, bits: 32 })] }),
  );
  expect(accumulator.byteLength).toBe(8);
  const sums = new Uint8Array(16).subarray(8);
  for (const offset of [0, 1, 2, 3, 4]) {
    const other = new Uint8Array(16).subarray(offset, offset + 8);
    other.set([1, 0, 0, 0, 2, 0, 0, 0]);
    accumulator.merge(sums, other);
  }
  expect([...sums]).toEqual([5, 0, 0, 0, 10, 0, 0, 0]);
});
