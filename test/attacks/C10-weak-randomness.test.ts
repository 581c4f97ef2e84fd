/**
 * Whoever can guess a participant's random numbers has its masks. All of them come from the platform's cryptographic
 * generator: session keys, self-mask seed, the polynomials of the shares, the secret that stochastic rounding follows from.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, jest, test } from '@jest/globals';
import * as nodeCrypto from 'node:crypto';
import { toHex, utf8 } from '../../crypto/bytes.js';
import { shareKeyPair, maskKeyPair } from '../../crypto/key-agreement.js';
import { deterministicRandom, systemRandom } from '../../crypto/random.js';
import { reconstructSecret } from '../../crypto/secret-sharing.js';
import { advertiseKeys } from '../../src/protocol/client/r0-advertise-keys.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { advertiseKeysCodec } from '../../src/protocol/messages.js';
import { quantiseInput } from '../../src/protocol/quantise.js';
import { chiSquared, criticalValue } from '../leak/chi-squared.js';
import { makeWorld, sumOf, valuesOf } from '../client/helpers/world.js';
import {
  type AtR1,
  closeR0,
  must,
  participants,
  type Setup,
  setUp,
  taskOf,
  vectorOf,
} from '../helpers/protocol.js';

afterEach(() => {
  jest.restoreAllMocks();
});

const root = fileURLToPath(new URL('../..', import.meta.url));

test('C10 Math.random is nowhere but in the delay before a call is repeated and the choice of an address', () => {
  const users = ['crypto', 'src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name))
      .filter((path) =>
        /Math\s*(\.|\[\s*['"`])\s*random|\brandom\s*}\s*=\s*Math\b/.test(
          readFileSync(join(root, path), 'utf8'),
        ),
      ),
  );
  expect(users.sort()).toEqual([join('src', 'rpc', 'failover.ts'), join('src', 'rpc', 'retry.ts')]);
});

test('C10 the default source is that of the platform, on both backends', async () => {
  const marker = 0xa5;
  jest.resetModules();
  jest.unstable_mockModule('node:crypto', () => ({
    ...nodeCrypto,
    randomFillSync: (bytes: Uint8Array) => bytes.fill(marker),
  }));
  const { backend: node } = await import('../../crypto/backend/node.js');
  expect(node.randomBytes(5)).toEqual(new Uint8Array(5).fill(marker));
  const { backend: portable } = await import('../../crypto/backend/portable.js');
  const platform = jest.spyOn(globalThis.crypto, 'getRandomValues');
  const drawn = portable.randomBytes(70_000);
  expect(platform.mock.calls.reduce((sum, [array]) => sum + (array as Uint8Array).length, 0)).toBe(70_000);
  // Also beyond what the platform gives at once.
  expect(drawn.subarray(65_536).some((byte) => byte !== 0)).toBe(true);
});

test('C10 what it gives is uniform and never the same twice', () => {
  const bytes = systemRandom(1 << 18);
  const counts = new Array<number>(256).fill(0);
  for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1;
  expect(chiSquared(counts)).toBeLessThan(criticalValue(255));
  expect(new Set(Array.from({ length: 1000 }, () => toHex(systemRandom(16)))).size).toBe(1000);
});

test('C10 clients that are given no source draw different keys though Math.random stands still, and never ask it', async () => {
  const weak = jest.spyOn(Math, 'random').mockReturnValue(0.5);
  const world = await makeWorld();
  try {
    const runs = world.parties.map((_, index) =>
      world.client(index).contribute({ task: world.taskId, vectors: { counts: valuesOf(index) } }),
    );
    const session = await world.open();
    const results = await Promise.all(runs);
    expect(results[0]?.sum.counts).toEqual(sumOf([0, 1, 2]));
    const entries = await Promise.all(world.parties.map((_, i) => world.journal(i).latches(session)));
    const keys = entries.flatMap((latches) => {
      const r0 = latches.find(({ message }) => message === 'r0');
      const body = advertiseKeysCodec.decode(r0?.signed.payload as Uint8Array);
      return [body.shareKey, body.maskKey, body.nonce].map(toHex);
    });
    expect(new Set(keys).size).toBe(9);
    expect(weak).not.toHaveBeenCalled();
  } finally {
    await world.stop();
  }
});

/** A source that notes what it gave. */
function noted(seed: string) {
  const random = deterministicRandom(utf8(seed));
  const drawn: Uint8Array[] = [];
  return {
    drawn,
    random: (length: number) => {
      const bytes = random(length);
      drawn.push(bytes.slice());
      return bytes;
    },
  };
}

const everyone = [0, 1, 2, 3];
const setup = setUp(participants(4));
const r1 = closeR0(setup, everyone) as AtR1;
const first = setup.members[0] as Setup['members'][number];

test('C10 both session keys and the nonce of r0 are draws of their own', () => {
  const { drawn, random } = noted('r0');
  const { state, send } = must(advertiseKeys(first.opened, 0, { ...first.deps, random }));
  const body = advertiseKeysCodec.decode(send.payload);
  expect(drawn.map(({ length }) => length)).toEqual([32, 32, 32]);
  expect([state.shareSeed, state.maskSeed, body.nonce]).toEqual(drawn);
  expect(body.shareKey).toEqual(shareKeyPair(drawn[0] as Uint8Array).publicKey);
  expect(body.maskKey).toEqual(maskKeyPair(drawn[1] as Uint8Array).publicKey);
});

test('C10 self-mask seed and polynomials are drawn anew: 32 bytes, and 32 for every coefficient of both secrets', () => {
  const deal = (seed: string) => {
    const { drawn, random } = noted(seed);
    const step = must(shareKeys(first.state, r1.message, { ...first.deps, random }));
    return { drawn, state: step.state };
  };
  const one = deal('one');
  const { t } = r1.frozen.session.parameters;
  expect(one.drawn.map(({ length }) => length)).toEqual([32, 32 * (t - 1), 32 * (t - 1)]);
  expect(one.state.suiteSeed).toEqual(one.drawn[0]);
  // No share of one deal is in another, and t of them do give the secret.
  const sharesOf = ({ state }: typeof one) =>
    [...state.dealt.values()].flatMap(({ shares }) => shares.map(toHex));
  expect(new Set([...sharesOf(one), ...sharesOf(deal('two'))]).size).toBe(2 * 2 * 3);
  const shares = [...one.state.dealt].map(([position, dealt]) => ({
    point: position + 1,
    share: dealt.shares[0] as Uint8Array,
  }));
  expect(reconstructSecret({ shares, threshold: t })).toEqual(first.state.maskSeed);
});

test('C10 rounding is decided by the source it is given, 32 bits a coordinate, and is unbiased', () => {
  const length = 20_000;
  const task = taskOf(participants(4), { vectors: [vectorOf({ length, bits: 16, clip: 10 })] });
  const input = {
    vectors: { counts: new Float64Array(length).fill(2.25) },
    weight: null,
    clipping: 'clip' as const,
  };
  const { drawn, random } = noted('rounding');
  const [values] = quantiseInput(task, input, random) as [Uint32Array];
  expect(drawn.reduce((sum, bytes) => sum + bytes.length, 0)).toBe(4 * length);
  const up = values.filter((value) => value === 3).length;
  expect(values.filter((value) => value === 2).length).toBe(length - up);
  // 6 standard deviations.
  expect(Math.abs(up - length / 4)).toBeLessThan(6 * Math.sqrt((length * 3) / 16));
  expect(quantiseInput(task, input, deterministicRandom(utf8('rounding')))[0]).toEqual(values);
  expect(quantiseInput(task, input, deterministicRandom(utf8('other')))[0]).not.toEqual(values);
});
