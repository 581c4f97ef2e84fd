/** Clients and a coordinator on a ring: from the roster alone, and from a beacon whose round is published meanwhile. */
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { afterEach, expect, test } from '@jest/globals';
import { beaconRandomness } from '../../crypto/beacon-signature.js';
import { toHex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { createDrandFile } from '../../src/client/node/drand-file.js';
import { beaconExtension, publishedMs, roundExtension } from '../../src/protocol/beacon.js';
import { type Opening, openingCodec } from '../../src/protocol/statements.js';
import { createMemoryStore } from '../../src/storage/memory.js';
import { makeWorld, sumOf, valuesOf, type World } from './helpers/world.js';

let world: World | undefined;
afterEach(() => world?.stop());

/** The smallest ring that stands one colluder and one dropout. */
const COUNT = 14;
const everyone = Array.from({ length: COUNT }, (_, index) => index);
const task = { suite: 'masking/ring', maxColluders: 1, minSurvivors: COUNT - 1 };

/** All of `present` contribute to one session. */
async function runSession(of: World, present: readonly number[]) {
  const opened = of.open();
  const results = present.map((index) =>
    of.client(index).contribute({ task: of.taskId, vectors: { counts: valuesOf(index) } }),
  );
  return [await opened, await Promise.all(results)] as const;
}

test('a sum over a ring, with one that never came', async () => {
  world = await makeWorld({ count: COUNT, task, joinMs: 1500 });
  const [, results] = await runSession(world, everyone.slice(1));
  for (const { sum, survivors } of results) {
    expect(sum['counts']).toEqual(sumOf(everyone.slice(1)));
    expect(survivors).toBe(COUNT - 1);
  }
});

/** A beacon of our own: whoever publishes has its key. */
function makeBeacon(genesisMs: number) {
  const scheme = bls12_381.shortSignatures;
  const { secretKey, publicKey } = scheme.keygen();
  const path = join(mkdtempSync(join(tmpdir(), 'beacon-')), 'rounds.jsonl');
  writeFileSync(path, '');
  const chain = { chain: 'ab'.repeat(32), genesisMs, periodMs: 200 };
  const publish = (round: number): void => {
    const message = new Uint8Array(8);
    new DataView(message.buffer).setUint32(4, round);
    const point = scheme.hash(sha256(message), 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_');
    const signature = scheme.sign(point, secretKey).toBytes(true);
    const line = { round, randomness: toHex(beaconRandomness(signature)), signature: toHex(signature) };
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  };
  return { publish, source: createDrandFile({ chain, publicKey: publicKey.toBytes(true), path }) };
}

async function openingOf(of: World): Promise<Opening> {
  for await (const { opening } of of.api(0).watchSessions(of.taskId, new AbortController().signal)) {
    return openingCodec.decode(opening.payload);
  }
  throw new Error('no session was announced');
}

test('a sum over a ring from a beacon: everybody waits for its round, which comes after the roster', async () => {
  const { source, publish } = makeBeacon(Date.now() - 1000);
  const critical = [beaconExtension(source.chain.chain)];
  world = await makeWorld({
    count: COUNT,
    task: { ...task, critical },
    joinMs: 500,
    roundMs: 7000,
    beacon: source,
  });
  const of = world;
  const session = runSession(of, everyone);
  const opening = await openingOf(of);
  const round = Number(opening.critical[0]?.split(':')[1]);
  expect(opening.critical).toEqual([roundExtension(round)]);
  const waitMs = publishedMs(source.chain, round) - Date.now();
  expect(waitMs).toBeGreaterThan(500);
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  publish(round);
  const [, results] = await session;
  for (const { sum } of results) expect(sum['counts']).toEqual(sumOf(everyone));
}, 60_000);

test('a coordinator without the beacon takes no such task, and opens no session of one it had', async () => {
  const { source } = makeBeacon(0);
  const unsupported = { code: 'UNSUPPORTED', fault: 'caller' };
  const critical = [beaconExtension(source.chain.chain)];
  const store = createMemoryStore();
  const before = await makeWorld({
    count: COUNT,
    task: { ...task, critical },
    beacon: source,
    store,
  });
  await before.stop();
  world = await makeWorld({ count: COUNT, store });
  await expect(world.createTask({ ...task, critical })).rejects.toMatchObject(unsupported);
  await expect(world.open(null, before.taskId)).rejects.toMatchObject(unsupported);
});

test('a participant without the beacon, or whose file cannot be read, says so before it waits for a session', async () => {
  const { source } = makeBeacon(0);
  const critical = [beaconExtension(source.chain.chain)];
  world = await makeWorld({ count: COUNT, task: { ...task, critical }, beacon: source });
  const of = world;
  const { taskId, trust } = of;
  const contribute = (overrides: Parameters<World['client']>[1]) =>
    of.client(0, overrides).contribute({ task: taskId, vectors: { counts: valuesOf(0) } });
  const unsupported = { code: 'UNSUPPORTED', fault: 'caller' };
  await expect(contribute({ beacon: null })).rejects.toMatchObject(unsupported);
  const anchors = { ...trust.anchors, beacon: null };
  await expect(contribute({ trust: { ...trust, anchors } })).rejects.toMatchObject(unsupported);
  const gone = { chain: source.chain, publicKey: new Uint8Array(96), path: '/nowhere/rounds.jsonl' };
  await expect(contribute({ beacon: createDrandFile(gone) })).rejects.toMatchObject({
    code: 'UNREADABLE_FILE',
  });
});
