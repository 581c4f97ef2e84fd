/** Known answers for `masking/ring`: the ring and the committee of a roster, the numbers, the window check, a beacon. */
import * as c from '../../../crypto/index.js';
import { beaconRandomness } from '../../../crypto/beacon-signature.js';
import type { SessionContext } from '../../../src/protocol/context.js';
import { BlindsumError } from '../../../src/protocol/errors.js';
import { memberSet } from '../../../src/protocol/sets.js';
import { ringNumbers } from '../../../src/protocol/suites/masking-ring/numbers.js';
import { ringNeighbours, ringOf, ringSigners } from '../../../src/protocol/suites/masking-ring/ring.js';
import { checkWindows } from '../../../src/protocol/suites/masking-ring/windows.js';
import { beaconExtension } from '../../../src/protocol/beacon.js';

/** Round 1000 of drand's `quicknet`, as its nodes publish it. */
export const QUICKNET = {
  chain: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  publicKey:
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  round: 1000,
  signature:
    'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
};

const bytes = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

interface Drawn {
  readonly size: number;
  readonly w: number;
  readonly h: number;
  readonly m: number;
  readonly beacon: Uint8Array | null;
}

function sessionOf({ size, w, h, m, beacon }: Drawn): SessionContext {
  const roster = Array.from({ length: size }, () => ({ identity: bytes(0), keys: null }));
  const task = { critical: beacon === null ? [] : [beaconExtension(QUICKNET.chain)] };
  const parameters = { q: 1, t: 2, k: 2 * w, w, h, m };
  const named = { id: bytes(1), rosterRoot: bytes(2), ctx: bytes(3), beacon };
  return { ...named, roster, task, parameters } as unknown as SessionContext;
}

const RINGS: readonly Drawn[] = [
  { size: 26, w: 6, h: 2, m: 0, beacon: null },
  { size: 26, w: 6, h: 2, m: 0, beacon: beaconRandomness(c.fromHex(QUICKNET.signature)) },
  { size: 5000, w: 8, h: 3, m: 12, beacon: null },
];

const LOADS = [
  [26, 1, 4, 104],
  [200, 20, 30, 104],
  [1000, 100, 100, 104],
  [1000, 100, 100, 40],
  [10_000, 1000, 1500, 104],
  [41, 1, 8, 104],
] as const;

function passes(session: SessionContext, missing: readonly number[]): boolean {
  const members = session.roster.map((_, position) => position).filter((at) => !missing.includes(at));
  try {
    checkWindows(session, 3, memberSet(session.ctx, 3, members, session.roster.length));
    return true;
  } catch (error) {
    if (error instanceof BlindsumError) return false;
    throw error;
  }
}

export function ringVectors(): object {
  return {
    description: 'Known answers for masking/ring (§5.2). Bytes are lower-case hexadecimal. See README.md.',
    rings: RINGS.map((drawn) => {
      const session = sessionOf(drawn);
      const order = [...ringOf(session).order];
      const { w, h } = drawn;
      const run = (length: number): number[] => order.slice(3, 3 + length);
      return {
        ...{ session: c.toHex(session.id), rosterRoot: c.toHex(session.rosterRoot) },
        ...{ ...drawn, beacon: drawn.beacon === null ? null : c.toHex(drawn.beacon) },
        order: order.slice(0, 40),
        last: order.slice(-3),
        neighboursOf0: ringNeighbours(session, 0),
        committee: drawn.m === 0 ? null : ringSigners(session),
        windows: [run(w - h), run(w - h + 1)].map((missing) => ({
          missing,
          passes: passes(session, missing),
        })),
      };
    }),
    numbers: LOADS.map(([participants, colluders, losses, securityBits]) => ({
      ...{ participants, colluders, losses, securityBits },
      numbers: ringNumbers({ participants, colluders, losses }, securityBits),
    })),
    beacon: { ...QUICKNET, value: c.toHex(beaconRandomness(c.fromHex(QUICKNET.signature))) },
  };
}
