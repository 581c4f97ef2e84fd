/** What the tests of the harness share: properties over plays, counts of how far plays get, negative controls. */
import fc from 'fast-check';
import type { Play } from './decisions.js';
import { type Finding, judge, type Judgement } from './oracle.js';
import { type Observed, runPlay } from './play.js';
import { distance, readOut, truth } from './confirm.js';
import * as sound from './under-test.js';
import { isAsAssumed, smallRing } from './small-ring.js';
import { type Variant, weakened } from './variants.js';
import type { Under } from './world.js';

export interface Played {
  readonly observed: Observed;
  readonly judgement: Judgement;
}

export async function played(play: Play, under: Under = sound): Promise<Played> {
  const observed = await runPlay(play, under);
  return { observed, judgement: judge(observed) };
}

/** How many plays got how far. */
export interface Tally {
  plays: number;
  opened: number;
  openedTwice: number;
  uploadedTwice: number;
  split: number;
  answered: number;
  restarted: number;
  grants: number;
  evolving: number;
  pinned: number;
  /** Colluders stand closer on a ring than its numbers assume: what is found there is none of its promises. */
  closer: number;
  foundCloser: number;
}

const emptyTally = (): Tally => ({
  plays: 0,
  opened: 0,
  openedTwice: 0,
  uploadedTwice: 0,
  split: 0,
  answered: 0,
  restarted: 0,
  grants: 0,
  evolving: 0,
  pinned: 0,
  closer: 0,
  foundCloser: 0,
});

function count(tally: Tally, { observed, judgement }: Played): void {
  const { seats, world } = observed;
  const sessions = (which: (seat: Observed['seats'][number]['seat']) => boolean): number =>
    new Set(seats.filter(({ seat }) => which(seat)).map(({ session }) => session)).size;
  const { opened } = judgement;
  const openedSessions = new Set(opened.map(({ session }) => session)).size;
  tally.plays += 1;
  if (opened.length > 0) tally.opened += 1;
  if (openedSessions > 1) tally.openedTwice += 1;
  if (sessions(({ sent }) => sent.headers.length > 0) > 1) tally.uploadedTwice += 1;
  if (seats.some(({ seat }) => ['NO_QUORUM', 'EQUIVOCATION', 'MISSING_HEADER'].includes(seat.reason ?? '')))
    tally.split += 1;
  if (seats.some(({ seat }) => seat.sent.answers.length > 0)) tally.answered += 1;
  if (seats.some(({ seat: { sent } }) => [sent.headers, sent.r3, sent.r4].some(({ length }) => length > 1)))
    tally.restarted += 1;
  if (world.grant !== null && openedSessions > 1) tally.grants += 1;
  if (world.play.scope === 'evolving' && opened.length > 0) tally.evolving += 1;
  if (world.play.pinned && opened.length > 0) tally.pinned += 1;
}

/** On every ring that somebody was shown. */
const areAsAssumed = ({ world, contexts }: Observed): boolean =>
  world.play.suite !== smallRing.id ||
  [...contexts.values()].every(({ session, colluders }) =>
    isAsAssumed(
      session,
      [...colluders.values()].map(({ position }) => position),
    ),
  );

/** Plays generated adversaries against the sound protocol. */
export async function nothingIsFound(plays: fc.Arbitrary<Play>, numRuns: number): Promise<Tally> {
  const tally = emptyTally();
  await fc.assert(
    fc.asyncProperty(plays, async (play) => {
      const one = await played(play);
      count(tally, one);
      const { findings } = one.judgement;
      const isCloser = !areAsAssumed(one.observed);
      if (isCloser) tally.closer += 1;
      if (isCloser && findings.length > 0) tally.foundCloser += 1;
      else if (findings.length > 0) throw new Error(`the adversary got: ${findings.join(', ')}`);
      expectConfirmed(one);
    }),
    { numRuns },
  );
  return tally;
}

/** What the algebra says can be computed comes out, as numbers. @throws when it does not */
export function expectConfirmed({ observed, judgement }: Played): void {
  for (const combination of judgement.combinations) {
    if (observed.world.play.suite === 'ckks/sumkey') {
      if (distance(observed, judgement, combination) > 1) throw new Error('the keys open something else');
      continue;
    }
    const [read, inputs] = [readOut(observed, judgement, combination), truth(observed, combination)];
    if (read.join() !== inputs.join()) throw new Error('a derivable combination does not come out');
  }
}

/** Finds of what nobody may learn, as opposed to messages that nobody may send. */
const isLeak = (finding: Finding): boolean => finding !== 'two faces';

/** @returns how many plays it took to find a leak in a broken protocol; null when none was found */
export async function playsUntilLeak(
  variant: Variant,
  plays: fc.Arbitrary<Play>,
  numRuns: number,
): Promise<number | null> {
  const under = await weakened(variant);
  const found = await fc.check(
    fc.asyncProperty(plays, async (play) => {
      const { findings } = (await played(play, under)).judgement;
      if (findings.some(isLeak)) throw new Error(findings.join());
    }),
    { numRuns, seed: 7, endOnFailure: true },
  );
  return found.failed ? found.numRuns : null;
}
