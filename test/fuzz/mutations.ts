/** Bytes that were valid once. Every cut, flip and length that a small seed has, and random mixtures of more. */
import fc from 'fast-check';

/** Heads of CBOR items, protobuf fields and file headers that promise more than any file holds. */
const HUGE: readonly (readonly number[])[] = [
  // CBOR: byte string, text, array and map of 2^32 − 1 and of 2^53 items.
  [0x5a, 0xff, 0xff, 0xff, 0xff],
  [0x5b, 0x00, 0x20, 0, 0, 0, 0, 0, 0],
  [0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x9a, 0xff, 0xff, 0xff, 0xff],
  [0x9b, 0x00, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  // CBOR: indefinite lengths, a tag, a half-precision NaN; arrays within arrays.
  [0x5f],
  [0x9f],
  [0xc1],
  [0xf9, 0x7e, 0x00],
  Array.from({ length: 200 }, () => 0x81),
  // Protobuf: a field of 2^32 − 1 bytes, a number that does not end, a group.
  [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x0b],
  // Little-endian lengths.
  [0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0x00],
];
/** The same for files of text. */
const HUGE_TEXT = [
  '9999999999999999',
  '-1',
  '1e999',
  '0.5',
  'null',
  '[[[[[[[[',
  '{"a":',
  '__proto__',
  '&a [*a]',
  '\u0000',
];

const edited = (bytes: Uint8Array, at: number, removed: number, put: readonly number[]): Uint8Array =>
  Uint8Array.of(...bytes.subarray(0, at), ...put, ...bytes.subarray(at + removed));

/** At most `count` of the single changes of a seed, spread evenly over all there are. */
export function* singleChanges(seed: Uint8Array, count: number): Generator<Uint8Array> {
  const kinds: ((at: number) => Uint8Array)[] = [
    (at) => seed.slice(0, at),
    ...Array.from(
      { length: 8 },
      (_, bit) => (at: number) => edited(seed, at, 1, [(seed[at] as number) ^ (1 << bit)]),
    ),
    (at) => edited(seed, at, 1, []),
    (at) => edited(seed, at, 0, [0]),
    (at) => edited(seed, at, 0, [0xff]),
    (at) => edited(seed, at, 1, [seed[at] as number, seed[at] as number]),
    ...HUGE.map((put) => (at: number) => edited(seed, at, 1, put)),
    ...HUGE_TEXT.map((text) => (at: number) => edited(seed, at, 1, [...Buffer.from(text)])),
  ];
  const total = kinds.length * seed.length;
  // A step that has no factor in common with the number of kinds meets them all.
  const step = Math.max(1, Math.floor(total / count));
  for (let index = 0; index < total; index += step % kinds.length === 0 ? step + 1 : step) {
    yield (kinds[index % kinds.length] as (at: number) => Uint8Array)(Math.floor(index / kinds.length));
  }
  yield edited(seed, seed.length, 0, [0]);
  yield edited(seed, seed.length, 0, [...seed.subarray(0, 4096)]);
}

interface Edit {
  readonly kind: 'flip' | 'set' | 'insert' | 'remove' | 'cut' | 'huge' | 'splice' | 'repeat';
  readonly at: number;
  readonly value: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('flip', 'set', 'insert', 'remove', 'cut', 'huge', 'splice', 'repeat'),
  at: fc.nat({ max: 0xffff }),
  value: fc.nat({ max: 0xffff }),
});

/** One of the seeds after up to five edits, among them parts of other seeds; at most 64 KiB. */
export const mutated = (seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.nat({ max: seeds.length - 1 }), fc.array(edit, { minLength: 1, maxLength: 5 }))
    .map(([first, edits]) =>
      edits.reduce((bytes, one) => apply(bytes, one, seeds), seeds[first] as Uint8Array).slice(0, 65_536),
    );

function apply(bytes: Uint8Array, { kind, at, value }: Edit, seeds: readonly Uint8Array[]): Uint8Array {
  const place = bytes.length === 0 ? 0 : at % bytes.length;
  const length = 1 + (value % 40);
  switch (kind) {
    case 'flip':
      return edited(bytes, place, 1, [(bytes[place] ?? 0) ^ (1 << (value % 8))]);
    case 'set':
      return edited(bytes, place, 1, [value & 0xff]);
    case 'insert':
      return edited(bytes, place, 0, [value & 0xff]);
    case 'remove':
      return edited(bytes, place, length, []);
    case 'cut':
      return bytes.slice(0, place);
    case 'huge':
      return edited(bytes, place, value % 9, HUGE[value % HUGE.length] as number[]);
    case 'splice': {
      const other = seeds[value % seeds.length] as Uint8Array;
      const from = other.length === 0 ? 0 : at % other.length;
      return edited(bytes, place, length, [...other.subarray(from, from + 400)]);
    }
    case 'repeat':
      return edited(bytes, place, 0, [...bytes.subarray(place, place + 400)]);
  }
}
