// The widest and narrowest value of every field that has a limit (PROTOCOL §2, §3): the limit itself is taken, one beyond is not.
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type CborValue, encodeCanonical } from '../../crypto/canonical.js';
import { type Codec, integers, list, text, uint32 } from '../../src/protocol/codec.js';
import {
  certificateCodec,
  MAX_PARTICIPANTS,
  MAX_VECTOR_LENGTH,
  MAX_VECTORS,
  revocationCodec,
  taskCodec,
  type VectorSpec,
} from '../../src/protocol/documents.js';
import { isBlindsumError } from '../../src/protocol/errors.js';
import { maskedInputCodec } from '../../src/protocol/messages.js';
import { policySchema } from '../../src/protocol/policy.js';
import { describeIssue } from '../../src/protocol/schema-issue.js';
import { abortCodec, openingCodec, resultCodec, setCodec } from '../../src/protocol/statements.js';
import { openingOf, participants, signTask, taskOf, vectorOf } from '../helpers/protocol.js';

const hash = new Uint8Array(32).fill(3);
const parties = participants(3);
const task = taskOf(parties);
const opening = openingOf(
  signTask(task),
  parties.map(({ identity }) => identity),
);
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const chars = (count: number): string => 'x'.repeat(count);
const names = (count: number, length = 2): Record<string, number> =>
  Object.fromEntries(many(count, 0).map((_, at) => [String(at).padStart(length, 'n'), at]));
const vectors = (changes: Partial<VectorSpec>): VectorSpec[] => [vectorOf(changes)];
const checkpoint = { session: hash, size: 9, root: hash };

interface Kind<T> {
  readonly codec: Codec<T>;
  readonly body: T;
}
/** Whether the message is read when the field has the value. */
function isRead<T extends object>({ codec, body }: Kind<T>, field: string, value: unknown): boolean {
  // Field by field in the order of the codec, so that nothing is checked while it is written.
  const fields = Object.entries(codec.decode(codec.encode(body)) as Record<string, unknown>).map(
    ([name, own]) => (name === field ? value : own),
  );
  try {
    codec.decode(encodeCanonical([codec.label, ...(fields as CborValue[])]));
    return true;
  } catch (error) {
    if (isBlindsumError(error, 'MALFORMED')) return false;
    throw error;
  }
}

type Limits = readonly (readonly [field: string, taken: readonly unknown[], refused: readonly unknown[]])[];
const uint: readonly [taken: readonly unknown[], refused: readonly unknown[]] = [
  [0, Number.MAX_SAFE_INTEGER],
  [-1, 0.5],
];
const u32: typeof uint = [
  [0, 2 ** 32 - 1],
  [-1, 0.5, 2 ** 32],
];

function limits<T extends object>(name: string, kind: Kind<T>, table: Limits): void {
  test.each(table)(`${name}: %s`, (field, taken, refused) => {
    const read = (values: readonly unknown[]) => values.map((value) => isRead(kind, field, value));
    expect(read(taken)).toEqual(many(taken.length, true));
    expect(read(refused)).toEqual(many(refused.length, false));
  });
}

describe('the task', () => {
  const size = (count: number) => ({ hash, size: count });
  limits('task', { codec: taskCodec, body: task }, [
    ['name', [chars(1), chars(200)], ['', chars(201)]],
    ['suite', [chars(1), chars(64)], ['', chars(65)]],
    ['pinned', [null, size(0), size(2 ** 32 - 1)], [size(-1), size(2 ** 32), { size: 3 }]],
    ['maxParticipants', [3, MAX_PARTICIPANTS], [2, MAX_PARTICIPANTS + 1, 3.5]],
    ['maxColluders', [0, MAX_PARTICIPANTS], [-1, MAX_PARTICIPANTS + 1, 0.5]],
    ['minSurvivors', [2, MAX_PARTICIPANTS], [1, MAX_PARTICIPANTS + 1, 2.5]],
    ['vectors', [many(MAX_VECTORS, vectorOf())], [[], many(MAX_VECTORS + 1, vectorOf())]],
    ['vectors', [vectors({ name: chars(128) })], [vectors({ name: chars(129) }), vectors({ name: '' })]],
    ['vectors', [vectors({ length: 1 })], [vectors({ length: 0 })]],
    ['vectors', [vectors({ length: MAX_VECTOR_LENGTH })], [vectors({ length: MAX_VECTOR_LENGTH + 1 })]],
    ['vectors', [vectors({ bits: 1 }), vectors({ bits: 60 })], [vectors({ bits: 0 }), vectors({ bits: 61 })]],
    ['vectors', [vectors({ scale: 0.1 })], [vectors({ scale: 0 }), vectors({ scale: -0.1 })]],
    ['vectors', [vectors({ clip: 0.1 })], [vectors({ clip: 0 }), vectors({ clip: [] })]],
    ['vectors', [vectors({ clip: [0.1] })], [vectors({ clip: [0] }), vectors({ clip: [0.1, -1] })]],
    ['maxWeight', [null, 1, 2 ** 32 - 1], [0, 2 ** 32, 1.5]],
    ['scope', [{ kind: 'static', dataset: chars(128) }], [{ kind: 'static', dataset: chars(129) }]],
    ['scope', [{ kind: 'evolving' }], [{ kind: 'static', dataset: '' }, { kind: 'other' }]],
    ['privacy', [null], [0, false]],
    ['critical', [[], many(16, chars(64))], [many(17, 'x'), [chars(65)], ['']]],
    ['nonce', [new Uint8Array(16)], [new Uint8Array(15), new Uint8Array(17)]],
  ]);
  test('has the limits of PROTOCOL §2', () => {
    expect([MAX_PARTICIPANTS, MAX_VECTOR_LENGTH, MAX_VECTORS]).toEqual([1_000_000, 2 ** 30, 4096]);
  });
});

describe('other documents of the organiser', () => {
  const certificate = { identity: hash, name: 'n', notBeforeMs: 0, expiresMs: 1 };
  limits('certificate', { codec: certificateCodec, body: certificate }, [
    ['identity', [hash], [new Uint8Array(31), new Uint8Array(33)]],
    ['name', [chars(200)], ['', chars(201)]],
    ['notBeforeMs', ...uint],
    ['expiresMs', ...uint],
  ]);
  limits('revocation', { codec: revocationCodec, body: { identity: hash, revokedMs: 1 } }, [
    ['revokedMs', ...uint],
  ]);
});

describe('statements of the coordinator', () => {
  const tree = { size: 3, root: hash };
  limits('opening', { codec: openingCodec, body: opening }, [
    ['suite', [chars(64)], ['', chars(65)]],
    ['session', ...uint],
    ['openedMs', ...uint],
    ['joinMs', ...uint],
    ['roundMs', ...uint],
    ['previous', [[], many(4096, checkpoint)], [many(4097, checkpoint), [{ ...checkpoint, size: 2 ** 32 }]]],
    ['grants', [[], many(64, hash)], [many(65, hash), [new Uint8Array(31)]]],
    ['keyTypes', [['x'], many(8, chars(32))], [[], many(9, 'x'), [chars(33)]]],
    ['critical', [[], many(16, chars(64))], [many(17, 'x'), [chars(65)]]],
  ]);
  const set = { ctx: hash, set: 1 as const, members: Uint8Array.of(7), ...tree, parameters: {} };
  limits('set', { codec: setCodec, body: set }, [
    ['set', [1, 2, 3], [0, 4]],
    ['size', ...u32],
    [
      'parameters',
      [{}, names(16, 16)],
      [names(17), names(1, 17), { q: 0.5 }, { q: -1 }, { q: 2 ** 32 }, [], null],
    ],
  ]);
  const result = { ctx: hash, u3: hash, survivors: 3, digests: [hash], ...tree };
  limits('result', { codec: resultCodec, body: result }, [
    ['survivors', ...u32],
    ['digests', [many(MAX_VECTORS + 1, hash)], [[], many(MAX_VECTORS + 2, hash)]],
    ['size', ...u32],
  ]);
  const abort = { opening: hash, code: 'LATE', message: '', round: 'r3', blamed: [], ...tree };
  limits('abort', { codec: abortCodec, body: abort }, [
    ['code', [chars(64)], ['', chars(65)]],
    ['message', ['', chars(500)], [chars(501)]],
    ['round', [chars(16)], ['', chars(17)]],
    ['size', ...u32],
  ]);
});

describe('messages of participants', () => {
  const from = { sender: hash, ctx: hash, u1: hash, u2: hash };
  limits('masked input', { codec: maskedInputCodec, body: { ...from, digests: [hash], complaints: [] } }, [
    ['digests', [many(MAX_VECTORS + 1, hash)], [[], many(MAX_VECTORS + 2, hash)]],
    ['complaints', [[], [{ dealer: hash, ciphertext: hash }]], [[{ dealer: hash }]]],
  ]);
});

test('a list of the longest length is taken, and not one item more', () => {
  const short = list(uint32, 3, 2);
  expect([[1], [1, 2], [1, 2, 3], [1, 2, 3, 4]].map((items) => short.safeParse(items).success)).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(list(uint32, 3).safeParse([]).success).toBe(true);
  expect(list(text(2), 3).safeParse(['ab', 'abc']).success).toBe(false);
  expect(integers(2).safeParse({ a: 1, b: 2 }).success).toBe(true);
  expect(integers(2).safeParse({ a: 1, b: 2, c: 3 }).success).toBe(false);
});

describe('the policy', () => {
  const least = { minHonest: 2, minParticipants: 3, minColluders: 0, rosterMaxAgeMs: 1, maxAttempts: 1 };
  test.each(Object.entries(least))('%s is at least %i and at most a million', (name, smallest) => {
    const read = (value: number) => policySchema.safeParse({ [name]: value }).success;
    expect([smallest - 1, smallest, 1_000_000, 1_000_001].map(read)).toEqual([false, true, true, false]);
    expect(read(smallest + 0.5)).toBe(false);
  });

  test('a policy asks for 0 to 64 witnesses', () => {
    const read = (minWitnesses: number) => policySchema.safeParse({ minWitnesses }).success;
    expect([-1, 0, 64, 65, 1.5].map(read)).toEqual([false, true, true, false, false]);
  });

  test('what a trust file leaves out', () => {
    expect(policySchema.parse({})).toEqual({
      suites: ['masking/complete', 'masking/ring', 'ckks/sumkey'],
      minHonest: 2,
      minParticipants: 3,
      minColluders: 1,
      rosterMaxAgeMs: 600_000,
      datasets: {},
      evolving: false,
      acceptCommittee: false,
      acceptGrants: false,
      maxAttempts: 2,
      minWitnesses: 0,
    });
  });
});

test('what is wrong with a document that a person wrote', () => {
  const schema = z.strictObject({ trust: z.strictObject({ key: z.string(), since: z.number().min(3) }) });
  const why = (document: unknown): string => {
    const { error } = schema.safeParse(document);
    return error === undefined ? 'nothing' : describeIssue(error, document);
  };
  expect(why({ trust: { key: 'k', since: 3 } })).toBe('nothing');
  expect(why({ trust: { since: 3 } })).toBe('trust.key is missing');
  expect(why({})).toBe('trust is missing');
  expect(why({ trust: { key: 'k', since: 3, sicne: 4 } })).toBe('unknown key trust.sicne');
  expect(why({ trust: { key: 'k', since: 3 }, turst: 1 })).toBe('unknown key turst');
  expect(why({ trust: { key: 'k', since: 2 } })).toMatch(/^trust\.since: .*>=3/);
  expect(why('text')).toMatch(/^Invalid input/);
  expect(why(undefined)).toMatch(/^Invalid input/);
  expect(describeIssue(new z.ZodError([]), {})).toBe('wrong form');
});
