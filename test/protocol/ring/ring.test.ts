/** The ring of a session: who stands where, who are neighbours, who is in the committee, and what a set has to keep of it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SessionContext } from '../../../src/protocol/context.js';
import { BlindsumError } from '../../../src/protocol/errors.js';
import { memberSet } from '../../../src/protocol/sets.js';
import { ringNeighbours, ringOf, ringSigners } from '../../../src/protocol/suites/masking-ring/ring.js';
import { checkWindows } from '../../../src/protocol/suites/masking-ring/windows.js';

interface Wanted {
  readonly size: number;
  readonly w: number;
  readonly h?: number;
  readonly m?: number;
  readonly seed?: number;
}

/** Only what the ring is made from. */
function sessionOf({ size, w, h = 1, m = 0, seed = 0 }: Wanted): SessionContext {
  const bytes = new Uint8Array(32).fill(seed);
  const roster = Array.from({ length: size }, () => ({ identity: bytes, keys: null }));
  const parameters = { q: 1, t: 2, k: 2 * w, w, h, m };
  const task = { critical: [] };
  return {
    id: bytes,
    rosterRoot: bytes,
    ctx: bytes,
    roster,
    parameters,
    task,
    beacon: null,
  } as unknown as SessionContext;
}

const at = (session: SessionContext, place: number): number => {
  const { order } = ringOf(session);
  return order[((place % order.length) + order.length) % order.length] as number;
};

describe('neighbours', () => {
  test('are the w nearest on either side, each of the other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 60 }), fc.nat(255), fc.nat(), (size, seed, which) => {
        const w = 1 + (which % Math.floor((size - 2) / 2));
        const session = sessionOf({ size, w, seed });
        for (let place = 0; place < size; place += 1) {
          const position = at(session, place);
          const near = ringNeighbours(session, position);
          const steps = Array.from({ length: w }, (_, step) => [
            at(session, place + step + 1),
            at(session, place - step - 1),
          ]);
          expect([...near]).toEqual(steps.flat().sort((a, b) => a - b));
          expect(new Set(near).size).toBe(2 * w);
          expect(near).not.toContain(position);
          for (const peer of near) expect(ringNeighbours(session, peer)).toContain(position);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('follow from the opening and the roster, and not from the integers that the coordinator states', () => {
    const session = sessionOf({ size: 50, w: 5 });
    const order = [...ringOf(session).order];
    const other = new Uint8Array(32).fill(9);
    expect([...ringOf({ ...session, id: other }).order]).not.toEqual(order);
    expect([...ringOf({ ...session, rosterRoot: other }).order]).not.toEqual(order);
    expect([
      ...ringOf({ ...session, ctx: other, parameters: { ...session.parameters, w: 6 } }).order,
    ]).toEqual(order);
  });

  test('are kept for all who have the session, and for as long as somebody has it', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = [sessionOf({ size: 30, w: 3, seed: 77 })];
    const near = new WeakRef(ringNeighbours(held[0] as SessionContext, 0));
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    await turn();
    collect();
    expect(ringNeighbours({ ...(held[0] as SessionContext) }, 0) === near.deref()).toBe(true);
    held.pop();
    await turn();
    collect();
    expect(near.deref()).toBeUndefined();
  });

  test('are the same however many other sessions were looked at in between', () => {
    const session = sessionOf({ size: 30, w: 3 });
    const before = ringNeighbours(session, 4);
    for (let seed = 1; seed < 40; seed += 1) ringOf(sessionOf({ size: 30, w: 3, seed }));
    expect(ringNeighbours(session, 4)).toEqual(before);
  });
});

describe('the committee', () => {
  test('is everybody where it has no members of its own', () => {
    expect(ringSigners(sessionOf({ size: 5, w: 1 }))).toEqual([0, 1, 2, 3, 4]);
  });

  test('has m members, increasing, whom the ring does not tell', () => {
    const session = sessionOf({ size: 3000, w: 5, m: 100 });
    const signers = ringSigners(session);
    expect(new Set(signers).size).toBe(100);
    expect([...signers].sort((a, b) => a - b)).toEqual([...signers]);
    expect([...signers]).not.toEqual([...ringOf(session).order.subarray(0, 100)].sort((a, b) => a - b));
    expect(ringSigners({ ...session, rosterRoot: new Uint8Array(32).fill(7) })).not.toEqual(signers);
  });
});

describe('the window check', () => {
  const refusal = (session: SessionContext, missing: readonly number[]): string | null => {
    const gone = new Set(missing.map((place) => at(session, place)));
    const members = session.roster.map((_, position) => position).filter((position) => !gone.has(position));
    try {
      checkWindows(session, 3, memberSet(session.ctx, 3, members, session.roster.length));
      return null;
    } catch (error) {
      if (error instanceof BlindsumError) return error.code;
      throw error;
    }
  };

  test.each([
    ['nobody', [], null],
    ['as many as may go from one window', [3, 4, 5], null],
    ['one more', [3, 4, 5, 6], 'TOO_FEW_SURVIVORS'],
    ['one more, a gap between', [3, 4, 6, 7], 'TOO_FEW_SURVIVORS'],
    ['one more, in no single window', [3, 4, 5, 9], null],
    ['one more, across the end of the list', [-2, -1, 0, 1], 'TOO_FEW_SURVIVORS'],
    ['two runs of w', [0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 24, 25], 'TOO_FEW_SURVIVORS'],
  ])('%s drop out', (_, missing, code) => {
    expect(refusal(sessionOf({ size: 40, w: 6, h: 3 }), missing)).toBe(code);
  });

  test('agrees with looking at every window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(3),
        fc.array(fc.nat(29), { maxLength: 15 }),
        (size, w, fewer, places) => {
          const h = Math.max(1, w - fewer);
          const missing = places.filter((place) => place < size);
          const isGone = (place: number): boolean => missing.includes(place % size);
          const kept = Array.from(
            { length: size },
            (_, first) =>
              Array.from({ length: w }, (__, step) => first + step).filter((place) => !isGone(place)).length,
          );
          const expected = kept.some((count) => count < h) ? 'TOO_FEW_SURVIVORS' : null;
          expect(refusal(sessionOf({ size, w, h, seed: size }), missing)).toBe(expected);
        },
      ),
    );
  });

  /** Whether those who stayed and are honest are connected by being neighbours. */
  function isConnected(
    size: number,
    w: number,
    missing: ReadonlySet<number>,
    colluding: ReadonlySet<number>,
  ): boolean {
    const honest = Array.from({ length: size }, (_, place) => place).filter(
      (place) => !missing.has(place) && !colluding.has(place),
    );
    const gaps = honest.map(
      (place, index) => ((honest[(index + 1) % honest.length] as number) - place + size) % size || size,
    );
    // Cut in one place only a ring still hangs together.
    return gaps.filter((gap) => gap > w).length <= 1;
  }

  test('no set that passes cuts honest survivors apart, when fewer than h collude in any window', () => {
    let cut = 0;
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.nat(1)),
        fc.integer({ min: 12, max: 60 }),
        fc.integer({ min: 2, max: 5 }),
        (bits, size, w) => {
          const next = (): number => bits.next().value as number;
          const h = 1 + (w >> 1);
          const colluding = new Set<number>();
          const inWindow = (first: number): number =>
            Array.from({ length: w }, (_, step) => (first + step) % size).filter((place) =>
              colluding.has(place),
            ).length;
          for (let place = 0; place < size; place += 1) {
            if (next() === 0) continue;
            colluding.add(place);
            for (let first = place - w + 1; first <= place; first += 1)
              if (inWindow(first + size) >= h) colluding.delete(place);
          }
          // All honest ones out that the check lets go.
          const session = sessionOf({ size, w, h, seed: 3 });
          const missing = new Set<number>();
          for (let place = 0; place < size; place += 1) {
            if (colluding.has(place)) continue;
            if (refusal(session, [...missing, place]) === null) missing.add(place);
          }
          expect(isConnected(size, w, missing, colluding)).toBe(true);
          // With h one lower the same coordinator cuts many a ring.
          const lower = sessionOf({ size, w, h: h - 1, seed: 3 });
          const more = new Set<number>();
          for (let place = 0; place < size; place += 1) {
            if (colluding.has(place)) continue;
            if (refusal(lower, [...more, place]) === null) more.add(place);
          }
          if (!isConnected(size, w, more, colluding)) cut += 1;
        },
      ),
      { numRuns: 200 },
    );
    expect(cut).toBeGreaterThan(20);
  });
});
