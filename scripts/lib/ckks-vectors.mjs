// Encrypts, adds and opens fixed vectors with fixed randomness, with the blindsum installed in the folder given, and
// prints what came out: one JSON object, the same bytes wherever the arithmetic is the same. See scripts/ckks-node22.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const load = (name) => import(pathToFileURL(join(folder, 'dist', 'crypto', name)).href);
const { addCiphertext, mergeSums } = await load('ckks/ciphertext-sum.js');
const { coefficientEncoder } = await load('ckks/encoding.js');
const { openVector } = await load('ckks/opening.js');
const { chooseParameters, sumBytes } = await load('ckks/parameters.js');
const { elementBytes, RINGS } = await load('ckks/ring.js');
const { secretKeyFromSeed } = await load('ckks/sampling.js');
const { loadSlotEncoder } = await load('ckks/seal.js');
const { encryptVectors } = await load('ckks/sum-key.js');
const { deterministicRandom } = await load('random.js');

const PARTICIPANTS = 5;
const LENGTH = 5000;
const hash = (...parts) => parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest('hex');

const answers = {};
for (const ring of RINGS) {
  const slots = await loadSlotEncoder(ring);
  for (const encoder of [coefficientEncoder, slots]) {
    answers[`${encoder.kind}/${ring.degree}`] = session(ring, encoder);
  }
  slots.close();
}
process.stdout.write(`${JSON.stringify({ node: process.version, nodeSeal: sealVersion(), answers })}\n`);

function session(ring, encoder) {
  const { kind } = encoder;
  const choice = chooseParameters({
    participants: PARTICIPANTS,
    maxAbs: 1,
    precision: 1e-6,
    kind,
    degree: ring.degree,
  });
  const { encoding } = choice;
  const ctx = new Uint8Array(32).fill(1);
  const sum = new Uint8Array(sumBytes(ring, kind, LENGTH));
  const keys = new Uint8Array(elementBytes(ring));
  const uploads = [];
  const expected = new Float64Array(LENGTH);
  for (let who = 0; who < PARTICIPANTS; who += 1) {
    const random = deterministicRandom(Uint8Array.of(who, ring.modulusBits));
    const values = Float64Array.from({ length: LENGTH }, (_, i) => ((i * (who + 7)) % 2001) / 1000 - 1);
    values.forEach((value, i) => (expected[i] += value));
    const key = secretKeyFromSeed(ring, ctx, random(32));
    mergeSums(ring, keys, key);
    const [upload] = encryptVectors(ring, {
      ctx,
      key,
      vectors: [{ name: 'v', encoding, encoder, values }],
      random,
    });
    addCiphertext(ring, sum, upload);
    uploads.push(upload);
  }
  const survivors = PARTICIPANTS;
  const opened = openVector(ring, {
    ctx,
    name: 'v',
    encoding,
    encoder,
    length: LENGTH,
    sum,
    key: keys,
    survivors,
  });
  const error = opened.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i])), 0);
  return {
    uploads: hash(...uploads),
    sum: hash(sum),
    opened: hash(new Uint8Array(opened.buffer)),
    withinBound: error <= choice.errorBound,
  };
}

function sealVersion() {
  const { resolve } = createRequire(join(folder, 'dist', 'crypto', 'ckks', 'seal.js'));
  const files = resolve.paths('node-seal').map((path) => join(path, 'node-seal', 'package.json'));
  return JSON.parse(readFileSync(files.find(existsSync), 'utf8')).version;
}
