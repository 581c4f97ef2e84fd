import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sha256 } from '../../../crypto/hash.js';
import { systemRandom } from '../../../crypto/random.js';
import {
  challenge,
  isLowDegree,
  isProof,
  proofBytes,
  proveLowDegree,
  type DealtUnder,
} from '../../../crypto/ckks/low-degree-proof.js';
import { dealKey } from '../../../crypto/ckks/packed-sharing.js';
import { ringOfDegree, type Ring } from '../../../crypto/ckks/ring.js';
import { randomWords } from '../../../crypto/ckks/sampling.js';
import { basePoints, BLINDINGS, pointOf, sharingOf, type Sharing } from '../../../crypto/ckks/sharing.js';
import { bytesOfWords, interpolate, mod, TOY_RINGS, wordsOf } from './oracle.js';

const ring = ringOfDegree(2048);
const under: DealtUnder = {
  ctx: new Uint8Array(32).fill(1),
  dealer: new Uint8Array(32).fill(2),
  shareRoot: new Uint8Array(32).fill(3),
};

function usual(holders: number, known: Ring = ring): Sharing {
  const colluders = Math.max(1, Math.ceil(holders / 3) - 1);
  return sharingOf(known, { threshold: Math.floor((holders + colluders) / 2) + 1, colluders, holders });
}

function deal(sharing: Sharing, known: Ring = ring) {
  const key = randomWords(known, known.degree, systemRandom);
  const { shares, values } = dealKey(known, sharing, { key, random: systemRandom });
  return { shares, values, proof: proveLowDegree(known, sharing, { ...under, values }) };
}

test.each([3, 4, 5, 6, 7, 8, 9, 10, 100])('%i holders: everybody finds an honest share right', (holders) => {
  const sharing = usual(holders);
  const { shares, proof } = deal(sharing);
  expect(isProof(ring, sharing, proof)).toBe(true);
  shares.forEach((share, holder) =>
    expect(isLowDegree(ring, sharing, { ...under, proof, holder, share })).toBe(true),
  );
});

test('sizes for 100 participants: 2.7 KB in the signed r1, 40 bytes in a share', () => {
  expect(proofBytes(usual(100, ringOfDegree(4096)))).toBe(2680);
  expect(BLINDINGS * 8).toBe(40);
});

describe('found by the holder whose share it is', () => {
  const sharing = usual(7);
  const { shares, proof } = deal(sharing);
  const share = shares[4] as Uint8Array;
  const claim = { ...under, proof, holder: 4, share };
  const words = share.length / 8;

  test('any word of the share that is another one', () => {
    fc.assert(
      fc.property(fc.nat(words - 1), fc.bigInt({ min: 1n, max: ring.modulus - 1n }), (at, add) => {
        const changed = wordsOf(share);
        changed[at] = mod((changed[at] as bigint) + add, ring.modulus);
        expect(isLowDegree(ring, sharing, { ...claim, share: bytesOfWords(changed) })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test("another holder's share, garbage, zeros", () => {
    for (const other of [
      shares[3] as Uint8Array,
      randomWords(ring, words, systemRandom),
      new Uint8Array(share.length),
    ]) {
      expect(isLowDegree(ring, sharing, { ...claim, share: other })).toBe(false);
    }
  });

  test('a share or proof of another length, or with a word that is q or more', () => {
    const large = share.slice();
    // The same residue, written as itself plus q.
    large.set(bytesOfWords([(wordsOf(share)[0] as bigint) + ring.modulus]));
    const largeProof = proof.slice();
    largeProof.set(bytesOfWords([(wordsOf(proof)[0] as bigint) + ring.modulus]));
    for (const change of [
      { share: share.slice(8) },
      { share: new Uint8Array(share.length + 8) },
      { share: large },
      { proof: proof.slice(8) },
      { proof: new Uint8Array(0) },
      { proof: largeProof },
    ]) {
      expect(isLowDegree(ring, sharing, { ...claim, ...change })).toBe(false);
    }
    expect(isProof(ring, sharing, largeProof)).toBe(false);
    expect(isProof(ring, sharing, proof.slice(1))).toBe(false);
  });

  test('any word of the proof that is another one', () => {
    for (let at = 0; at < proof.length / 8; at += 1) {
      const changed = wordsOf(proof);
      changed[at] = mod((changed[at] as bigint) + 1n, ring.modulus);
      expect(isLowDegree(ring, sharing, { ...claim, proof: bytesOfWords(changed) })).toBe(false);
    }
  });

  test('a proof made in another session, by another dealer or over other shares', () => {
    for (const name of ['ctx', 'dealer', 'shareRoot'] as const) {
      const other = { ...claim, [name]: sha256(claim[name]) };
      expect(isLowDegree(ring, sharing, other)).toBe(false);
    }
  });

  test('polynomials of a degree one too high, for all but at most t holders', () => {
    // f + c·Π (x − x_i) over t of the holders: only those see no difference.
    const { threshold, holders, polynomials } = sharing;
    const chosen = Array.from({ length: threshold }, (_, i) => pointOf(i));
    const bent = shares.map((own, holder) => {
      const list = wordsOf(own);
      const product = chosen.reduce((value, x) => mod(value * (pointOf(holder) - x), ring.modulus), 1n);
      list[polynomials - 1] = mod((list[polynomials - 1] as bigint) + 5n * product, ring.modulus);
      return bytesOfWords(list);
    });
    const found = bent.map((own, holder) =>
      isLowDegree(ring, sharing, { ...under, proof, holder, share: own }),
    );
    expect(found).toEqual([
      ...new Array<boolean>(threshold).fill(true),
      ...new Array<boolean>(holders - threshold).fill(false),
    ]);
  });
});

test('a dealer that knew the challenges before it dealt could cheat: the root has to come first', () => {
  // With χ fixed, an error in f_1 is made up for in every blinding polynomial. That is the control of the test above.
  const sharing = usual(4);
  const { shares, proof } = deal(sharing);
  const list = wordsOf(shares[3] as Uint8Array);
  list[0] = mod((list[0] as bigint) + 9n, ring.modulus);
  for (let j = 0; j < BLINDINGS; j += 1) {
    const at = sharing.polynomials + j;
    list[at] = mod((list[at] as bigint) - 9n * challenge(ring, under, j), ring.modulus);
  }
  const claim = { ...under, proof, holder: 3, share: bytesOfWords(list) };
  expect(isLowDegree(ring, sharing, claim)).toBe(true);
  expect(isLowDegree(ring, sharing, { ...claim, shareRoot: new Uint8Array(32) })).toBe(false);
});

test('the proof is P_j = r_j + Σ χ_j^i·f_i at the base points, from the definition', () => {
  const toy = TOY_RINGS[1] as Ring;
  const sharing = usual(6, toy);
  const { shares, values, proof } = deal(sharing, toy);
  const q = toy.modulus;
  const width = sharing.polynomials + BLINDINGS;
  for (let j = 0; j < BLINDINGS; j += 1) {
    const chi = challenge(toy, under, j);
    const combine = (row: readonly bigint[]): bigint => {
      let value = row[sharing.polynomials + j] as bigint;
      let power = 1n;
      for (let i = 0; i < sharing.polynomials; i += 1) {
        power = (power * chi) % q;
        value = (value + power * (row[i] as bigint)) % q;
      }
      return value;
    };
    const P = wordsOf(proof).slice(sharing.threshold * j, sharing.threshold * (j + 1));
    const rows = Array.from({ length: sharing.threshold }, (_, row) =>
      wordsOf(values).slice(width * row, width * (row + 1)),
    );
    expect(P).toEqual(rows.map(combine));
    // And so it is at every holder's point.
    const through = basePoints(toy, sharing.threshold).map((x, row) => [x, P[row] as bigint] as const);
    shares.forEach((share, holder) =>
      expect(interpolate(q, through, pointOf(holder))).toBe(combine(wordsOf(share))),
    );
  }
});

test('the proof says nothing: whatever the key, all its words are uniform', () => {
  const toy = TOY_RINGS[0] as Ring;
  const sharing = sharingOf(toy, { threshold: 3, colluders: 1, holders: 4 });
  const key = bytesOfWords([3n, 1n, 4n, 1n, 5n, 9n, 2n, 6n]);
  const counts = Array.from({ length: BLINDINGS * 3 }, () => new Array<number>(17).fill(0));
  const runs = 3400;
  for (let i = 0; i < runs; i += 1) {
    const { values } = dealKey(toy, sharing, { key, random: systemRandom });
    wordsOf(proveLowDegree(toy, sharing, { ...under, values })).forEach((word, at) => {
      const row = counts[at] as number[];
      row[Number(word)] = (row[Number(word)] as number) + 1;
    });
  }
  for (const row of counts) {
    const square = row.reduce((sum, count) => sum + (count - runs / 17) ** 2 / (runs / 17), 0);
    // 16 degrees of freedom: above 65 with a probability of 8e-8.
    expect(square).toBeLessThan(65);
  }
});

test('challenges: one for every context, dealer, root and number, below q', () => {
  const all = [
    ...Array.from({ length: BLINDINGS }, (_, j) => challenge(ring, under, j)),
    challenge(ring, { ...under, ctx: under.dealer }, 0),
    challenge(ring, { ...under, dealer: under.ctx }, 0),
    challenge(ring, { ...under, shareRoot: under.ctx }, 0),
  ];
  expect(new Set(all).size).toBe(all.length);
  for (const value of all) expect(value < ring.modulus && value > 0n).toBe(true);
  expect(() => challenge(ring, { ...under, dealer: new Uint8Array(31) }, 0)).toThrow(/^dealer: /);
});
