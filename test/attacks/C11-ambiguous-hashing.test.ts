/**
 * H(a ‖ b) is also H(a' ‖ b') for every other place to cut: whoever moves bytes from one field to the next has a second
 * message with the same hash. Everything hashed or derived from is a CBOR array that begins with a label; where bytes are
 * put end to end, every part has one length.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, equalBytes, toHex } from '../../crypto/bytes.js';
import { decodeCanonical, encodeCanonical } from '../../crypto/canonical.js';
import { hashTuple } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { openShares, sealShares } from '../../crypto/share-encryption.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import type { Codec } from '../../src/protocol/codec.js';
import { sessionContext } from '../../src/protocol/context.js';
import { electorateHash, grantCodec } from '../../src/protocol/documents.js';
import * as messages from '../../src/protocol/messages.js';
import { rosterRoot } from '../../src/protocol/roster.js';
import { memberSet } from '../../src/protocol/sets.js';
import {
  decodeShares,
  encodeShares,
  shareAad,
  shareLeaf,
  type SharePacket,
} from '../../src/protocol/shares.js';
import { signedHash } from '../../src/protocol/signed.js';
import * as statements from '../../src/protocol/statements.js';
import {
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
  dealerOf,
  fill,
  participants,
  type Party,
  replaced,
  resigned,
  setUp,
  sharesMessage,
} from '../helpers/protocol.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const everyone = [0, 1, 2, 3];
const parties = participants(4);
const setup = setUp(parties);
const r1 = closeR0(setup, everyone) as AtR1;
const { session } = r1.frozen;

test('C11 moving bytes between neighbouring fields, or a field into a list, changes the hash', () => {
  const bytes = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(bytes, bytes, fc.nat({ max: 24 }), (a, b, cut) => {
      const all = concatBytes(a, b);
      const [left, right] = [all.slice(0, Math.min(cut, all.length)), all.slice(cut)];
      const moved = hashTuple(LABEL.signed, left, right);
      expect(equalBytes(hashTuple(LABEL.signed, a, b), moved)).toBe(left.length === a.length);
      const hashes = [
        hashTuple(LABEL.signed, a, b),
        hashTuple(LABEL.signed, [a, b]),
        hashTuple(LABEL.signed, [a], b),
        hashTuple(LABEL.signed, all),
        hashTuple(LABEL.signed, a, b, new Uint8Array()),
        hashTuple(LABEL.signed, toHex(a), b),
      ];
      expect(new Set(hashes.map(toHex)).size).toBe(hashes.length);
    }),
  );
});

test('C11 the same items under two labels have two hashes, and no label begins another purpose', () => {
  const labels = Object.values(LABEL);
  expect(new Set(labels).size).toBe(labels.length);
  expect(labels.every((label) => /^blindsum\/v1\/[a-z-]+$/.test(label))).toBe(true);
  const hashes = labels.map((label) => toHex(hashTuple(label, fill(1), fill(2))));
  expect(new Set(hashes).size).toBe(labels.length);
});

test('C11 the protocol’s own hashes: bytes moved from one field to the next', () => {
  const signed = { payload: fill(1, 70), signature: fill(1, 64) };
  expect(signedHash(signed)).not.toEqual(signedHash({ payload: fill(1, 69), signature: fill(1, 65) }));
  const leaf = (kind: string, share: Uint8Array): string => toHex(shareLeaf(session, 0, 1, kind, share));
  expect(leaf('selfMask', fill(65))).not.toBe(leaf('selfMaskA', fill(65, 31)));
  expect(leaf('maskKey', fill(65))).not.toBe(leaf('selfMask', fill(65)));
  const identities = [fill(1), fill(2), fill(3)];
  expect(electorateHash(identities)).not.toEqual(electorateHash([fill(1), concatBytes(fill(2), fill(3))]));
  const q = { q: 3, t: 3 };
  expect(sessionContext(fill(1), fill(2), q)).not.toEqual(
    sessionContext(fill(1, 31), concatBytes(fill(1, 1), fill(2)), q),
  );
  expect(sessionContext(fill(1), fill(2), { q: 3, t: 4 })).not.toEqual(
    sessionContext(fill(1), fill(2), { q: 4, t: 3 }),
  );
  const entry = { identity: fill(1), certificate: null, r0Hash: fill(2), r0: null };
  expect(rosterRoot([entry])).not.toEqual(rosterRoot([{ ...entry, identity: fill(2), r0Hash: fill(1) }]));
  // A set is hashed with its round and the size of the roster.
  const sets = [
    memberSet(fill(1), 1, [0, 1], 8),
    memberSet(fill(1), 2, [0, 1], 8),
    memberSet(fill(1), 1, [0, 1], 16),
  ];
  expect(new Set(sets.map(({ hash }) => toHex(hash))).size).toBe(3);
});

const codecs = [...Object.values(messages), ...Object.values(statements), grantCodec].filter(
  (value): value is Codec<unknown> & typeof value => typeof value === 'object' && 'decode' in value,
) as Codec<unknown>[];

test('C11 a payload is one kind of message only: the same fields under another label are refused', () => {
  expect(codecs.length).toBeGreaterThanOrEqual(10);
  const answer = { sender: fill(1), ctx: fill(2), holder: fill(3), shares: fill(4) };
  const payload = messages.answerCodec.encode(answer);
  expect(messages.answerCodec.decode(payload)).toEqual(answer);
  const [, ...fields] = decodeCanonical(payload) as [string, ...Uint8Array[]];
  for (const { label } of codecs.filter((codec) => codec !== messages.answerCodec)) {
    const posing = encodeCanonical([label, ...fields]);
    expect(codeOf(() => messages.answerCodec.decode(posing))).toBe('MALFORMED');
  }
  expect(codeOf(() => messages.answerCodec.decode(encodeCanonical(fields)))).toBe('MALFORMED');
});

test('C11 a packet is sealed under a label of its own, and what is in it can be cut in one way only', () => {
  const plaintext = encodeShares(session, 0, 1, [fill(1), fill(2)]);
  const key = { key: fill(3), nonce: fill(4, 12) };
  const aad = shareAad(session, 0, 1);
  const [label, ...fields] = decodeCanonical(aad) as [string, ...Uint8Array[]];
  expect(label).toBe(LABEL.shareAad);
  const ciphertext = sealShares({ ...key, aad, plaintext });
  expect(openShares({ ...key, aad, ciphertext })).toEqual(plaintext);
  for (const other of Object.values(LABEL).filter((one) => one !== label))
    expect(openShares({ ...key, aad: encodeCanonical([other, ...fields]), ciphertext })).toBeNull();
  // Ends and shares have fixed lengths: there is no byte that could belong to either of two.
  expect(decodeShares(session, 0, 1, plaintext, 2)).toEqual([fill(1), fill(2)]);
  expect(decodeShares(session, 0, 1, plaintext.subarray(0, -1), 2)).toBeNull();
  expect(decodeShares(session, 0, 1, concatBytes(plaintext, fill(1, 1)), 2)).toBeNull();
});

/** Dealer 0 signs an entry for participant 1 whose leaves are these; what participant 1 makes of it. */
function withLeaves(signed: readonly Uint8Array[], delivered: readonly Uint8Array[]) {
  const { send, state } = r1.members[0] as AtR1['members'][number];
  const packet = send.packets[1] as SharePacket;
  const packets = replaced(send.packets, 1, { ...packet, leaves: signed });
  const dealer = dealerOf(0, resigned(send, parties[0] as Party, packets));
  const honest = closeR1(r1, everyone) as AtR2;
  const shares = sharesMessage({ ...honest, dealers: replaced(honest.dealers, 0, dealer) }, 1);
  const [first, ...rest] = shares.deliveries;
  const deliveries = [{ ...(first as NonNullable<typeof first>), leaves: delivered }, ...rest];
  const { input, scope, deps } = setup.members[1] as (typeof setup.members)[number];
  expect(state.kind).toBe('keysShared');
  return planMaskedInput(
    (r1.members[1] as AtR1['members'][number]).state,
    { ...shares, deliveries },
    input,
    scope.roundingSeed,
    deps,
  );
}

test('C11 leaves that are cut elsewhere prove as well, and are refused', () => {
  const leaves = r1.members[0]?.send.packets[1]?.leaves as [Uint8Array, Uint8Array];
  const both = concatBytes(...leaves);
  expect(withLeaves(leaves, leaves).kind).toBe('planned');
  for (const cut of [0, 1, 31, 33, 63, 64]) {
    const delivered = [both.slice(0, cut), both.slice(cut)];
    expect(codeOf(() => withLeaves(leaves, delivered))).toBe('MISSING_SHARES');
  }
  for (const delivered of [[both], [], [...leaves, new Uint8Array()]]) {
    expect(codeOf(() => withLeaves(leaves, delivered))).toBe('MISSING_SHARES');
  }
  // A dealer that signs an entry of another number of leaves.
  for (const other of [[leaves[0]], [...leaves, fill(0)]]) {
    expect(codeOf(() => withLeaves(other, other))).toBe('MISSING_SHARES');
  }
});

test('C11 revealed shares that are cut elsewhere have the signed digest, and are refused', () => {
  const r3 = closeR2(closeR1(r1, everyone) as AtR2, everyone) as AtR3;
  const r4 = closeR3(r3, everyone) as AtR4;
  const { send, deps } = r4.members[0] as AtR4['members'][number];
  const accept = (shares: readonly Uint8Array[]) =>
    codeOf(() =>
      acceptUnmask(r4.frozen, { sender: deps.signer.publicKey, signed: send.r4, shares }, coordinatorDeps),
    );
  const all = concatBytes(...send.shares);
  expect(accept(send.shares)).toBeNull();
  const cutAt = (cut: number) => [all.slice(0, cut), all.slice(cut, 64), ...send.shares.slice(2)];
  for (const cut of [0, 31, 33, 64]) expect(accept(cutAt(cut))).toBe('MALFORMED');
  expect(accept([all])).toBe('MALFORMED');
});

test('C11 nothing is hashed as bytes put end to end but these, whose parts have one length each', () => {
  const joined = ['crypto', 'src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name))
      .filter((path) =>
        /\bsha256\(\s*(?:concatBytes|\[|\.\.\.|[^()]+,)/.test(readFileSync(join(root, path), 'utf8')),
      ),
  );
  expect(joined.sort()).toEqual([
    'crypto/hash.ts', // the encoding of one tuple
    'crypto/hmac-kernel/assembly/kernel.ts', // FIPS 180-4 itself
    'crypto/merkle.ts', // RFC 9162: a prefix, then hashes
    // Shares of 32 bytes; see the test above. In an escrow they are opened as the coordinator opens them.
    'src/audit/escrow.ts',
    'src/protocol/client/answer-complaint.ts',
    'src/protocol/client/r4-unmask.ts',
    'src/protocol/coordinator/complaints.ts',
    'src/protocol/coordinator/r4-unmask.ts',
    // C2SP's key ID: a name without newlines, a newline, a byte, a key of 32 bytes.
    'src/protocol/transcript/signed-note.ts',
  ]);
});
