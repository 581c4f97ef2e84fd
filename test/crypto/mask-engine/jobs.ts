/** Jobs as a property test makes them up, and results in a form that is quick to compare. */
import fc from 'fast-check';
import type { MaskJob, MaskJobVector, MaskResult, MaskStream } from '../../../crypto/mask-engine/types.js';

const stream: fc.Arbitrary<MaskStream> = fc.record({
  key: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  nonce: fc.uint8Array({ minLength: 12, maxLength: 12 }),
  sign: fc.constantFrom(1 as const, -1 as const),
});

const vector = (name: string, length: fc.Arbitrary<number>): fc.Arbitrary<MaskJobVector> =>
  fc
    .record({
      length,
      bits: fc.integer({ min: 1, max: 32 }),
      streams: fc.array(stream, { maxLength: 4 }),
      seed: fc.nat(),
      hasBase: fc.boolean(),
    })
    .map(({ length: size, bits, streams, seed, hasBase }) => ({
      name,
      bits,
      length: size,
      streams,
      base: hasBase
        ? Uint32Array.from({ length: size }, (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 0)
        : null,
    }));

/** One or two vectors. @param edges lengths that are worth trying, with those next to them */
export function jobsOf(edges: readonly number[]): fc.Arbitrary<MaskJob> {
  const near = edges.flatMap((edge) => [edge - 1, edge, edge + 1]);
  const length = fc.oneof(fc.nat(80), fc.constantFrom(...near));
  return fc.record({
    kind: fc.constant('mask' as const),
    output: fc.constantFrom('packed' as const, 'integers' as const),
    vectors: fc
      .tuple(vector('a', length), vector('b', length))
      .chain((both) => fc.constantFrom([both[0]], both)),
  });
}

export const fixedStream = (byte: number, sign: 1 | -1): MaskStream => ({
  key: new Uint8Array(16).fill(byte),
  nonce: new Uint8Array(12).fill(byte),
  sign,
});

/** Long arrays as base64: comparing them element by element would take most of the time. */
export function comparable(result: MaskResult): unknown {
  const text = ({ buffer, byteOffset, byteLength }: Uint8Array | Uint32Array) =>
    Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  return result.kind === 'packed'
    ? result.vectors.map(({ name, bytes }) => [name, 'packed', text(bytes)])
    : result.vectors.map(({ name, values }) => [name, values.length, text(values)]);
}
