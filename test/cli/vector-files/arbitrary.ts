/** Vectors and mangled bytes for the property tests. */
import fc from 'fast-check';

import { ELEMENTS, valuesFor } from '../../../src/cli/vector-files/elements.js';
import {
  bfloat16Bits,
  bfloat16Value,
  float16Bits,
  float16Value,
} from '../../../src/cli/vector-files/half.js';
import { type Dtype, type NamedVector, VectorFileError } from '../../../src/cli/vector-files/vector.js';

const toDtype: Partial<Record<Dtype, (value: number) => number>> = {
  float64: (value) => value,
  float32: Math.fround,
  float16: (value) => float16Value(float16Bits(value)),
  bfloat16: (value) => bfloat16Value(bfloat16Bits(value)),
};

const values: Record<Dtype, fc.Arbitrary<number>> = {
  float64: fc.double(),
  float32: fc.float(),
  float16: fc.float().map((value) => float16Value(float16Bits(value))),
  bfloat16: fc.float().map((value) => bfloat16Value(bfloat16Bits(value))),
  int64: fc.maxSafeInteger(),
  int32: fc.integer(),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int8: fc.integer({ min: -128, max: 127 }),
  uint64: fc.maxSafeNat(),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  uint16: fc.integer({ min: 0, max: 65535 }),
  uint8: fc.integer({ min: 0, max: 255 }),
  bool: fc.integer({ min: 0, max: 1 }),
};

/** A vector whose values its dtype holds exactly. */
export function anyVector({ bfloat16 }: { bfloat16: boolean }): fc.Arbitrary<NamedVector> {
  const dtypes = (Object.keys(ELEMENTS) as Dtype[]).filter((dtype) => bfloat16 || dtype !== 'bfloat16');
  const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
  return fc
    .tuple(
      fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
      fc.constantFrom(...dtypes),
      shapes,
    )
    .chain(([name, dtype, shape]) => {
      const count = shape.reduce((product, dimension) => product * dimension, 1);
      return fc.array(values[dtype], { minLength: count, maxLength: count }).map((list) => {
        const array = valuesFor(dtype, count);
        array.set(list.map((value) => toDtype[dtype]?.(value) ?? value));
        return { name, shape, dtype, values: array };
      });
    });
}

/** One of the seeds with bytes changed, taken out, put in, or cut off. */
export function mutated(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    kind: fc.constantFrom('set', 'digit', 'remove', 'insert', 'cut'),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    byte: fc.integer({ min: 0, max: 255 }),
  });
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([seed, edits]) => {
      const bytes = [...seed];
      for (const { kind, at, byte } of edits) {
        const place = Math.floor(at * bytes.length);
        if (kind === 'set') bytes[place] = byte;
        else if (kind === 'digit') bytes[place] = 0x30 + (byte % 10);
        else if (kind === 'remove') bytes.splice(place, 1 + (byte % 4));
        else if (kind === 'insert') bytes.splice(place, 0, byte);
        else bytes.length = place;
      }
      return Uint8Array.from(bytes);
    });
}

/** Reads hostile bytes: either vectors that fit into the file, or a VectorFileError of one line. */
export function expectOnlyVectorFileErrors(bytes: Uint8Array, parse: () => NamedVector[]): void {
  let vectors: NamedVector[];
  try {
    vectors = parse();
  } catch (error) {
    expect(error).toBeInstanceOf(VectorFileError);
    expect((error as VectorFileError).code).toBe('UNREADABLE_VECTOR_FILE');
    expect((error as VectorFileError).message).toMatch(/^.{10,400}$/);
    return;
  }
  const count = vectors.reduce((sum, vector) => sum + vector.values.length, 0);
  expect(count).toBeLessThanOrEqual(bytes.length);
}
