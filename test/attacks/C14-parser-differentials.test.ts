/**
 * Two programs that read the same bytes differently can be shown two messages under one signature. Here bytes are signed
 * once and travel as they are, one value has one encoding, and whatever else decodes to the same value is refused.
 */
import { expect, test } from '@jest/globals';
import { backend as node } from '../../crypto/backend/node.js';
import { backend as portable } from '../../crypto/backend/portable.js';
import { concatBytes, fromHex, toHex, utf8 } from '../../crypto/bytes.js';
import { type CborValue, decodeCanonical, encodeCanonical } from '../../crypto/canonical.js';
import { unpackBits } from '../../crypto/masked-vector.js';
import { isAcceptableIdentity, verifySignature } from '../../crypto/signature.js';
import { checkElements, shapeOf } from '../../src/coordinator/grpc/request-shape.js';
import { taskCodec } from '../../src/protocol/documents.js';
import { advertiseKeysCodec } from '../../src/protocol/messages.js';
import { openSigned, type Signed } from '../../src/protocol/signed.js';
import { toSigned } from '../../src/rpc/messages.js';
import type { Signed__Output } from '../../src/rpc/generated/blindsum/v1/Signed.js';
import { requestLimits } from '../../src/rpc/limits.js';
import { loadProtos } from '../../src/rpc/protos.js';
import { implementations } from '../crypto/implementations.js';
import {
  codeOf,
  organiser,
  type Party,
  participants,
  setUp,
  signTask,
  taskOf,
  vectorOf,
} from '../helpers/protocol.js';

const parties = participants(4);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const hex = (text: string): Uint8Array => fromHex(text.replace(/\s/g, ''));

/** Other encodings of values that have a canonical one. */
const SECOND_ENCODINGS: readonly (readonly [string, string, CborValue])[] = [
  ['integer in two bytes', '18 05', 5],
  ['integer in nine bytes', '1b 00000000 00000005', 5],
  ['integer as a float', 'f9 4500', 5],
  ['negative integer in two bytes', '38 04', -5],
  ['half as a double', 'fb 3fe00000 00000000', 0.5],
  ['half as a single', 'fa 3f000000', 0.5],
  ['text with a long length', '78 01 61', 'a'],
  ['text in pieces', '7f 61 61 ff', 'a'],
  ['bytes with a long length', '58 01 07', bytes(7)],
  ['bytes in pieces', '5f 41 07 ff', bytes(7)],
  ['array with a long length', '98 01 05', [5]],
  ['array without a length', '9f 05 ff', [5]],
  ['map without a length', 'bf 61 61 05 ff', { a: 5 }],
  ['map with a long length', 'b8 01 61 61 05', { a: 5 }],
  ['map with a key twice', 'a2 61 61 05 61 61 05', { a: 5 }],
  ['map with a key twice, the first other', 'a2 61 61 06 61 61 05', { a: 5 }],
  ['map in another order', 'a2 61 62 06 61 61 05', { a: 5, b: 6 }],
  ['map with a key that is a number', 'a1 01 05', { '1': 5 }],
  ['tagged value', 'c1 05', 5],
  ['bignum', 'c2 41 05', 5],
  ['true as a long simple value', 'f8 15', true],
  ['undefined', 'f7', null],
  ['value with bytes after it', '05 00', 5],
  ['two values', '05 05', 5],
  ['negative zero', 'f9 8000', 0],
];

test.each(SECOND_ENCODINGS)('C14 one value, one encoding: %s is refused', (_, second, value) => {
  expect(decodeCanonical(encodeCanonical(value))).toEqual(value);
  expect(() => decodeCanonical(hex(second))).toThrow('MALFORMED');
});

test.each(implementations)('C14 both backends refuse the same encodings (%s)', (_, c) => {
  for (const [, second] of SECOND_ENCODINGS)
    expect(() => c.decodeCanonical(hex(second))).toThrow('MALFORMED');
});

const task = taskOf(parties, { vectors: [vectorOf({ bits: 16 })] });
const signedTask = signTask(task);
const setup = setUp(parties);
const sender = parties[0] as Party;
const r0 = setup.members[0]?.record.signed as Signed;

/** The payload with the one occurrence of some bytes replaced. */
function edited(payload: Uint8Array, before: Uint8Array, after: Uint8Array): Uint8Array {
  const text = toHex(payload);
  const parts = text.split(toHex(before));
  expect(parts).toHaveLength(2);
  return fromHex(parts.join(toHex(after)));
}

const vector = encodeCanonical(task.vectors[0] as unknown as CborValue);
const pair = (key: string, value: CborValue): Uint8Array =>
  concatBytes(encodeCanonical(key), encodeCanonical(value));
const vectorEntries = Object.entries(task.vectors[0] as unknown as Record<string, CborValue>);
const vectorMap = (entries: readonly (readonly [string, CborValue])[]): Uint8Array =>
  concatBytes(bytes(0xa0 + entries.length), ...entries.map(([key, value]) => pair(key, value)));

/** A task whose vector is written another way; all but the last decode to the same or a similar one somewhere. */
const taskPayloads: readonly (readonly [string, Uint8Array])[] = [
  ['keys in another order', vectorMap([...vectorEntries].reverse())],
  ['a key twice', vectorMap([['bits', 1], ...vectorEntries])],
  ['bits as a float', edited(vector, pair('bits', 16), concatBytes(encodeCanonical('bits'), hex('f9 4c00')))],
  ['bits in two bytes', edited(vector, pair('bits', 16), concatBytes(encodeCanonical('bits'), hex('18 10')))],
  ['an unknown key', encodeCanonical({ ...(task.vectors[0] as object), secret: 1 })],
  ['a key missing', vectorMap(vectorEntries.slice(1))],
];

test.each(taskPayloads)(
  'C14 a task with %s is malformed though properly signed, and another task if it was not',
  (_, other) => {
    const payload = edited(signedTask.payload, vector, other);
    const resigned = { payload, signature: organiser.signer.sign(payload) };
    expect(codeOf(() => openSigned(taskCodec, resigned, organiser.identity))).toBe('MALFORMED');
    const moved = { payload, signature: signedTask.signature };
    expect(codeOf(() => openSigned(taskCodec, moved, organiser.identity))).toBe('BAD_SIGNATURE');
    expect(openSigned(taskCodec, signedTask, organiser.identity)).toEqual(task);
  },
);

test('C14 a payload with a field more or less, of the wrong type or with bytes after it is malformed', () => {
  const [label, ...fields] = decodeCanonical(r0.payload) as [string, ...CborValue[]];
  const attempt = (payload: Uint8Array) =>
    codeOf(() =>
      openSigned(advertiseKeysCodec, { payload, signature: sender.signer.sign(payload) }, sender.identity),
    );
  expect(attempt(encodeCanonical([label, ...fields]))).toBeNull();
  for (const wrong of [
    [label, ...fields, new Uint8Array(32)],
    [label, ...fields, null],
    [label, ...fields.slice(0, -1)],
    [label, ...fields.slice(0, -1), new Uint8Array(31)],
    [label, ...fields.slice(0, -1), 'x'.repeat(32)],
    [label, fields],
    ['blindsum/v1/answer', ...fields],
    { 0: label },
  ] as CborValue[]) {
    expect(attempt(encodeCanonical(wrong))).toBe('MALFORMED');
  }
  expect(attempt(concatBytes(r0.payload, bytes(0)))).toBe('MALFORMED');
  expect(attempt(concatBytes(bytes(0x9f), r0.payload.subarray(1), bytes(0xff)))).toBe('MALFORMED');
  expect(attempt(concatBytes(bytes(0x98, 0x06), r0.payload.subarray(1)))).toBe('MALFORMED');
  expect(attempt(utf8('eyJ'))).toBe('MALFORMED');
});

test('C14 what is signed is bytes: decoded and encoded again in any other way it does not verify', () => {
  const body = advertiseKeysCodec.decode(r0.payload);
  expect(advertiseKeysCodec.encode(body)).toEqual(r0.payload);
  const payload = utf8(JSON.stringify({ ...body, sender: toHex(body.sender) }));
  expect(codeOf(() => openSigned(advertiseKeysCodec, { ...r0, payload }, sender.identity))).toBe(
    'BAD_SIGNATURE',
  );
  for (let bit = 0; bit < 512; bit += 37) {
    const signature = r0.signature.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    expect(codeOf(() => openSigned(advertiseKeysCodec, { ...r0, signature }, sender.identity))).toBe(
      'BAD_SIGNATURE',
    );
  }
});

test('C14 a key with a second encoding is no identity: some libraries take it, some do not', () => {
  // y = p + 1, another name for the neutral element, under which R = neutral element and S = 0 fit every message.
  const alias = hex(`ee ${'ff'.repeat(30)} 7f`);
  const signature = concatBytes(bytes(1), new Uint8Array(63));
  expect(isAcceptableIdentity(alias)).toBe(false);
  const message = utf8('anything');
  expect(node.ed25519Verify(alias, message, signature)).not.toBe(
    portable.ed25519Verify(alias, message, signature),
  );
  expect(verifySignature(alias, message, signature)).toBe(false);
});

test('C14 one vector, one packed form: spare bits that are not zero are refused', () => {
  expect(Array.from(unpackBits(bytes(0xff, 0x7f), 5, 3))).toEqual([31, 31, 31]);
  expect(() => unpackBits(bytes(0xff, 0xff), 5, 3)).toThrow(/^bytes: the spare bits/);
  expect(() => unpackBits(bytes(0xff, 0x7f, 0), 5, 3)).toThrow(/^bytes: /);
});

const { participant: service } = loadProtos();
const method = service.Consistency;

test('C14 protobuf around a signed message changes nothing in it: unknown fields are skipped', () => {
  const plain = method.requestSerialize({
    sessionId: Buffer.from('ab'),
    message: { payload: Buffer.from(r0.payload), signature: Buffer.from(r0.signature) },
  });
  const unknown = hex('7a 03 010203 80 01 05'); // fields 15 and 16
  const read = (wire: Uint8Array): Signed => {
    checkElements(wire, shapeOf('SignedRequest'), requestLimits(method.path));
    const { message } = method.requestDeserialize(Buffer.from(wire)) as { message: Signed__Output | null };
    return toSigned(message);
  };
  for (const wire of [plain, concatBytes(plain, unknown), concatBytes(unknown, plain)]) {
    const signed = read(wire);
    expect(signed).toEqual(r0);
    expect(codeOf(() => openSigned(advertiseKeysCodec, signed, sender.identity))).toBeNull();
  }
  // A second copy of a field: whichever a parser takes, the signature is over one payload.
  const second = concatBytes(plain, bytes(0x12, 3, 0x0a, 1, 0x05));
  expect(codeOf(() => openSigned(advertiseKeysCodec, read(second), sender.identity))).toBe('BAD_SIGNATURE');
});

test('C14 a field that the check of a request would read otherwise than the parser is refused', () => {
  const check = (wire: Uint8Array) =>
    codeOf(() => {
      checkElements(wire, shapeOf('SignedRequest'), requestLimits(method.path));
    });
  expect(check(hex('0a 02 6162 12 03 0a 01 05'))).toBeNull();
  // Field 2, a message, as a number, as eight and as four bytes.
  expect(check(hex('10 05'))).toBe('MALFORMED');
  expect(check(hex('11 0000000000000000'))).toBe('MALFORMED');
  expect(check(hex('15 00000000'))).toBe('MALFORMED');
  // Groups, unfinished numbers, lengths beyond the end.
  for (const bad of ['13 14', '0a', '12 7f 0a', '0a ffffffffffffffffff01'])
    expect(check(hex(bad))).toBe('MALFORMED');
});
