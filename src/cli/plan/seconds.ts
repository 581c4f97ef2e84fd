/**
 * How long masking and unmasking would take one core of this machine: estimates from how fast it masks and agrees on keys
 * now, times how often either is done. Not in them: shares and their opening, signatures, the network, the store.
 */
import { agree, maskKeyPair } from '../../../crypto/key-agreement.js';
import { createNodeEngine } from '../../../crypto/mask-engine/node.js';
import { systemRandom } from '../../../crypto/random.js';

export interface Rates {
  /** Coordinates of one mask, made and added. */
  readonly coordinatesPerSecond: number;
  /** X25519. */
  readonly agreementsPerSecond: number;
}

const STREAMS = 8;
const COORDINATES = 2 ** 17;
const AGREEMENTS = 100;
/** The first one warms up; the fastest counts, because others use the machine, too. */
const REPEATS = 4;

/** Takes some 50 ms. */
export async function measureRates(): Promise<Rates> {
  const engine = createNodeEngine({ threads: 0 });
  const { privateKey } = maskKeyPair(systemRandom(32));
  const { publicKey } = maskKeyPair(systemRandom(32));
  const streams = Array.from({ length: STREAMS }, () => ({
    key: systemRandom(16),
    nonce: systemRandom(12),
    sign: 1 as const,
  }));
  const vectors = [{ name: 'x', bits: 32, length: COORDINATES, base: null, streams }];
  const masking = await fastest(() => engine.run({ kind: 'mask', output: 'integers', vectors }));
  const agreeing = await fastest(() => {
    for (let count = 0; count < AGREEMENTS; count += 1) agree(privateKey, publicKey);
  });
  await engine.close();
  return {
    coordinatesPerSecond: (STREAMS * COORDINATES) / masking,
    agreementsPerSecond: AGREEMENTS / agreeing,
  };
}

/** @returns seconds */
async function fastest(work: () => unknown): Promise<number> {
  let best = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const beganMs = performance.now();
    await work();
    best = Math.min(best, (performance.now() - beganMs) / 1000);
  }
  return best;
}

/** A mask for each neighbour, and the own one. */
export const maskSeconds = (rates: Rates, length: number, neighbours: number): number =>
  seconds(rates, (neighbours + 1) * length, neighbours);

export interface Unmasking {
  /** Coordinates. */
  readonly length: number;
  readonly participants: number;
  /** How many of them upload nothing. */
  readonly losses: number;
  /** Of each participant. */
  readonly neighbours: number;
}

/** The own mask of each survivor, and that of each two neighbours of whom one survived. */
export function unmaskSeconds(rates: Rates, { length, participants, losses, neighbours }: Unmasking): number {
  const survivors = participants - losses;
  const pairs = (losses * neighbours * survivors) / (participants - 1);
  return seconds(rates, (survivors + pairs) * length, pairs);
}

/** To three digits. */
const seconds = (rates: Rates, coordinates: number, agreements: number): number =>
  Number((coordinates / rates.coordinatesPerSecond + agreements / rates.agreementsPerSecond).toPrecision(3));
