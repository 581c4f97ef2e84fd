/** The small parts of the demo: comparison with plain sums, what was received, the curve, the standardisation. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { concatBytes } from '../../../crypto/bytes.js';
import { chunksOf } from '../../../crypto/ckks/chunks.js';
import { packWords } from '../../../crypto/ckks/codec.js';
import { coefficientEncoder } from '../../../crypto/ckks/encoding.js';
import { ringOfDegree } from '../../../crypto/ckks/ring.js';
import { packBits } from '../../../crypto/masked-vector.js';
import { systemRandom } from '../../../crypto/random.js';
import { curve } from '../../../src/cli/demo/curve.js';
import { FEATURE_NAMES, hospitalData } from '../../../src/cli/demo/hospitals.js';
import { pausing } from '../../../src/cli/demo/pausing.js';
import { largestError, largestStatisticsError } from '../../../src/cli/demo/plain.js';
import { compareReceived } from '../../../src/cli/demo/received.js';
import { recordUploads } from '../../../src/cli/demo/recording.js';
import { pooledStatistics } from '../../../src/cli/demo/reference.js';
import {
  checkOwn,
  fromMeta,
  recordsOf,
  saveOwn,
  standardisationOf,
  statisticsPlan,
  toMeta,
} from '../../../src/cli/demo/standardisation.js';
import type { Task } from '../../../src/protocol/documents.js';
import { quantiseInput, plainVectors } from '../../../src/protocol/quantise.js';
import { encodedVectors } from '../../../src/protocol/suites/ckks-sumkey/numbers.js';
import type { ParticipantApi } from '../../../src/rpc/participant-api.js';
import { readStatistics, statisticsVectors } from '../../../src/statistics/index.js';

describe('largestError', () => {
  const updates = [
    { vectors: { a: Float64Array.of(1, 0), b: Float64Array.of(2) }, weight: 1 },
    { vectors: { a: Float64Array.of(4, 3), b: Float64Array.of(2) }, weight: 2 },
  ];

  test('is that of the worst coordinate of any vector', () => {
    expect(largestError({ a: Float64Array.of(3, 2), b: Float64Array.of(2) }, updates)).toBe(0);
    expect(largestError({ a: Float64Array.of(3, 2), b: Float64Array.of(1.5) }, updates)).toBe(0.5);
    expect(largestError({ a: Float64Array.of(3, 4), b: Float64Array.of(1.5) }, updates)).toBe(2);
  });

  test('never hides that something is missing', () => {
    expect(largestError({ c: Float64Array.of(1) }, updates)).toBeNaN();
    expect(largestError({ a: Float64Array.of(3, 2, 0), b: Float64Array.of(2) }, updates)).toBeNaN();
    expect(largestError({ a: Float64Array.of(3, 2) }, [])).toBeNaN();
  });
});

describe('statistics of the patients', () => {
  const { hospitals } = hospitalData(1);
  const sums = hospitals.map((hospital) => statisticsVectors(statisticsPlan, recordsOf(hospital)));
  const total = (name: string): Float64Array =>
    (sums[0]?.[name] ?? new Float64Array()).map((_, i) =>
      sums.reduce((sum, own) => sum + (own[name]?.[i] ?? NaN), 0),
    );
  const sum = Object.fromEntries(['count', 'sum', 'squares'].map((name) => [name, total(name)]));
  const columns = recordsOf({ features: hospitals.flatMap(({ features }) => features) });

  test('are those of all of them together, to rounding', () => {
    const statistics = readStatistics(statisticsPlan, { sum, survivors: 5 });
    expect(largestStatisticsError(statisticsPlan, statistics, columns)).toBeLessThan(1e-12);
    const { mean, std } = standardisationOf(statistics);
    const pooled = pooledStatistics(hospitals);
    mean.forEach((value, j) => expect(value).toBeCloseTo(pooled.mean[j] ?? NaN, 6));
    std.forEach((value, j) => expect(value / (pooled.std[j] ?? NaN)).toBeCloseTo(Math.sqrt(456 / 455), 9));
  });

  test.each(['count', 'sum', 'squares'])('an error in %s shows', (name) => {
    const wrong = {
      ...sum,
      [name]: (sum[name] as Float64Array).map((value, i) => value + (i === 0 ? 1 : 0)),
    };
    const statistics = readStatistics(statisticsPlan, { sum: wrong, survivors: 5 });
    expect(largestStatisticsError(statisticsPlan, statistics, columns)).toBeGreaterThan(1e-4);
  });

  test('one hospital missing shows, and so does a column', () => {
    const statistics = readStatistics(statisticsPlan, { sum, survivors: 5 });
    const fewer = recordsOf({ features: hospitals.slice(1).flatMap(({ features }) => features) });
    expect(largestStatisticsError(statisticsPlan, statistics, fewer)).toBeGreaterThan(1e-4);
    expect(largestStatisticsError(statisticsPlan, statistics, {})).toBeNaN();
  });
});

describe('standardisation in the meta of a model', () => {
  const own = { mean: FEATURE_NAMES.map((_, j) => j / 3), std: FEATURE_NAMES.map((_, j) => 1 + j / 7) };

  test('comes back to the last bit', () => {
    expect(fromMeta({ ...toMeta(own), step: 1 })).toEqual(own);
  });

  test.each([
    {},
    { mean: '[1]', std: '[1]' },
    { ...toMeta(own), std: 'x' },
    { ...toMeta(own), mean: JSON.stringify(own.mean.map(() => null)) },
  ])('anything else is refused', (meta) => {
    expect(() => fromMeta(meta)).toThrow(expect.objectContaining({ code: 'MALFORMED', fault: 'peer' }));
  });

  test('another one than the hospital computed itself is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'standardisation-'));
    const path = join(folder, 'own.json');
    await saveOwn(path, own);
    await expect(checkOwn(path, { ...toMeta(own), step: 3 })).resolves.toBeUndefined();
    const other = toMeta({ ...own, mean: own.mean.map((value, j) => (j === 4 ? value + 1e-9 : value)) });
    await expect(checkOwn(path, other)).rejects.toMatchObject({ code: 'LINEAGE' });
    await rm(folder, { recursive: true });
  });
});

describe('what was received', () => {
  const task: Task = {
    name: 'x',
    suite: 'masking/complete',
    pinned: null,
    maxParticipants: 5,
    maxColluders: 1,
    minSurvivors: 4,
    vectors: [
      { name: 'a', length: 5, bits: 20, scale: 1024, clip: 4, weighted: true },
      { name: 'b', length: 1, bits: 32, scale: 2 ** 20, clip: 4, weighted: true },
    ],
    maxWeight: 10,
    scope: { kind: 'evolving' },
    privacy: null,
    critical: [],
    nonce: new Uint8Array(16),
  };
  const ring = ringOfDegree(4096);
  const vectors = { a: Float64Array.of(0, 0.5, -0.5, 3, -4), b: Float64Array.of(-1e-3) };

  test('without masks it would be the quantised values', () => {
    const quantised = quantiseInput(task, { vectors, weight: 3, clipping: 'reject' }, systemRandom);
    const upload = concatBytes(...quantised.map((part, i) => packBits(part, [20, 32, 6][i] ?? 0)));
    const shown = compareReceived(task, { vectors, weight: 3 }, upload, 6);
    expect(shown.map(({ name }) => name)).toEqual(['a[0]', 'a[1]', 'a[2]', 'a[3]', 'a[4]', 'b[0]']);
    for (const { received, plain } of shown)
      expect(Math.abs(Number(received - plain))).toBeLessThanOrEqual(1);
    expect(compareReceived(task, { vectors, weight: 3 }, upload, 2)).toHaveLength(2);
    expect(() => compareReceived(task, { vectors, weight: 3 }, upload.subarray(1), 2)).toThrow(RangeError);
  });

  test('without encryption it would be the encoded values, in every chunk of a vector', () => {
    const long = Float64Array.from({ length: 2 * ring.degree + 3 }, (_, i) => Math.sin(i) / 2);
    const floats: Task = {
      ...task,
      suite: 'ckks/sumkey',
      vectors: [
        { name: 'a', length: 5, bits: 60, scale: 2 ** 45, clip: 4, weighted: true },
        { name: 'long', length: long.length, bits: 60, scale: 2 ** 45, clip: 4, weighted: false },
      ],
    };
    const inputs = plainVectors(floats, { vectors: { a: vectors.a, long }, weight: 3, clipping: 'reject' });
    const upload = concatBytes(
      ...encodedVectors(floats).map(({ encoding, length }, v) => {
        const words = chunksOf(ring, encoding, length).map(({ from, to }) =>
          coefficientEncoder.encode(ring, encoding, (inputs[v] as Float64Array).subarray(from, to)),
        );
        return packWords(ring, concatBytes(...words));
      }),
    );
    const shown = compareReceived(floats, { vectors: { a: vectors.a, long }, weight: 3 }, upload, 10_000);
    expect(shown).toHaveLength(5 + long.length);
    // Halves are rounded one way here and the other way there.
    const wrong = shown.filter(({ received, plain }) => Math.abs(Number(received - plain)) > 1);
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(shown.slice(1, 3).map(({ plain }) => plain)).toEqual([3n << 44n, ring.modulus - (3n << 44n)]);
  });

  test('uploads are recorded when they were accepted, whole, and by sender', async () => {
    const seen: unknown[] = [];
    const wrap = recordUploads((upload) => seen.push(upload));
    const api = {
      putChunk: (_: string, offset: number, chunk: Uint8Array) =>
        Promise.resolve({ nextOffset: offset + chunk.length }),
      commitUpload: (session: string) =>
        session === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(),
    } as unknown as ParticipantApi;
    const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)];
    await wrap(api, one).putChunk('s', 0, Uint8Array.of(9));
    await wrap(api, one).putChunk('s', 0, Uint8Array.of(1, 2));
    await wrap(api, two).putChunk('s', 0, Uint8Array.of(7));
    await wrap(api, one).putChunk('s', 2, Uint8Array.of(3));
    await wrap(api, one).commitUpload('s');
    await wrap(api, two).putChunk('bad', 0, Uint8Array.of(7));
    await expect(wrap(api, two).commitUpload('bad')).rejects.toThrow('no');
    expect(seen).toEqual([{ session: 's', sender: one, bytes: Uint8Array.of(1, 2, 3) }]);
  });
});

test('a pausing transport stops before the chosen message and nowhere else', async () => {
  const calls: string[] = [];
  const api = Object.fromEntries(
    ['shareKeys', 'beginUpload', 'consistency'].map((name) => [name, async () => calls.push(name)]),
  ) as unknown as ParticipantApi;
  const paused: string[] = [];
  const { transport, pauseAt } = pausing(api, (point) => paused.push(point));
  const message = { payload: new Uint8Array(), signature: new Uint8Array() };
  pauseAt('r3');
  await transport.shareKeys('s', message, []);
  await transport.beginUpload('s', message);
  const stuck = transport.consistency('s', message).then(() => 'went on');
  await expect(
    Promise.race([stuck, new Promise((resolve) => setTimeout(resolve, 50, 'stuck'))]),
  ).resolves.toBe('stuck');
  expect([calls, paused]).toEqual([['shareKeys', 'beginUpload'], ['r3']]);
  pauseAt(null);
  await transport.consistency('s', message);
  expect(calls).toEqual(['shareKeys', 'beginUpload', 'consistency']);
});

test('a curve is one bar per value, cut to its ends', () => {
  expect(curve([0, 0.5, 0.9, 0.951, 0.999, 1, NaN], 0.9, 1)).toBe('▁▁▁▅███'.slice(0, 6) + '▁');
  expect(curve([], 0, 1)).toBe('');
});
