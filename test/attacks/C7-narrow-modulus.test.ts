/**
 * A modulus that is too small wraps the sum without anybody noticing; a mask that is narrower than the modulus shows the
 * bits that it does not reach. So a task whose sum could wrap for the whole electorate is refused by everybody, and masks
 * fill exactly [0, 2^b).
 */
import { expect, test } from '@jest/globals';
import { utf8 } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { createNodeEngine } from '../../crypto/engine/node.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { deriveSelfMaskKey } from '../../crypto/mask-keys.js';
import { packBits } from '../../crypto/masked-vector.js';
import { openSession } from '../../src/protocol/client/open.js';
import type { Task } from '../../src/protocol/documents.js';
import { checkTask, requiredBits, weightBits } from '../../src/protocol/parameters.js';
import { decodeAggregate } from '../../src/protocol/quantise.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import {
  anchorsOf,
  closeR4,
  codeOf,
  depsOf,
  emptyScope,
  openingOf,
  type Party,
  participants,
  playRounds,
  runSession,
  setUp,
  signOpening,
  signTask,
  taskOf,
  vectorOf,
} from '../helpers/protocol.js';
import { aggregateOf, ckksTask, wholeTask } from '../protocol/ckks/task.js';

const parties = participants(4);
const WIDTHS = Array.from({ length: 32 }, (_, i) => i + 1);

test.each([
  ['reference', createReferenceEngine],
  ['node', createNodeEngine],
])(
  'C7 masks of the %s engine reach every bit of the modulus and none beyond it, for every width',
  async (_, create) => {
    const engine = create();
    const seed = sha256(utf8('width'));
    const streams = [
      { ...deriveSelfMaskKey({ seed, ctx: seed, vector: 'counts', identity: seed }), sign: 1 as const },
      { ...deriveSelfMaskKey({ seed, ctx: seed, vector: 'sums', identity: seed }), sign: -1 as const },
    ];
    const vectors = WIDTHS.map((bits) => ({ name: `v${bits}`, bits, length: 512, base: null, streams }));
    const result = await engine.run({ kind: 'mask', output: 'integers', vectors });
    await engine.close();
    if (result.kind !== 'integers') throw new Error('integers were asked for');
    for (const [index, { values }] of result.vectors.entries()) {
      const all = 2 ** (WIDTHS[index] as number) - 1;
      expect(values.reduce((or, value) => (or | value) >>> 0, 0)).toBe(all);
      expect(values.reduce((and, value) => (and & value) >>> 0, all)).toBe(0);
      expect(Math.max(...values)).toBeLessThanOrEqual(all);
    }
  },
);

test('C7 a coordinate that does not fit its bits is not cut to them', () => {
  for (const bits of WIDTHS.filter((width) => width < 32)) {
    expect(packBits(Uint32Array.of(2 ** bits - 1), bits)).toHaveLength(Math.ceil(bits / 8));
    expect(() => packBits(Uint32Array.of(2 ** bits), bits)).toThrow(/^values: /);
    expect(() => packBits(Uint32Array.of(0xffffffff), bits)).toThrow(/^values: /);
  }
});

/** N values of magnitude clip, or W · clip: the largest sum that still has a name of its own is 2^(b−1) − 1. */
const taskFor = (participantsMax: number, bits: number, clip: number): Task =>
  taskOf(parties, { maxParticipants: participantsMax, vectors: [vectorOf({ bits, clip })] });

test('C7 n · max at the boundary is accepted, one more is refused, for every width', () => {
  for (const bits of WIDTHS.filter((width) => width >= 4)) {
    const limit = 2 ** (bits - 1) - 1;
    for (const n of [4, 5, 7]) {
      const clip = Math.floor(limit / n);
      if (clip === 0) continue;
      expect([bits, n, codeOf(() => checkTask(taskFor(n, bits, clip)))]).toEqual([bits, n, null]);
      expect([bits, n, codeOf(() => checkTask(taskFor(n, bits, clip + 1)))]).toEqual([bits, n, 'WOULD_WRAP']);
      // It counts whom the task admits, not who happens to come.
      if (n * clip === limit) expect(codeOf(() => checkTask(taskFor(n + 1, bits, clip)))).toBe('WOULD_WRAP');
    }
  }
  expect(codeOf(() => checkTask(taskFor(4, 32, 2 ** 40)))).toBe('WOULD_WRAP');
});

test('C7 the bits are those of the sum: no fewer hold it, no more are asked for', () => {
  for (const n of [3, 4, 10, 1000]) {
    for (const clip of [1, 2, 100, 4095, 4096, 1e5]) {
      const bits = requiredBits({ scale: 1, clip, weighted: false }, n, null);
      expect(n * clip).toBeLessThanOrEqual(2 ** (bits - 1) - 1);
      expect(n * clip).toBeGreaterThan(2 ** (bits - 2) - 1);
      expect(requiredBits({ scale: 1, clip: [1, clip], weighted: true }, n, 7)).toBe(
        requiredBits({ scale: 7, clip, weighted: false }, n, null),
      );
    }
  }
});

test('C7 weights that together exceed 32 bits are refused', () => {
  const weighted = (maxWeight: number): Task =>
    taskOf(parties, {
      maxWeight,
      vectors: [vectorOf({ bits: 32, scale: 2 ** -10, clip: 2 ** -12, weighted: true })],
    });
  const largest = Math.floor((2 ** 32 - 1) / 4);
  expect(weightBits(4, largest)).toBe(32);
  expect(codeOf(() => checkTask(weighted(largest)))).toBeNull();
  expect(codeOf(() => checkTask(weighted(largest + 1)))).toBe('WOULD_WRAP');
});

test('C7 a participant refuses the opening of a task that would wrap, whoever signed it', () => {
  const attempt = (clip: number) => {
    const electorate = parties.map(({ identity }) => identity);
    const task = signTask(taskFor(4, 16, clip));
    const opening = signOpening(openingOf(task, electorate));
    const ledger = { lastSession: null, scopeOf: () => emptyScope(electorate) };
    const message = { task, opening, electorate, dataset: null, answersInput: true, grants: [] };
    return codeOf(() => openSession(anchorsOf(), message, ledger, depsOf(parties[0] as Party, 'wrap')));
  };
  expect(attempt(8191)).toBeNull();
  expect(attempt(8192)).toBe('WOULD_WRAP');
});

test('C7 a session of nothing but the largest values, positive or negative, gives the exact sum', () => {
  for (const [bits, clip] of [
    [16, 8191],
    [32, 2 ** 29 - 1],
  ] as const) {
    const vectors = [vectorOf({ bits, clip, length: 3 })];
    const modulus = 2 ** bits;
    const input = () => [Uint32Array.of(clip, modulus - clip, 0)];
    const { outcome } = runSession(parties, [5, 5, 5, 5], { task: { vectors }, input });
    if (outcome.round !== 'closed') throw new Error('the session aborted');
    const { sum } = decodeAggregate(taskOf(parties, { vectors }), outcome.sums, 4).vectors.counts as {
      sum: Float64Array;
    };
    expect(Array.from(sum)).toEqual([4 * clip, -4 * clip, 0]);
  }
});

test('C7 in ckks/sumkey the sum stays below a quarter of q, and so does that of the weights', () => {
  const whole = wholeTask(4, [{ length: 3, bits: 54, scale: 1 }]);
  const check = (clip: number, changes: Partial<Task> = {}) => {
    const vectors = whole.vectors.map((vector) => ({
      ...vector,
      clip,
      weighted: changes.maxWeight !== undefined,
    }));
    return codeOf(() => ckksSumkey.checkTask({ ...whole, vectors, ...changes }));
  };
  const quarter = Number(18014398509404161n >> 2n);
  expect(check(Math.ceil(quarter / 4) - 1)).toBeNull();
  expect(check(Math.ceil(quarter / 4))).toBe('WOULD_WRAP');
  expect(check(1e-3, { maxWeight: 2 ** 32 - 1 })).toBeNull();
  const many = { maxWeight: 2 ** 32 - 1, maxParticipants: 1000, pinned: null };
  expect(check(1e-3, many)).toBe('WOULD_WRAP');
});

test('C7 at that limit the largest values of all, positive or negative, give their sum', () => {
  const clip = 2 ** 49;
  const task = ckksTask(4, [{ length: 3, bits: 54, clip, scale: 1 }]);
  const input = () => [Float64Array.of(clip, -clip, 0)];
  const { r4 } = playRounds(setUp(parties, { task, input }));
  const { sum } = aggregateOf(r4, closeR4(r4, [0, 1, 2, 3])).vectors.counts as { sum: Float64Array };
  [4 * clip, -4 * clip, 0].forEach((expected, at) => {
    expect(Math.abs((sum[at] as number) - expected)).toBeLessThanOrEqual(4 * 42);
  });
});
