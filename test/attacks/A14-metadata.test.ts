/**
 * A14, metadata: what the wire shows besides the sum. The weight is inside the masked vector, and no message has a length
 * or a field that depends on what somebody sends.
 */
import { expect, test } from '@jest/globals';
import { unpackBits } from '../../crypto/masked-vector.js';
import { deterministicRandom } from '../../crypto/random.js';
import { checkUpload } from '../../src/protocol/coordinator/r2-masked-input.js';
import { type Task, WEIGHT_VECTOR } from '../../src/protocol/documents.js';
import { consistencyCodec, maskedInputCodec } from '../../src/protocol/messages.js';
import { layoutOf } from '../../src/protocol/parameters.js';
import { quantiseInput } from '../../src/protocol/quantise.js';
import {
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  type Closed,
  closeR4,
  codeOf,
  coordinatorDeps,
  participants,
  playRounds,
  setUp,
  taskOf,
  vectorOf,
} from '../helpers/protocol.js';

const parties = participants(4);
const ALL = [0, 1, 2, 3];
const MAX_WEIGHT = 100_000;
const task: Partial<Task> = {
  vectors: [vectorOf({ weighted: true, clip: 10, bits: 28 })],
  maxWeight: MAX_WEIGHT,
};
const body = taskOf(parties, task);

/** Participant 0 sends these values with this weight; the others always the same. */
function session(values: readonly number[], weight: number) {
  const input = (index: number) =>
    quantiseInput(
      body,
      {
        vectors: { counts: index === 0 ? values : [1, 2, 3, 4, 5] },
        weight: index === 0 ? weight : 7,
        clipping: 'clip',
      },
      deterministicRandom(new Uint8Array(32)),
    );
  const setup = setUp(parties, { task, seed: 'the same in every respect', input });
  const rounds = playRounds(setup);
  return { ...rounds, closed: closeR4(rounds.r4, ALL) as Closed };
}
type Session = ReturnType<typeof session>;

const plain = session([0, 0, 0, 0, 0], 0);
const others = [
  session([0, 0, 0, 0, 0], 1),
  session([0, 0, 0, 0, 0], MAX_WEIGHT),
  session([10, -10, 10, -10, 10], MAX_WEIGHT),
  session([0.001, 1e-9, 0, 10, 1], 77_777),
];

/** Everything that participant 0 sends, in order. */
const sentBy0 = ({ setup, r1, r2, r3, r4 }: Session): Uint8Array[] => {
  const r0 = setup.members[0]?.record.signed.payload as Uint8Array;
  const [shared, masked, signed, revealed] = [r1, r2, r3, r4].map(({ members }) => members[0]?.send) as [
    AtR1['members'][number]['send'],
    AtR2['members'][number]['send'],
    AtR3['members'][number]['send'],
    AtR4['members'][number]['send'],
  ];
  return [
    r0,
    shared.r1.payload,
    ...shared.packets.flatMap(({ ciphertext, leaves }) => [ciphertext, ...leaves]),
    masked.header.payload,
    masked.upload.bytes,
    signed.payload,
    revealed.r4.payload,
    ...revealed.shares,
  ];
};

test('A14 every message has the same length whatever weight and values are sent', () => {
  const lengths = sentBy0(plain).map(({ length }) => length);
  for (const other of others) expect(sentBy0(other).map(({ length }) => length)).toEqual(lengths);
});

test('A14 before the upload nothing depends on weight or values at all', () => {
  const before = (one: Session) => sentBy0(one).slice(0, 2 + 4 * 3);
  for (const other of others) expect(before(other)).toEqual(before(plain));
});

test('A14 after it nothing but the digests of the masked vectors does', () => {
  for (const other of others) {
    const header = (one: Session) =>
      maskedInputCodec.decode(one.r2.members[0]?.send.header.payload as Uint8Array);
    expect({ ...header(other), digests: [] }).toEqual({ ...header(plain), digests: [] });
    const signed = (one: Session) => consistencyCodec.decode(one.r3.members[0]?.send.payload as Uint8Array);
    expect({ ...signed(other), uploads: null }).toEqual({ ...signed(plain), uploads: null });
    expect(other.r4.members[0]?.send.shares).toEqual(plain.r4.members[0]?.send.shares);
  }
});

/** The masked vectors of participant 0. */
function masked({ r2 }: Session): Uint32Array[] {
  const bytes = r2.members[0]?.send.upload.bytes as Uint8Array;
  let from = 0;
  return layoutOf(body).map(({ bits, length, byteLength }) =>
    unpackBits(bytes.subarray(from, (from += byteLength)), bits, length),
  );
}

test('A14 the weight travels as one more masked coordinate, and only its sum comes out', () => {
  const layout = layoutOf(body);
  expect(layout.at(-1)).toMatchObject({ name: WEIGHT_VECTOR, length: 1 });
  const modulus = 2 ** (layout.at(-1)?.bits as number);
  const weightIn = (one: Session): number => masked(one)[1]?.[0] as number;
  const [none, all] = [weightIn(plain), weightIn(others[1] as Session)];
  // Same masks in both: the difference is the weight; alone, either is a uniform number.
  expect((all - none + modulus) % modulus).toBe(MAX_WEIGHT);
  expect([none, all]).not.toContain(0);
  expect([none, all]).not.toContain(MAX_WEIGHT);
  expect((others[1] as Session).closed.sums[1]).toEqual(Uint32Array.of(MAX_WEIGHT + 3 * 7));
});

test('A14 a vector of another length than the task gives is refused before anything is made of it', () => {
  for (const values of [[], [1], [1, 2, 3, 4], [1, 2, 3, 4, 5, 6]]) {
    const quantise = () =>
      quantiseInput(
        body,
        { vectors: { counts: values }, weight: 1, clipping: 'clip' },
        deterministicRandom(new Uint8Array(32)),
      );
    expect(codeOf(quantise)).toBe('WRONG_LENGTH');
  }
});

test('A14 an upload of another length is refused by the coordinator', () => {
  const { header, upload } = plain.r2.members[0]?.send as AtR2['members'][number]['send'];
  const check = (bytes: Uint8Array) =>
    codeOf(() => checkUpload(plain.r2.frozen, header, bytes, coordinatorDeps));
  expect(check(upload.bytes)).toBe(null);
  expect(check(Uint8Array.from([...upload.bytes, 0]))).toBe('WRONG_LENGTH');
  expect(check(new Uint8Array())).toBe('WRONG_LENGTH');
});
