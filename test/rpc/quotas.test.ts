// What organisations may call together, over real connections.
import { afterEach, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { createTokenSource } from '../../src/client/node/token.js';
import { silentLogger } from '../../src/coordinator/logger.js';
import type { Quota, Quotas } from '../../src/coordinator/organisations.js';
import { certificateCodec } from '../../src/protocol/documents.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import { participants } from '../helpers/protocol.js';
import { until } from '../helpers/until.js';
import { COORDINATOR, PARTICIPANT, refusalOf, signer, startWorld, type World } from './fakes.js';
import { runSession, serve } from './helpers/served.js';

const SESSION = 'ab'.repeat(32);
const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0)) await step();
});

const organiser = signer(3);
/** PARTICIPANT by its key, and whoever has such a certificate. */
const clinic = (quota: Quota): Quotas => ({
  organisations: [
    { name: 'clinic', participants: [toHex(PARTICIPANT.publicKey)], certificates: ['clinic/*'], quota },
  ],
  others: {},
});

async function start(...args: Parameters<typeof startWorld>): Promise<World> {
  const world = await startWorld(...args);
  cleanup.push(() => world.close());
  return world;
}

/** The client of somebody else. */
function client(world: World, seed: number, name: string | null = null) {
  const own = signer(seed);
  const period = { notBeforeMs: 0, expiresMs: 2 ** 45 };
  const certificate: Signed | null =
    name === null
      ? null
      : signBody(certificateCodec, { identity: own.publicKey, name, ...period }, organiser);
  const token = createTokenSource({ signer: own, coordinatorKey: COORDINATOR.publicKey });
  return world.participant({ token, certificate });
}

test('calls per second are counted for the whole organisation, and for nobody else', async () => {
  let nowMs = 0;
  const refused = new Set<string>();
  const world = await start(
    { getOutcome: async () => ({ result: null, abort: null }) },
    {},
    {
      quotas: clinic({ calls: { perSecond: 4, burst: 5 } }),
      elapsedMs: () => nowMs,
      auth: {
        authorize: ({ identity }: { identity: Uint8Array }) => {
          if (!refused.has(toHex(identity))) return;
          throw new BlindsumError('CERTIFICATE_REVOKED', 'peer', 'revoked');
        },
      } as never,
    },
  );
  const [first, second, stranger] = [world.participant(), client(world, 9, 'clinic/9'), client(world, 10)];
  // Who is not let in takes nothing from those who are.
  refused.add(toHex(signer(11).publicKey));
  const revoked = client(world, 11, 'clinic/11');
  for (let times = 0; times < 9; times += 1)
    expect((await refusalOf(revoked.getOutcome(SESSION))).code).toBe('CERTIFICATE_REVOKED');
  for (const caller of [first, second, first, second, first]) await caller.getOutcome(SESSION);
  for (const caller of [first, second]) {
    const refusal = await refusalOf(caller.getOutcome(SESSION));
    expect([refusal.code, refusal.retryAfterMs]).toEqual(['OVERLOADED', 250]);
    expect(refusal.message).toBe('more than 4 calls per second, the quota of organisation clinic');
  }
  for (let times = 0; times < 9; times += 1) await stranger.getOutcome(SESSION);
  nowMs += 250;
  await second.getOutcome(SESSION);
  expect((await refusalOf(first.getOutcome(SESSION))).code).toBe('OVERLOADED');
});

test('calls at a time; those that end make room, those that are refused take none', async () => {
  const finish: (() => void)[] = [];
  const held = () => new Promise<void>((resolve) => finish.push(resolve));
  const world = await start(
    { consistency: held },
    {},
    {
      quotas: { ...clinic({ callsAtOnce: 2 }), others: { callsAtOnce: 1 } },
      limits: { maxCalls: 2 },
    },
  );
  const signed = { payload: new Uint8Array(1), signature: new Uint8Array(64) };
  const [first, second] = [world.participant(), client(world, 9, 'clinic/9')];
  const running = [first, second].map((caller) => caller.consistency(SESSION, signed));
  await until(() => finish.length === 2);
  for (let times = 0; times < 5; times += 1) {
    const refusal = await refusalOf(second.consistency(SESSION, signed));
    expect([refusal.code, refusal.message]).toEqual([
      'OVERLOADED',
      '2 calls are in progress, the quota of organisation clinic',
    ]);
  }
  // Each of the others by itself.
  const others = [client(world, 10), client(world, 11)];
  running.push(...others.map((caller) => caller.consistency(SESSION, signed)));
  await until(() => finish.length === 4);
  const refusal = await refusalOf((others[0] as (typeof others)[0]).consistency(SESSION, signed));
  expect(refusal.message).toBe('1 calls are in progress, the quota of each participant in no organisation');
  finish.splice(0).forEach((end) => end());
  await Promise.all(running);
  const again = second.consistency(SESSION, signed);
  await until(() => finish.length === 1);
  finish.forEach((end) => end());
  await again;
});

test('a session whose participants share a small quota comes to its end, with the sum of all', async () => {
  const everybody = {
    name: 'clinic',
    participants: participants(3).map(({ identity }) => toHex(identity)),
    certificates: [],
    quota: { calls: { perSecond: 100, burst: 3 }, callsAtOnce: 2 },
  };
  const refused: string[] = [];
  const log = ({ reason = '' }: { reason?: string }): void => void refused.push(reason);
  const logger = { ...silentLogger, debug: log, info: log };
  const served = await serve({ quotas: { organisations: [everybody], others: {} }, logger });
  cleanup.push(() => served.close());
  const { sums, expected } = await runSession(served);
  expect(sums).toEqual([expected, expected, expected]);
  expect(refused.filter((reason) => reason.endsWith('the quota of organisation clinic'))).not.toEqual([]);
});
