/**
 * Times the arithmetic of ckks/sumkey and sets it against what the same machine does in the same minute. See --help.
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { addCiphertext, mergeSums } from '../dist/crypto/ckks/ciphertext-sum.js';
import { reconstructKey } from '../dist/crypto/ckks/correction.js';
import { coefficientEncoder } from '../dist/crypto/ckks/encoding.js';
import { useKernel } from '../dist/crypto/ckks/kernel.js';
import { isLowDegree, proveLowDegree } from '../dist/crypto/ckks/low-degree-proof.js';
import { openVector } from '../dist/crypto/ckks/opening.js';
import { dealKey, sumShares } from '../dist/crypto/ckks/packed-sharing.js';
import { capacity, chooseParameters, chunkCount, sumBytes } from '../dist/crypto/ckks/parameters.js';
import { elementBytes, ringOfDegree } from '../dist/crypto/ckks/ring.js';
import { secretKeyFromSeed } from '../dist/crypto/ckks/sampling.js';
import { loadSlotEncoder } from '../dist/crypto/ckks/seal.js';
import { sharingOf } from '../dist/crypto/ckks/sharing.js';
import { encryptVectors } from '../dist/crypto/ckks/sum-key.js';
import { systemRandom } from '../dist/crypto/random.js';

const help = `usage: node scripts/measure-ckks.mjs [options]      (build first)

Encryption, addition, opening and sharing, the fastest of several runs, in milliseconds. References of the same run:
SEAL's encoding and one transform per chunk of as many coordinates; a plain 64-bit addition of as many words
(BigUint64Array). Prints one JSON object.

  --length N       coordinates (default 1000000)
  --degree N       4096 or 2048 (default 4096)
  --sessions N     whole small sessions, to see whether memory grows (default 0)
  --help
`;

const { values: options } = parseArgs({
  options: {
    length: { type: 'string', default: '1000000' },
    degree: { type: 'string', default: '4096' },
    sessions: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

const ring = ringOfDegree(Number(options.degree));
const length = Number(options.length);
const ctx = systemRandom(32);

if (options.help) {
  process.stdout.write(help);
} else {
  const slots = await loadSlotEncoder(ring);
  const report = {
    node: process.version,
    degree: ring.degree,
    length,
    reference: reference(slots),
    coefficients: vectors(coefficientEncoder),
    slots: vectors(slots),
    shares: [10, 100].map(shares),
    ...(options.sessions === '0' ? {} : { memory: memory(slots, Number(options.sessions)) }),
  };
  slots.close();
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}

/** Milliseconds of the fastest run. */
function fastest(work, runs = 5) {
  let best = Infinity;
  for (let i = 0; i < runs; i += 1) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return Number(best.toFixed(3));
}

/** SEAL's encoding of as many slots, and one transform for each of its chunks. */
function reference(slots) {
  const encoding = encodingFor('slots');
  const values = wave(capacity(ring, 'slots'));
  const chunks = chunkCount(ring, 'slots', length);
  const encodeMs = fastest(() => {
    for (let i = 0; i < chunks; i += 1) slots.encode(ring, encoding, values);
  }, 3);
  const transformMs = useKernel(ring, [elementBytes(ring)], (kernel, words) =>
    fastest(() => {
      for (let i = 0; i < chunks; i += 1) kernel.toTransformed(words);
    }, 3),
  );
  return { chunks, sealEncodeMs: encodeMs, transformMs, totalMs: encodeMs + transformMs };
}

function vectors(encoder) {
  const { kind } = encoder;
  const encoding = encodingFor(kind);
  const values = wave(length);
  let upload;
  let own;
  const encryptMs = fastest(() => {
    const key = secretKeyFromSeed(ring, ctx, systemRandom(32));
    own = key.slice();
    [upload] = encryptVectors(ring, {
      ctx,
      key,
      vectors: [{ name: 'v', encoding, encoder, values }],
      random: systemRandom,
    });
  });
  const sum = new Uint8Array(sumBytes(ring, kind, length));
  const addMs = fastest(() => addCiphertext(ring, sum, upload), 10);
  const one = new Uint8Array(sum.length);
  addCiphertext(ring, one, upload);
  const openMs = fastest(
    () => openVector(ring, { ctx, name: 'v', encoding, encoder, length, sum: one, key: own, survivors: 1 }),
    3,
  );
  const plainAddMs = plainAdd(sum.length / 8);
  return {
    bytesPerCoordinate: upload.length / length,
    encryptMs,
    addMs,
    openMs,
    plainAddMs,
    addRatio: Number((addMs / plainAddMs).toFixed(2)),
  };
}

function shares(holders) {
  const colluders = Math.max(1, Math.ceil(holders / 3) - 1);
  const sharing = sharingOf(ring, {
    threshold: Math.floor((holders + colluders) / 2) + 1,
    colluders,
    holders,
  });
  const key = secretKeyFromSeed(ring, ctx, systemRandom(32));
  const under = { ctx, dealer: systemRandom(32), shareRoot: systemRandom(32) };
  let dealt;
  let proof;
  const dealMs = fastest(() => (dealt = dealKey(ring, sharing, { key, random: systemRandom })));
  const proveMs = fastest(() => (proof = proveLowDegree(ring, sharing, { ...under, values: dealt.values })));
  const verifyMs = fastest(() =>
    isLowDegree(ring, sharing, { ...under, proof, holder: 1, share: dealt.shares[1] }),
  );
  const answers = dealt.shares.map((share, holder) => ({
    holder,
    answer: sumShares(ring, sharing, [share]),
  }));
  const reconstructMs = fastest(() => reconstructKey(ring, sharing, { answers, random: systemRandom }), 3);
  const [bad] = answers;
  bad.answer = bad.answer.slice();
  bad.answer[0] ^= 1;
  const correctMs = fastest(() => reconstructKey(ring, sharing, { answers, random: systemRandom }), 3);
  return {
    holders,
    shareBytes: dealt.shares[0].length,
    proofBytes: proof.length,
    dealMs,
    proveMs,
    verifyMs,
    reconstructMs,
    correctMs,
  };
}

/** Resident MiB after a tenth of the sessions, and after all. */
function memory(slots, sessions) {
  const sharing = sharingOf(ring, { threshold: 4, colluders: 1, holders: 5 });
  const resident = () => Math.round(process.memoryUsage().rss / 2 ** 20);
  let early = 0;
  for (let session = 1; session <= sessions; session += 1) {
    const encoder = session % 2 === 0 ? slots : coefficientEncoder;
    const encoding = encodingFor(encoder.kind);
    const values = wave(20_000);
    const total = new Uint8Array(elementBytes(ring));
    const sum = new Uint8Array(sumBytes(ring, encoder.kind, values.length));
    const deals = [];
    for (let who = 0; who < 5; who += 1) {
      const key = secretKeyFromSeed(ring, ctx, systemRandom(32));
      mergeSums(ring, total, key);
      deals.push(dealKey(ring, sharing, { key, random: systemRandom }));
      const vector = { name: 'v', encoding, encoder, values };
      const [upload] = encryptVectors(ring, { ctx, key, vectors: [vector], random: systemRandom });
      addCiphertext(ring, sum, upload);
    }
    const answers = [0, 1, 2, 3].map((holder) => ({
      holder,
      answer: sumShares(
        ring,
        sharing,
        deals.map(({ shares: own }) => own[holder]),
      ),
    }));
    const { key } = reconstructKey(ring, sharing, { answers, random: systemRandom });
    openVector(ring, { ctx, name: 'v', encoding, encoder, length: values.length, sum, key, survivors: 5 });
    if (session === Math.ceil(sessions / 10)) early = resident();
  }
  return { sessions, earlyMiB: early, endMiB: resident() };
}

function encodingFor(kind) {
  const choice = chooseParameters({
    participants: 100,
    maxAbs: 1,
    precision: 1e-7,
    kind,
    degree: ring.degree,
  });
  return choice.encoding;
}

function wave(count) {
  return Float64Array.from({ length: count }, (_, i) => Math.sin(i));
}

/** Adds two arrays of 64-bit words, modulo 2^64. */
function plainAdd(words) {
  const [a, b] = [new BigUint64Array(words), new BigUint64Array(words)];
  return fastest(() => {
    for (let i = 0; i < words; i += 1) a[i] += b[i];
  }, 10);
}
