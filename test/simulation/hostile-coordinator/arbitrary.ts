/**
 * Adversaries for fast-check. Most of what they decide is honest and a few things are not, since whoever deviates
 * everywhere is refused in r1. Some are built after known attacks: who is shown what is rarely right by chance.
 */
import fc from 'fast-check';
import { quorum } from '../../../src/protocol/parameters.js';
import {
  type Edge,
  type LastRound,
  type Missing,
  type Pass,
  passOf,
  type Play,
  type SessionPlay,
  sessionOf,
} from './decisions.js';
import { REACH } from './small-ring.js';
import { everyone } from './world.js';

interface Cast {
  readonly size: number;
  readonly colluders: readonly number[];
  readonly honest: readonly number[];
  /** How many may be missing. */
  readonly spare: number;
  /** Everybody neighbours only a few: what a victim sees of them matters more. */
  readonly isSparse: boolean;
  readonly isRing: boolean;
}

const rarely = <T>(usual: T, other: fc.Arbitrary<T>, weight = 6): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const some = (among: readonly number[], most: number): fc.Arbitrary<number[]> =>
  fc.subarray([...among], { maxLength: Math.max(0, Math.min(most, among.length)) });

const perParticipant = <T>(size: number, item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(item, { minLength: size, maxLength: size });

/** Nobody is told that it is missing itself: it would only refuse. */
const butOneself = (views: readonly Missing[]): Missing[] =>
  views.map((missing, viewer) => missing.filter((index) => index !== viewer));

/** Per viewer, who is missing. `most`: how many at once. */
function views({ size, spare, isSparse, isRing }: Cast, most = spare): fc.Arbitrary<Missing[]> {
  const all = everyone(size);
  const same = some(all, most).map((missing) => all.map(() => missing));
  const split = fc
    .tuple(
      fc.array(some(all, most), { minLength: 2, maxLength: 3 }),
      perParticipant(size, fc.nat({ max: 2 })),
    )
    .map(([lists, which]) => which.map((list) => lists[list % lists.length] as Missing));
  // Each leaves out others of the same few, so that nobody leaves out too many but many are left out by a majority.
  const spread = fc
    .tuple(fc.shuffledSubarray(all, { minLength: 1 }), perParticipant(size, fc.nat({ max: size })))
    .map(([targets, starts]) =>
      starts.map((start, viewer) => {
        const others = targets.filter((index) => index !== viewer);
        return others.map((_, at) => others[(at + start) % others.length] as number).slice(0, most);
      }),
    );
  // One victim does not see those next to it on a ring.
  const isolated = fc.nat({ max: size - 1 }).map((victim) => {
    const distance = (index: number): number =>
      Math.min((index - victim + size) % size, (victim - index + size) % size);
    const near = all.filter((index) => index !== victim).sort((a, b) => distance(a) - distance(b));
    return all.map((viewer) => (viewer === victim ? near.slice(0, most) : []));
  });
  // Two runs of neighbours, which would cut a ring in two.
  const cut = fc
    .array(fc.tuple(fc.nat({ max: size - 1 }), fc.integer({ min: REACH - 1, max: REACH })), {
      minLength: 2,
      maxLength: 2,
    })
    .map((runs) => {
      const missing = new Set(
        runs.flatMap(([first, count]) => all.slice(0, count).map((step) => (first + step) % size)),
      );
      return all.map(() => [...missing].slice(0, most));
    });
  return fc
    .oneof(
      { weight: isRing ? 6 : 0, arbitrary: cut },
      { weight: 4, arbitrary: same },
      { weight: 2, arbitrary: split },
      { weight: 2, arbitrary: spread },
      { weight: isSparse ? 6 : 1, arbitrary: isolated },
    )
    .map(butOneself);
}

const edges = (from: readonly number[], to: readonly number[]): fc.Arbitrary<Edge[]> =>
  from.length === 0 || to.length === 0
    ? fc.constant([])
    : fc.array(fc.tuple(fc.constantFrom(...from), fc.constantFrom(...to)), { minLength: 1, maxLength: 3 });

function passes(cast: Cast): fc.Arbitrary<Pass[]> {
  const { size, spare, isSparse, isRing } = cast;
  const nobody = everyone(size).map((): Missing => []);
  const last = fc.constantFrom<LastRound>(1, 2, 3, 4);
  const killedIn = fc.constantFrom<0 | 2 | 3 | 4>(0, 2, 3, 4);
  const all = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    item.map((value) => everyone(size).map(() => value));
  const pass: fc.Arbitrary<Pass> = fc.record({
    u2: rarely(nobody, views(cast), isSparse ? 1 : 3),
    // One more than may be missing now and then: participants have to refuse that.
    u3: fc.oneof({ weight: 6, arbitrary: views(cast) }, { weight: 1, arbitrary: views(cast, spare + 1) }),
    upTo: rarely(passOf(size).upTo as LastRound[], fc.oneof(all(last), perParticipant(size, last)), 5),
    killedIn: rarely(
      passOf(size).killedIn as (0 | 2 | 3 | 4)[],
      fc.oneof(all(killedIn), perParticipant(size, killedIn)),
      // To save the secrets of so many is most of the work of a play.
      isRing ? 10 : 3,
    ),
  });
  return fc.oneof(
    { weight: 5, arbitrary: fc.array(pass, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: probing(cast) },
  );
}

/** One victim is killed in r2 again and again, and shown U2 without these, then without those of its neighbours. */
function probing({ size, honest, spare }: Cast): fc.Arbitrary<Pass[]> {
  return fc.constantFrom(...honest).map((victim) => {
    const others = honest.filter((index) => index !== victim);
    const chunks: Missing[] = [[]];
    for (let from = 0; spare > 0 && from < others.length; from += spare)
      chunks.push(others.slice(from, from + spare));
    return chunks.map((missing, at) => {
      const isLast = at === chunks.length - 1;
      return passOf(size, {
        u2: everyone(size).map((viewer) => (viewer === victim ? missing : [])),
        upTo: everyone(size).map((): LastRound => (isLast ? 4 : 2)),
        killedIn: everyone(size).map((viewer) => (viewer === victim && !isLast ? 2 : 0)),
      });
    });
  });
}

function sessions(cast: Cast, pinned: boolean): fc.Arbitrary<SessionPlay> {
  const { size, colluders, honest, spare } = cast;
  const all = everyone(size);
  const usual = sessionOf(size);
  const input = fc.nat({ max: 1 });
  const few = (most: number): fc.Arbitrary<Missing[]> => views(cast, most);
  return fc.record({
    inputs: rarely(
      usual.inputs,
      fc.oneof(
        input.map((one) => all.map(() => one)),
        perParticipant(size, input),
      ),
      4,
    ),
    electorates: pinned ? fc.constant(usual.electorates) : rarely(usual.electorates, few(size - 3), 4),
    absent: rarely<Missing>([], some(honest, spare)),
    rosters: rarely(usual.rosters, fc.oneof(few(spare), few(size - 3)), 5),
    strangers: rarely(false, fc.constant(true)),
    withheld: rarely<Edge[]>([], edges(all, honest), 10),
    corrupted: rarely<Edge[]>([], edges(honest, honest), 14),
    badPackets: rarely<Edge[]>([], edges(colluders, honest)),
    complaints: rarely<Edge[]>([], edges(colluders, honest), 2),
    mixed: rarely(false, fc.constant(true), 10),
    granted: fc.boolean(),
    passes: passes(cast),
  });
}

function playsFor(
  suite: Play['suite'],
  casts: readonly (readonly [size: number, colluders: number])[],
): fc.Arbitrary<Play> {
  const cast = fc.constantFrom(...casts).chain(([size, count]) =>
    fc.record({
      size: fc.constant(size),
      colluders: fc.subarray(everyone(size), { minLength: count, maxLength: count }),
    }),
  );
  return fc.tuple(cast, rarely(true, fc.constant(false), 3)).chain(([{ size, colluders }, pinned]) => {
    const honest = everyone(size).filter((index) => !colluders.includes(index));
    const whole: Cast = {
      size,
      colluders,
      honest,
      spare: size - quorum(size, colluders.length),
      isSparse: suite !== 'masking/complete' && suite !== 'ckks/sumkey',
      isRing: suite === 'test/ring',
    };
    const grant = fc.record({
      from: some(everyone(size), whole.spare),
      to: some(everyone(size), whole.spare),
      refusedBy: rarely<number[]>([], some(honest, size), 3),
    });
    const session = sessions(whole, pinned);
    return fc.record({
      suite: fc.constant(suite),
      size: fc.constant(size),
      colluders: fc.constant(colluders),
      scope: rarely<Play['scope']>('static', fc.constant('evolving'), 3),
      pinned: fc.constant(pinned),
      answersInput: rarely(false, fc.constant(true), 2),
      grant: rarely<Play['grant']>(null, grant, 4),
      lockstep: rarely(false, fc.constant(true), 2),
      sessions: fc.oneof(
        { weight: 3, arbitrary: fc.tuple(session) },
        { weight: 4, arbitrary: fc.tuple(session, session) },
        { weight: 1, arbitrary: fc.tuple(session, session, session) },
      ),
    });
  });
}

/** Small numbers: every pair (N, n_C) here leaves at least two honest survivors. */
export const plays: fc.Arbitrary<Play> = playsFor('masking/complete', [
  [4, 1],
  [4, 1],
  [5, 1],
  [5, 2],
  [6, 1],
  [3, 0],
  [3, 1],
  [6, 2],
  [7, 2],
]);

export const sparsePlays: fc.Arbitrary<Play> = playsFor('test/sparse', [
  [7, 0],
  [7, 1],
  [8, 1],
  [9, 0],
  [9, 1],
]);

/** One in ten to one in five of them collude. */
export const ringPlays: fc.Arbitrary<Play> = playsFor('test/ring', [
  [14, 0],
  [15, 1],
  [16, 2],
  [16, 2],
  [16, 3],
]);

/** Without colluders a task of this suite is refused. Few, as dealing and checking keys takes its time. */
export const sumKeyPlays: fc.Arbitrary<Play> = playsFor('ckks/sumkey', [
  [4, 1],
  [5, 1],
  [5, 2],
  [6, 1],
]);
