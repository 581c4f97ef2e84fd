/**
 * B1 in `ckks/sumkey`, r4: a wrong answer is corrected and named where two answers more than t are there for each; else
 * the session ends without a sum and without a name. So it does for a key that was not the one shared.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unpackWords } from '../../crypto/ckks/codec.js';
import { reconstructKey } from '../../crypto/ckks/correction.js';
import { coefficientEncoder } from '../../crypto/ckks/encoding.js';
import { openVector } from '../../crypto/ckks/opening.js';
import { errorBound } from '../../crypto/ckks/parameters.js';
import { bytesOfWords } from '../../crypto/ckks/ring.js';
import { secretKeyFromSeed } from '../../crypto/ckks/sampling.js';
import { encryptVectors } from '../../crypto/ckks/sum-key.js';
import { systemRandom } from '../../crypto/random.js';
import type { Task } from '../../src/protocol/documents.js';
import type { JobResult } from '../../src/protocol/suite.js';
import { encodeSums } from '../../src/protocol/suites/ckks-sumkey/aggregate.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import { encodedVectors, ringOf, SLOTS_EXTENSION } from '../../src/protocol/suites/ckks-sumkey/numbers.js';
import { sharingIn } from '../../src/protocol/suites/ckks-sumkey/sharing.js';
import {
  type Aborted,
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  type Closed,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  codeOf,
  openRecords,
  participants,
  playRounds,
  replaced,
  setUp,
  zeros,
} from '../helpers/protocol.js';
import { ckksTask, expectSum, floats } from '../protocol/ckks/task.js';
import { revealing } from './helpers/dealer.js';

// n_C = 2, q = t = 6: three more than are needed.
const nine = participants(9);
const whole = playRounds(setUp(nine, { task: ckksTask(9), input: floats }));
const everyone = [...nine.keys()];
const { r4 } = whole;
const { modulus } = ringOf(r4.setup.header.task);

/** What liars make of their answer; each leaves words below q. */
const lies: Record<string, (answer: Uint8Array, seed: number) => Uint8Array> = {
  zeros: (answer) => new Uint8Array(answer.length),
  'other words': (answer, seed) =>
    bytesOfWords(
      Array.from(
        { length: answer.length / 8 },
        (_, word) => (BigInt(seed + 1) * 7919n ** BigInt(word % 5)) % modulus,
      ),
    ),
  'one word that is one more': (answer, seed) => {
    const wrong = answer.slice();
    const view = new DataView(wrong.buffer);
    const word = 8 * (seed % (wrong.length / 8));
    view.setBigUint64(word, (view.getBigUint64(word, true) + 1n) % modulus, true);
    return wrong;
  },
  'all words the other way round': (answer) => {
    const words = new BigUint64Array(answer.slice().buffer);
    return new Uint8Array(words.reverse().buffer);
  },
};

/** The end of a session in which only `answering` answer, and `liars` among them wrongly. */
function endOf(
  at: AtR4,
  answering: readonly number[],
  liars: ReadonlyMap<number, (answer: Uint8Array) => Uint8Array>,
) {
  const records = at.members
    .filter(({ position }) => answering.includes(position))
    .map(({ position, record }) => {
      const lie = liars.get(position);
      if (lie === undefined) return record;
      return revealing(at, position, ([answer]) => [lie(answer as Uint8Array)])[position] as typeof record;
    });
  return openRecords(at, records);
}
const lying = (liars: readonly number[], lie = lies.zeros as (answer: Uint8Array) => Uint8Array) =>
  new Map(liars.map((position) => [position, lie]));

test('B1 one wrong answer among t + 2 is corrected and named; so is it among more', () => {
  for (const answering of [everyone, everyone.slice(1)]) {
    const end = endOf(r4, answering, lying([4])) as Closed;
    expectSum(r4, end, everyone);
    expect(end.badHelpers).toEqual([4]);
  }
});

test('B1 two wrong answers among t + 4 are corrected and named', () => {
  // n_C = 1 of ten: q = t = 6.
  const ten = participants(10);
  const setup = setUp(ten, { task: ckksTask(10, undefined, { maxColluders: 1 }), input: floats });
  const rounds = playRounds(setup);
  expect(rounds.r4.frozen.session.parameters.t).toBe(6);
  const end = endOf(rounds.r4, [...ten.keys()], lying([2, 9])) as Closed;
  expectSum(rounds.r4, end, [...ten.keys()]);
  expect(end.badHelpers).toEqual([2, 9]);
});

test('B1 with t answers, or one more, a wrong one ends the session without a sum, and names nobody', () => {
  for (const answering of [everyone.slice(3), everyone.slice(2)]) {
    for (const lie of Object.values(lies)) {
      const end = endOf(
        r4,
        answering,
        lying([8], (answer) => lie(answer, 5)),
      ) as Aborted;
      expect(end.abort).toMatchObject({ code: 'KEY_MISMATCH', round: 'r4', blamed: [] });
    }
    expectSum(r4, endOf(r4, answering, lying([])), everyone);
  }
});

test('B1 whoever lies and however: the right sum and the liars named, or no sum and nobody named', () => {
  const cases = fc.record({
    answering: fc.subarray(everyone, { minLength: 6 }),
    liars: fc.subarray(everyone, { maxLength: 4 }),
    lie: fc.constantFrom(...Object.keys(lies)),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(cases, ({ answering, liars: chosen, lie, seed }) => {
      const liars = chosen.filter((position) => answering.includes(position));
      const wrong = new Map(
        liars.map((position) => [
          position,
          (answer: Uint8Array) => (lies[lie] as (typeof lies)[string])(answer, seed + position),
        ]),
      );
      const end = endOf(r4, answering, wrong);
      if (answering.length >= 6 + 2 * liars.length) {
        expectSum(r4, end, everyone);
        expect((end as Closed).badHelpers).toEqual(liars);
      } else {
        expect((end as Aborted).abort).toMatchObject({ code: 'KEY_MISMATCH', blamed: [] });
      }
    }),
    { numRuns: 60 },
  );
});

// -------------------------------------------------------------------------------------------- another key, another form

test('B1 whoever encrypts under another key than it shared ends the session; nothing tells who', () => {
  const setup = setUp(participants(5), { task: ckksTask(5), input: floats });
  const r1 = closeR0(setup, [0, 1, 2, 3, 4]) as AtR1;
  const members = replaced(r1.members, 2, {
    ...at(r1.members, 2),
    state: { ...at(r1.members, 2).state, suiteSeed: zeros.slice() },
  });
  const over = (u3: number[]) => {
    const r3 = closeR2(closeR1({ ...r1, members }, [0, 1, 2, 3, 4]) as AtR2, u3) as AtR3;
    const last = closeR3(r3, u3) as AtR4;
    return { last, end: closeR4(last, u3) };
  };
  expect((over([0, 1, 2, 3, 4]).end as Aborted).abort).toMatchObject({ code: 'KEY_MISMATCH', blamed: [] });
  // Without it there is a sum.
  const { last, end } = over([0, 1, 3, 4]);
  expectSum(last, end, [0, 1, 3, 4]);
});

test('B1 an answer with a word that is not below q never gets in', () => {
  const changed = (change: (answer: Uint8Array) => Uint8Array) =>
    codeOf(() => revealing(r4, 0, ([answer]) => [change(answer as Uint8Array)]));
  const withWord = (value: bigint) => (answer: Uint8Array) => {
    const wrong = answer.slice();
    new DataView(wrong.buffer).setBigUint64(wrong.length - 8, value, true);
    return wrong;
  };
  expect(changed(withWord(modulus - 1n))).toBe(null);
  expect(changed(withWord(modulus))).toBe('MALFORMED');
  expect(changed(withWord(2n ** 64n - 1n))).toBe('MALFORMED');
});

// ----------------------------------------------------------------------------------- what the corrections stand on

test('B1 an error that the random combination hides is found when every answer is compared', () => {
  const { session } = r4.frozen;
  const answers = r4.members.map(({ position, send }) => ({
    holder: position,
    answer: at(send.shares, 0).slice(),
  }));
  const [words] = answers.map(({ answer }) => new BigUint64Array(answer.buffer)) as [BigUint64Array];
  // With all factors the same, one more here and one less there are nothing.
  words[0] = ((words[0] as bigint) + 1n) % modulus;
  words[1] = ((words[1] as bigint) + modulus - 1n) % modulus;
  const random = (byteLength: number) => new Uint8Array(byteLength).fill(1);
  const open = (given: typeof answers) =>
    reconstructKey(ringOf(session.task), sharingIn(session), { answers: given, random });
  expect(() => open(answers)).toThrow(/contradict each other/);
  expect(open(answers.slice(1)).wrong).toEqual([]);
});

test('B1 a sum is out of range by one coefficient that carries a coordinate, or by one that carries none', () => {
  const ring = ringOf(r4.setup.header.task);
  const [name, length, ctx] = ['x', 2, zeros];
  const encoding = { kind: 'coefficients', scaleBits: 30, maxAbs: 1 } as const;
  const encoder = coefficientEncoder;
  const key = secretKeyFromSeed(ring, ctx, zeros);
  const vectors = [{ name, encoding, encoder, values: Float64Array.of(0.5, -1) }];
  const [packed] = encryptVectors(ring, { ctx, key: key.slice(), vectors, random: systemRandom }) as [
    Uint8Array,
  ];
  const sum = unpackWords(ring, packed, ring.degree);
  /** One coefficient more or less by this. */
  const open = (coefficient: number, more: bigint) => {
    const changed = sum.slice();
    const words = new BigUint64Array(changed.buffer);
    words[coefficient] = ((words[coefficient] as bigint) + more + modulus) % modulus;
    return openVector(ring, { ctx, name, encoding, encoder, length, sum: changed, key, survivors: 1 });
  };
  const values = open(0, 0n);
  expect([...values].map((value) => Math.round(value * 1e6))).toEqual([500000, -1000000]);
  for (const more of [2n ** 32n, -(2n ** 32n)]) expect(() => open(1, more)).toThrow('does not open');
  // Nothing but noise is in those that follow.
  for (const empty of [2, 3, ring.degree - 1])
    for (const more of [85n, -85n]) expect(() => open(empty, more)).toThrow('does not open');
});

// --------------------------------------------------------------------------------------- what opens, but out of range

const weighted = ckksTask(5, [{ length: 4, bits: 54, weighted: true }], { maxWeight: 7 });
const five = playRounds(setUp(participants(5), { task: weighted, input: floats })).r4;

function codesOf(task: Task, sums: readonly Float64Array[]): (string | null)[] {
  const result: JobResult = {
    kind: 'sums',
    vectors: encodedVectors(task).map(({ name }, index) => ({ name, values: at(sums, index) })),
  };
  const { session, u1, u2, u3 } = five.frozen;
  const sets = { u1, u2, u3 } as Parameters<typeof ckksSumkey.finishOpen>[1];
  return [
    codeOf(() => ckksSumkey.finishOpen({ ...session, task }, sets, result)),
    codeOf(() => ckksSumkey.decodeAggregate(task, encodeSums(sums), 5)),
  ];
}

test('B1 what participants refuse, the coordinator does not publish, and the other way round', () => {
  const { session } = five.frozen;
  for (const task of [session.task, { ...session.task, critical: [SLOTS_EXTENSION] }]) {
    const { encoding } = at(encodedVectors(task), 0);
    const largest = 5 * encoding.maxAbs + errorBound(ringOf(task), encoding, 5);
    const opened = (value: number, weight = 20) =>
      codesOf(task, [Float64Array.of(0, 0, value, 0), Float64Array.of(weight)]);
    const refused = ['KEY_MISMATCH', 'AGGREGATE_MISMATCH'];
    for (const value of [0, largest, -largest]) expect(opened(value)).toEqual([null, null]);
    for (const value of [largest * (1 + 1e-15), -largest * (1 + 1e-15), 1e9, Infinity, Number.NaN])
      expect(opened(value)).toEqual(refused);
    // Weights are not negative, and neither is their sum: it would turn the mean round.
    expect(opened(0, 35)).toEqual([null, null]);
    for (const weight of [-1, -20, 36]) expect(opened(0, weight)).toEqual(refused);
  }
});
