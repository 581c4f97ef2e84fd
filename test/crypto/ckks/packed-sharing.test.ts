import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { reconstructKey } from '../../../crypto/ckks/correction.js';
import { CkksError } from '../../../crypto/ckks/errors.js';
import {
  dealKey,
  interpolateKey,
  sumShares,
  type DealtKey,
  type HolderAnswer,
} from '../../../crypto/ckks/packed-sharing.js';
import { ringOfDegree, type Ring } from '../../../crypto/ckks/ring.js';
import { randomWords } from '../../../crypto/ckks/sampling.js';
import {
  answerBytes,
  basePoints,
  BLINDINGS,
  pointOf,
  shareBytes,
  sharingOf,
  type Sharing,
} from '../../../crypto/ckks/sharing.js';
import { deterministicRandom, systemRandom } from '../../../crypto/random.js';
import { bytesOfWords, interpolate, TOY_RINGS, wordsOf } from './oracle.js';

const RING = ringOfDegree(2048);
const Q = RING.modulus;

/** The numbers of protocol.md for n participants: n_C = max(1, ⌈n/3⌉ − 1), t = ⌊(n + n_C)/2⌋ + 1. */
function usual(ring: Ring, holders: number): Sharing {
  const colluders = Math.max(1, Math.ceil(holders / 3) - 1);
  return sharingOf(ring, { threshold: Math.floor((holders + colluders) / 2) + 1, colluders, holders });
}

const deal = (sharing: Sharing, key: Uint8Array, ring = RING): DealtKey =>
  dealKey(ring, sharing, { key, random: systemRandom });

const sumOf = (keys: readonly Uint8Array[]): bigint[] =>
  keys.map(wordsOf).reduce((a, b) => a.map((word, i) => (word + (b[i] as bigint)) % Q));

/** Everybody's answer about everybody. */
function answersOf(sharing: Sharing, dealt: readonly DealtKey[], ring = RING): HolderAnswer[] {
  return Array.from({ length: sharing.holders }, (_, holder) => ({
    holder,
    answer: sumShares(
      ring,
      sharing,
      dealt.map(({ shares }) => shares[holder] as Uint8Array),
    ),
  }));
}

function caught(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return error instanceof CkksError ? error.code : String(error);
  }
  return 'nothing thrown';
}

test('the sizes for 100 participants and 4096 coefficients are those of the design', () => {
  const sharing = usual(ringOfDegree(4096), 100);
  expect(sharing).toEqual({ threshold: 67, packed: 34, holders: 100, polynomials: 121 });
  expect(answerBytes(sharing)).toBe(968);
  expect(shareBytes(sharing)).toBe(968 + 40);
  expect(usual(RING, 5)).toMatchObject({ threshold: 4, packed: 3 });
});

test.each([3, 4, 5, 6, 7, 8, 9, 10, 100])('%i holders: any t answers give the sum of the keys', (holders) => {
  const sharing = usual(RING, holders);
  const keys = [1, 2, 3].map(() => randomWords(RING, RING.degree, systemRandom));
  const answers = answersOf(
    sharing,
    keys.map((key) => deal(sharing, key)),
  );
  const expected = sumOf(keys);
  const { threshold } = sharing;
  for (const some of [answers, answers.slice(0, threshold), answers.slice(-threshold).reverse()]) {
    const { key, wrong } = reconstructKey(RING, sharing, { answers: some, random: systemRandom });
    expect(wordsOf(key)).toEqual(expected);
    expect(wrong).toEqual([]);
  }
});

test('the shares are the values of the documented polynomials', () => {
  const ring = TOY_RINGS[1] as Ring;
  for (const [threshold, colluders, holders] of [
    [2, 1, 2],
    [3, 1, 3],
    [4, 1, 5],
    [7, 3, 10],
    [9, 8, 20],
  ] as const) {
    const sharing = sharingOf(ring, { threshold, colluders, holders });
    const key = randomWords(ring, ring.degree, systemRandom);
    const { shares, values } = deal(sharing, key, ring);
    const width = sharing.polynomials + BLINDINGS;
    const base = basePoints(ring, threshold);
    for (let column = 0; column < width; column += 1) {
      const through = base.map((x, row) => [x, wordsOf(values)[width * row + column] as bigint] as const);
      for (let row = 0; row < sharing.packed && column < sharing.polynomials; row += 1) {
        const word = wordsOf(key)[sharing.packed * column + row] ?? 0n;
        expect(through[row]?.[1]).toBe(word);
      }
      shares.forEach((share, holder) => {
        expect(wordsOf(share)[column]).toBe(interpolate(ring.modulus, through, pointOf(holder)));
      });
    }
  }
});

test('n_C shares fit every key equally', () => {
  // For any other key there are random rows that give the same n_C shares: find them, and see that they are in range.
  const ring = TOY_RINGS[1] as Ring;
  const sharing = sharingOf(ring, { threshold: 5, colluders: 2, holders: 6 });
  const [key, other] = [0, 1].map(() => randomWords(ring, ring.degree, systemRandom)) as [
    Uint8Array,
    Uint8Array,
  ];
  const { shares } = deal(sharing, key, ring);
  const known = [4, 1];
  const base = basePoints(ring, sharing.threshold);
  for (let column = 0; column < sharing.polynomials; column += 1) {
    const secret = base
      .slice(0, sharing.packed)
      .map((x, row) => [x, wordsOf(other)[sharing.packed * column + row] ?? 0n] as const);
    const seen = known.map(
      (holder) => [pointOf(holder), wordsOf(shares[holder] as Uint8Array)[column] as bigint] as const,
    );
    // t points determine the polynomial: it exists for this other key, too.
    const random = base
      .slice(sharing.packed)
      .map((x) => [x, interpolate(ring.modulus, [...secret, ...seen], x)] as const);
    for (const [holder, share] of seen) {
      expect(interpolate(ring.modulus, [...secret, ...random], holder)).toBe(share);
    }
  }
});

test('one share is uniform whatever the key: every value equally often over all random words', () => {
  const ring = TOY_RINGS[0] as Ring;
  const sharing = sharingOf(ring, { threshold: 3, colluders: 1, holders: 4 });
  const counts = new Map<bigint, number>();
  for (let value = 0; value < 17; value += 1) {
    // The only random row that carries the key's polynomials: one and the same value everywhere.
    const random = (length: number) => bytesOfWords(Array.from({ length: length / 8 }, () => BigInt(value)));
    const key = bytesOfWords([3n, 1n, 4n, 1n, 5n, 9n, 2n, 6n]);
    const { shares } = dealKey(ring, sharing, { key, random });
    const word = wordsOf(shares[2] as Uint8Array)[0] as bigint;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  expect([...counts.values()]).toEqual(new Array(17).fill(1));
});

describe('wrong answers', () => {
  const sharing = usual(RING, 10); // t = 7
  const keys = [1, 2].map(() => randomWords(RING, RING.degree, systemRandom));
  const honest = answersOf(
    sharing,
    keys.map((key) => deal(sharing, key)),
  );
  const spoil = (who: readonly number[], words: readonly number[]): HolderAnswer[] =>
    honest.map(({ holder, answer }) => {
      const copy = answer.slice();
      if (who.includes(holder))
        for (const at of words) copy[8 * at] = (copy[8 * at] as number) ^ (1 + holder);
      return { holder, answer: copy };
    });
  const open = (answers: readonly HolderAnswer[]) =>
    reconstructKey(RING, sharing, { answers, random: systemRandom });

  test('e of them are corrected and named with t + 2e answers', () => {
    fc.assert(
      fc.property(
        fc.nat(9),
        fc.uniqueArray(fc.nat(sharing.polynomials - 1), { minLength: 1 }),
        (who, words) => {
          const { key, wrong } = open(spoil([who], words));
          expect(wrong).toEqual([who]);
          expect(wordsOf(key)).toEqual(sumOf(keys));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('with fewer nothing is opened and nobody named', () => {
    for (const answers of [
      spoil([2], [0]).slice(0, 8), // t + 1
      spoil([1, 8], [0, 5]), // e = 2 needs 11
      spoil([0, 1, 2, 3, 4], [7]),
    ]) {
      expect(caught(() => open(answers))).toBe('KEY_MISMATCH');
    }
  });

  test('with exactly t answers a wrong one gives another key: only the opening can notice', () => {
    const { key, wrong } = open(spoil([2], [0]).slice(0, 7));
    expect(wrong).toEqual([]);
    expect(wordsOf(key)).not.toEqual(sumOf(keys));
  });

  test('an error that the random combination hides is noticed when all polynomials are compared', () => {
    // Factors of 0 hide everything: a chance of 1/q, or a broken generator.
    const answers = spoil([9], [0]);
    const random = (length: number) => new Uint8Array(length);
    expect(caught(() => reconstructKey(RING, sharing, { answers, random }))).toBe('KEY_MISMATCH');
    expect(reconstructKey(RING, sharing, { answers: honest, random }).wrong).toEqual([]);
  });

  test('fewer than t answers open nothing', () => {
    expect(caught(() => open(honest.slice(0, 6)))).toBe('TOO_FEW_SHARES');
    expect(() => interpolateKey(RING, sharing, honest.slice(0, 6))).toThrow(RangeError);
  });

  test('an answer with a word that is not below the modulus is refused', () => {
    const answers = honest.map(({ holder, answer }) => ({ holder, answer: answer.slice() }));
    (answers[9] as HolderAnswer).answer.fill(255, 16, 24);
    expect(caught(() => open(answers))).toBe('MALFORMED');
  });

  test('many of 100: 16 wrong answers among all', () => {
    const large = usual(RING, 100); // t = 67
    const key = randomWords(RING, RING.degree, systemRandom);
    const answers = answersOf(large, [deal(large, key)]);
    const wrong = Array.from({ length: 16 }, (_, i) => 6 * i + 3);
    for (const who of wrong) (answers[who] as HolderAnswer).answer.set(randomWords(RING, 2, systemRandom), 8);
    const result = reconstructKey(RING, large, { answers, random: systemRandom });
    expect(result.wrong).toEqual(wrong);
    expect(wordsOf(result.key)).toEqual(wordsOf(key));
  });
});

test('the same random bytes give the same shares, others give others', () => {
  const sharing = usual(RING, 4);
  const key = randomWords(RING, RING.degree, systemRandom);
  const dealt = [1, 1, 2].map((seed) =>
    dealKey(RING, sharing, { key, random: deterministicRandom(Uint8Array.of(seed)) }),
  );
  expect(dealt[0]).toEqual(dealt[1]);
  expect(dealt[0]?.shares).not.toEqual(dealt[2]?.shares);
});

test('what holds secrets does not print them', () => {
  const sharing = usual(RING, 3);
  const dealt = deal(sharing, randomWords(RING, RING.degree, systemRandom));
  const answers = answersOf(sharing, [dealt]);
  for (const secret of [dealt, reconstructKey(RING, sharing, { answers, random: systemRandom })]) {
    expect(JSON.stringify(secret)).toBe('"[redacted]"');
    expect(inspect(secret)).toBe('[redacted]');
  }
});

describe('refused', () => {
  const sharing = usual(RING, 4);
  const key = randomWords(RING, RING.degree, systemRandom);
  const share = (bytes = shareBytes(sharing)) => new Uint8Array(bytes);
  const answer = (holder: number) => ({ holder, answer: new Uint8Array(answerBytes(sharing)) });
  test.each<[string, () => unknown, RegExp]>([
    ['threshold 1', () => sharingOf(RING, { threshold: 1, colluders: 1, holders: 3 }), /^threshold: /],
    ['no colluders', () => sharingOf(RING, { threshold: 2, colluders: 0, holders: 3 }), /^colluders: /],
    [
      'as many colluders as shares that open',
      () => sharingOf(RING, { threshold: 2, colluders: 2, holders: 3 }),
      /^colluders: /,
    ],
    [
      'a threshold above the holders',
      () => sharingOf(RING, { threshold: 4, colluders: 1, holders: 3 }),
      /^threshold: /,
    ],
    ['1001 holders', () => sharingOf(RING, { threshold: 700, colluders: 1, holders: 1001 }), /^holders: /],
    ['a short key', () => deal(sharing, key.slice(8)), /^key: /],
    [
      'a random source that gives too little',
      () => dealKey(RING, sharing, { key, random: () => new Uint8Array(0) }),
      /^random: /,
    ],
    ['a short share', () => sumShares(RING, sharing, [share(), share(40)]), /^share: /],
    [
      'a holder twice',
      () => reconstructKey(RING, sharing, { answers: [0, 1, 1, 2].map(answer), random: systemRandom }),
      /^answers: holder 1 /,
    ],
    [
      'a holder that there is not',
      () => reconstructKey(RING, sharing, { answers: [0, 1, 2, 4].map(answer), random: systemRandom }),
      /^holder: /,
    ],
    [
      'a share with a word that is q',
      () => sumShares(RING, sharing, [bytesOfWords([...new Array<bigint>(shareBytes(sharing) / 8).fill(Q)])]),
      /modulus/,
    ],
  ])('%s', (_what, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});
