/** Every engine gives the bytes of the reference, and behaves: progress, cancelling, closing, leaving inputs alone. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createNodeEngine } from '../../../crypto/mask-engine/node.js';
import { createReferenceEngine } from '../../../crypto/mask-engine/reference.js';
import type { MaskEngine, MaskJob, MaskJobVector } from '../../../crypto/mask-engine/types.js';
import { fillKeystream } from '../../../crypto/prg.js';
import { unpackBits } from '../../../crypto/masked-vector.js';
import { comparable, fixedStream, jobsOf } from './jobs.js';

const TILE = 65536;
/** Where pieces of keystream end, and ranges. */
const EDGES = [16384, 2 * 16384 + 3, 131072, 131072 + 16384];
const engines: readonly (readonly [string, () => MaskEngine])[] = [
  ['reference', createReferenceEngine],
  ['node', createNodeEngine],
];

const fixedJob = (over: Partial<MaskJobVector> = {}, output: MaskJob['output'] = 'integers'): MaskJob => ({
  kind: 'mask',
  output,
  vectors: [
    {
      name: 'v',
      bits: 20,
      length: 10,
      base: null,
      streams: [fixedStream(1, 1), fixedStream(2, -1)],
      ...over,
    },
  ],
});

test('node gives exactly what the reference gives', async () => {
  const [reference, node] = [createReferenceEngine(), createNodeEngine()];
  await fc.assert(
    fc.asyncProperty(jobsOf(EDGES), async (input) => {
      expect(comparable(await node.run(input))).toEqual(comparable(await reference.run(input)));
    }),
    { numRuns: 60 },
  );
});

describe.each(engines)('%s', (_name, create) => {
  const engine = create();

  test('is the sum that the specification writes down', async () => {
    const base = Uint32Array.from({ length: 10 }, (_, i) => 1000 + i);
    const [plus, minus] = [fixedStream(1, 1), fixedStream(2, -1)].map(({ key, nonce }) => {
      const out = new Uint32Array(10);
      fillKeystream({ key, nonce, from: 0, out });
      return out;
    }) as [Uint32Array, Uint32Array];
    const expected = base.map((x, i) =>
      Number((BigInt(x) + BigInt(plus[i] ?? 0) - BigInt(minus[i] ?? 0) + 2n ** 40n) % 2n ** 20n),
    );
    expect(await engine.run(fixedJob({ base }))).toEqual({
      kind: 'integers',
      vectors: [{ name: 'v', values: expected }],
    });
  });

  test('packed is the packing of integers', async () => {
    const integers = await engine.run(fixedJob());
    const packed = await engine.run(fixedJob({}, 'packed'));
    if (integers.kind !== 'integers' || packed.kind !== 'packed') throw new Error('wrong kind of result');
    expect(unpackBits(packed.vectors[0]?.bytes as Uint8Array, 20, 10)).toEqual(integers.vectors[0]?.values);
  });

  test('masks of two parties cancel, self masks come off again', async () => {
    const base = Uint32Array.from({ length: 100 }, (_, i) => i * 7);
    const masked = await engine.run(
      fixedJob({ base, length: 100, streams: [fixedStream(1, 1), fixedStream(3, -1)] }),
    );
    if (masked.kind !== 'integers') throw new Error('wrong kind of result');
    const values = masked.vectors[0]?.values as Uint32Array;
    expect(values).not.toEqual(base);
    const open = await engine.run(
      fixedJob({ base: values, length: 100, streams: [fixedStream(1, -1), fixedStream(3, 1)] }),
    );
    expect(open).toEqual({ kind: 'integers', vectors: [{ name: 'v', values: base }] });
  });

  test('leaves job and base alone, and takes a structured clone', async () => {
    const input = fixedJob({ base: new Uint32Array(10).fill(5) });
    const before = structuredClone(input);
    const result = await engine.run(input);
    expect(input).toEqual(before);
    expect(await engine.run(structuredClone(input))).toEqual(structuredClone(result));
    if (result.kind === 'integers') result.vectors[0]?.values.fill(0);
    expect(input).toEqual(before);
  });

  test('without streams it only reduces; without vectors there is nothing', async () => {
    const base = Uint32Array.of(1, 2 ** 20, 0xffffffff);
    const reduced = await engine.run(fixedJob({ base, length: 3, streams: [] }));
    expect(reduced).toEqual({
      kind: 'integers',
      vectors: [{ name: 'v', values: Uint32Array.of(1, 0, 2 ** 20 - 1) }],
    });
    expect(await engine.run({ kind: 'mask', output: 'packed', vectors: [] })).toEqual({
      kind: 'packed',
      vectors: [],
    });
  });

  test('progress never goes back and ends complete', async () => {
    const calls: (readonly [number, number])[] = [];
    const streams = Array.from({ length: 12 }, (_, i) => fixedStream(i, 1));
    await engine.run(fixedJob({ length: 5 * TILE, streams }), {
      onProgress: (done, total) => calls.push([done, total]),
    });
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.at(-1)).toEqual([12, 12]);
    expect(calls.filter(([done]) => done === 12).length).toBe(1);
    calls.reduce(([last], [done, total]) => {
      expect(done).toBeGreaterThanOrEqual(last);
      expect(total).toBe(12);
      return [done, total] as const;
    });
  });

  test('aborting rejects with the reason, before and during the work', async () => {
    const reason = new Error('enough');
    await expect(engine.run(fixedJob(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const streams = Array.from({ length: 40 }, (_, i) => fixedStream(i, 1));
    let calls = 0;
    const running = engine.run(fixedJob({ length: 4 * TILE, streams }), {
      signal: controller.signal,
      onProgress: () => {
        calls += 1;
        controller.abort(reason);
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(calls).toBe(1);
  });

  test('a closed engine refuses new jobs', async () => {
    const other = create();
    const running = other.run(fixedJob());
    await other.close();
    await running;
    await expect(other.run(fixedJob())).rejects.toThrow(/closed/);
    await other.close();
  });

  test.each<[string, MaskJob, RegExp]>([
    ['another kind', { ...fixedJob(), kind: 'other' as never }, /^job.kind: /],
    ['another output', { ...fixedJob(), output: 'other' as never }, /^job.output: /],
    ['0 bits', fixedJob({ bits: 0 }), /^v.bits: /],
    ['33 bits', fixedJob({ bits: 33 }), /^v.bits: /],
    ['a negative length', fixedJob({ length: -1 }), /^v.length: /],
    ['a base of another length', fixedJob({ base: new Uint32Array(9) }), /^v.base: /],
    ['a base of another type', fixedJob({ base: new Int32Array(10) as never }), /^v.base: /],
    ['a long key', fixedJob({ streams: [{ ...fixedStream(1, 1), key: new Uint8Array(32) }] }), /^v.key: /],
    [
      'a long nonce',
      fixedJob({ streams: [{ ...fixedStream(1, 1), nonce: new Uint8Array(16) }] }),
      /^v.nonce: /,
    ],
    ['sign 0', fixedJob({ streams: [{ ...fixedStream(1, 1), sign: 0 as never }] }), /^v.sign: /],
    [
      'a name twice',
      { ...fixedJob(), vectors: [...fixedJob().vectors, ...fixedJob().vectors] },
      /^job.vectors: 'v' occurs twice/,
    ],
  ])('refuses %s', async (_what, input, message) => {
    await expect(engine.run(input)).rejects.toThrow(message);
  });
});

test('the node engine lets the event loop have its turns', async () => {
  const engine = createNodeEngine();
  const streams = Array.from({ length: 60 }, (_, i) => fixedStream(i, 1));
  let turns = 0;
  let isRunning = true;
  const count = (): void => {
    turns += 1;
    if (isRunning) setImmediate(count);
  };
  setImmediate(count);
  await engine.run(fixedJob({ length: 8 * TILE, streams }));
  isRunning = false;
  expect(turns).toBeGreaterThan(5);
});
