import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { equalBytes } from '../../crypto/bytes.js';
import { decodeCanonical, encodeCanonical, type CborValue } from '../../crypto/canonical.js';
import { LABEL } from '../../crypto/labels.js';
import { bytes32, list, type Codec } from '../../src/protocol/codec.js';
import { certificateCodec, grantCodec, revocationCodec, taskCodec } from '../../src/protocol/documents.js';
import {
  advertiseKeysCodec,
  answerCodec,
  consistencyCodec,
  maskedInputCodec,
  shareKeysCodec,
  unmaskCodec,
} from '../../src/protocol/messages.js';
import { openSigned, signBody } from '../../src/protocol/signed.js';
import { abortCodec, openingCodec, resultCodec, setCodec } from '../../src/protocol/statements.js';
import {
  altered,
  coordinator,
  openingOf,
  organiser,
  participants,
  codeOf,
  signTask,
  taskOf,
  vectorOf,
  verify,
} from '../helpers/protocol.js';

const parties = participants(3);
const identities = parties.map(({ identity }) => identity);
const hash = new Uint8Array(32).fill(3);
const task = taskOf(parties, {
  vectors: [vectorOf({ clip: [1.5, 2, 3, 4, 5], scale: 0.1 }), vectorOf({ name: 'w', weighted: true })],
  maxWeight: 3,
});
const name = 'n';
const tree = { size: 3, root: hash };
const sets = { u1: hash, u2: hash, u3: hash };
const from = { sender: hash, ctx: hash };

const KINDS: [Codec<never>, object][] = (
  [
    [taskCodec, task],
    [certificateCodec, { identity: hash, name, notBeforeMs: 0, expiresMs: 1e15 }],
    [revocationCodec, { identity: hash, revokedMs: 5 }],
    [grantCodec, { scope: hash, from: identities, to: identities.slice(1) }],
    [
      openingCodec,
      openingOf(signTask(task), identities, {
        input: hash,
        previous: [{ session: hash, size: 9, root: hash }],
      }),
    ],
    [setCodec, { ctx: hash, set: 1, members: Uint8Array.of(7), ...tree, parameters: { q: 3, t: 3 } }],
    [resultCodec, { ctx: hash, u3: hash, survivors: 3, digests: [hash], ...tree }],
    [abortCodec, { opening: hash, code: 'NO_QUORUM', message: '', round: 'r3', blamed: [hash], ...tree }],
    [advertiseKeysCodec, { sender: hash, opening: hash, shareKey: hash, maskKey: hash, nonce: hash }],
    [shareKeysCodec, { ...from, rosterRoot: hash, commitment: Uint8Array.of(1, 2), shareRoot: hash }],
    [
      maskedInputCodec,
      {
        ...from,
        u1: hash,
        u2: hash,
        digests: [hash, hash],
        complaints: [{ dealer: hash, ciphertext: hash }],
      },
    ],
    [answerCodec, { ...from, holder: hash, shares: hash }],
    [consistencyCodec, { ...from, ...sets, uploads: hash }],
    [unmaskCodec, { ...from, ...sets, kinds: Uint8Array.of(1, 2, 3), shares: hash }],
  ] as unknown as [Codec<never>, object][]
).map(([codec, body]) => [codec, body]);
const cases = KINDS.map(([codec, body]) => ({ label: codec.label, codec, body: body as never }));

/** The payload as an array to change. */
const items = (payload: Uint8Array): CborValue[] => [...(decodeCanonical(payload) as readonly CborValue[])];

test('labels are unique, and every kind of message has its own', () => {
  const labels = Object.values(LABEL);
  expect(new Set(labels).size).toBe(labels.length);
  for (const label of labels) expect(label).toMatch(/^blindsum\/v1\/[a-z0-9-]+$/);
  expect(new Set(cases.map(({ label }) => label)).size).toBe(cases.length);
});

describe.each(cases)('$label', ({ codec, body, label }) => {
  const payload = codec.encode(body);
  const fields = Object.keys(body);

  test('comes back as it was', () => {
    expect(codec.decode(payload)).toEqual(body);
    expect(codec.encode(codec.decode(payload))).toEqual(payload);
    expect(items(payload)[0]).toBe(label);
    expect(items(payload)).toHaveLength(fields.length + 1);
  });

  test('has every field, and only those', () => {
    const values = items(payload);
    expect(codeOf(() => codec.decode(encodeCanonical([...values, null])))).toBe('MALFORMED');
    expect(codeOf(() => codec.decode(encodeCanonical(values.slice(0, -1))))).toBe('MALFORMED');
    expect(codeOf(() => codec.decode(encodeCanonical({ 0: label })))).toBe('MALFORMED');
    expect(codeOf(() => codec.decode(encodeCanonical(null)))).toBe('MALFORMED');
    expect(codeOf(() => codec.decode(new Uint8Array()))).toBe('MALFORMED');
    fields.forEach((field, index) => {
      const wrong = [...values];
      wrong[index + 1] = { unknown: true };
      expect([field, codeOf(() => codec.decode(encodeCanonical(wrong)))]).toEqual([field, 'MALFORMED']);
    });
    expect(() => codec.encode({ ...(body as object), more: 1 } as never)).toThrow();
  });

  test('refuses unknown fields at any depth, and bytes of another length', () => {
    const walk = (value: CborValue, change: (changed: CborValue) => void): void => {
      if (value instanceof Uint8Array) {
        if (value.length === 32) change(value.slice(1));
        return;
      }
      if (Array.isArray(value)) {
        (value as readonly CborValue[]).forEach((item, index) =>
          walk(item, (changed) => change(value.map((old: CborValue, at) => (at === index ? changed : old)))),
        );
        return;
      }
      if (typeof value === 'object' && value !== null) {
        const entries = Object.entries(value as Record<string, CborValue>);
        if (!('q' in value)) change({ ...value, extra: 1 });
        for (const [key, item] of entries) walk(item, (changed) => change({ ...value, [key]: changed }));
      }
    };
    let tried = 0;
    walk(items(payload), (changed) => {
      tried += 1;
      expect(codeOf(() => codec.decode(encodeCanonical(changed)))).toBe('MALFORMED');
    });
    expect(tried).toBeGreaterThan(0);
  });

  test('no other kind reads it', () => {
    for (const other of cases) {
      if (other.label !== label) expect(codeOf(() => other.codec.decode(payload))).toBe('MALFORMED');
    }
  });

  test('other bytes are refused, or are the encoding of another body', () => {
    const mutation = fc.record({
      at: fc.nat({ max: payload.length - 1 }),
      to: fc.integer({ min: 0, max: 255 }),
      kind: fc.constantFrom('set', 'insert', 'delete', 'cut'),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        let bytes: Uint8Array = payload;
        for (const { at, to, kind } of mutations) {
          const list = [...bytes];
          if (kind === 'set') list[at] = to;
          else if (kind === 'insert') list.splice(at, 0, to);
          else if (kind === 'delete') list.splice(at, 1);
          else list.length = Math.min(at, list.length);
          bytes = Uint8Array.from(list, (value) => value ?? 0);
        }
        if (equalBytes(bytes, payload)) return;
        if (codeOf(() => codec.decode(bytes)) === 'MALFORMED') return;
        const decoded = codec.decode(bytes);
        expect(codec.encode(decoded)).toEqual(bytes);
        expect(decoded).not.toEqual(body);
      }),
      { numRuns: 300 },
    );
  });
});

test('limits of numbers and lists', () => {
  const wrong: Partial<typeof task>[] = [
    { maxParticipants: 2 },
    { minSurvivors: 1 },
    { maxColluders: 1.5 },
    { vectors: [] },
    { vectors: [vectorOf({ bits: 0 })] },
    { vectors: [vectorOf({ bits: 61 })] },
    { vectors: [vectorOf({ length: 0 })] },
    { vectors: [vectorOf({ clip: 0 })] },
    { vectors: [vectorOf({ clip: [] })] },
    { vectors: [vectorOf({ scale: -1 })] },
    { maxWeight: 0 },
    { name: '' },
    { critical: Array.from({ length: 17 }, (_, index) => `${index}`) },
    { nonce: new Uint8Array(15) },
  ];
  const values = (changes: object): CborValue => [taskCodec.label, ...Object.values({ ...task, ...changes })];
  expect(taskCodec.decode(encodeCanonical(values({})))).toEqual(task);
  for (const changes of wrong) {
    expect([changes, codeOf(() => taskCodec.decode(encodeCanonical(values(changes))))]).toEqual([
      changes,
      'MALFORMED',
    ]);
  }
  expect(
    codeOf(() =>
      altered(setCodec, signBody(setCodec, cases[5]?.body as never, coordinator.signer), coordinator, {}),
    ),
  ).toBe(null);
});

test('a refusal names the field, and nothing of what is in it', () => {
  const [label, ...values] = items(taskCodec.encode(task));
  const messageOf = (payload: CborValue): string => {
    try {
      taskCodec.decode(encodeCanonical(payload));
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const at = Object.keys(task).indexOf('pinned');
  const hostile = values.map((value, index) => (index === at ? { hash, size: 'a secret' } : value));
  expect(messageOf([label as string, ...hostile])).toBe(`${taskCodec.label}: field pinned is wrong`);
  expect(messageOf([label as string, '', ...values.slice(1)])).toBe(
    `${taskCodec.label}: field name is wrong`,
  );
  expect(messageOf([label as string, ...values, 'a secret'])).toBe(
    `${taskCodec.label}: wrong number of fields`,
  );
});

test('a signature is checked before anything is read', () => {
  const signed = signTask(task);
  expect(openSigned(taskCodec, signed, organiser.identity, verify)).toEqual(task);
  const cut = { ...signed, signature: signed.signature.slice(1) };
  const garbage = { payload: Uint8Array.of(255), signature: signed.signature };
  expect(codeOf(() => openSigned(taskCodec, cut, organiser.identity))).toBe('BAD_SIGNATURE');
  expect(codeOf(() => openSigned(taskCodec, garbage, organiser.identity))).toBe('BAD_SIGNATURE');
  expect(codeOf(() => openSigned(taskCodec, signed, coordinator.identity, verify, 'WRONG_ORGANISER'))).toBe(
    'WRONG_ORGANISER',
  );
  const other = signBody(revocationCodec, { identity: hash, revokedMs: 1 }, organiser.signer);
  expect(codeOf(() => openSigned(taskCodec, other, organiser.identity))).toBe('MALFORMED');
});

describe('lists', () => {
  const body = (changes: object) =>
    encodeCanonical([
      maskedInputCodec.label,
      ...Object.values({
        sender: hash,
        ctx: hash,
        u1: hash,
        u2: hash,
        digests: [hash],
        complaints: [],
        ...changes,
      }),
    ] as CborValue[]);

  test('have a bound, and are given up at the first bad item: a million bad items must not cost a million complaints', () => {
    const million: CborValue = new Array<number>(1_000_000).fill(0);
    let read = 0;
    const counting = new Proxy(million, {
      get: (items, key, receiver) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) read += 1;
        return Reflect.get(items, key, receiver) as unknown;
      },
    });
    expect(list(bytes32, 2_000_000).safeParse(counting).success).toBe(false);
    expect(read).toBeLessThan(5);
    expect(
      codeOf(() => maskedInputCodec.decode(body({ digests: new Array<Uint8Array>(4098).fill(hash) }))),
    ).toBe('MALFORMED');
    expect(codeOf(() => maskedInputCodec.decode(body({ digests: [] })))).toBe('MALFORMED');
    expect(codeOf(() => maskedInputCodec.decode(body({ complaints: [{ dealer: hash }] })))).toBe('MALFORMED');
    expect(codeOf(() => maskedInputCodec.decode(body({})))).toBe(null);
  });
});
