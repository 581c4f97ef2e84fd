/**
 * What the adversary can compute of the honest participants' keys in `ckks/sumkey`. Every value by which a dealer gives
 * its polynomials is a formal unknown: the key's words, and the random ones beside them. A share is a row over these, an
 * answer the sum of such rows; what the random words cancel in is known of the keys. All polynomials of a dealer are given
 * alike, so one stands for all. (The proofs of r1 say nothing: each is blinded by a polynomial of its own.)
 */
import { toHex } from '../../../crypto/bytes.js';
import { bytesOfWords, type Ring, wordFrom } from '../../../crypto/ckks/ring.js';
import { basePoints, pointOf, type Sharing } from '../../../crypto/ckks/sharing.js';
import { answerCodec, unmaskCodec } from '../../../src/protocol/messages.js';
import type { Members } from '../../../src/protocol/sets.js';
import { ringOf } from '../../../src/protocol/suites/ckks-sumkey/numbers.js';
import { sharingIn } from '../../../src/protocol/suites/ckks-sumkey/sharing.js';
import { inverse, mod } from '../../crypto/ckks/oracle.js';
import { eliminate, type FieldRow, remainder } from './field-rows.js';
import type { Context } from './forge.js';
import { openPacket } from './knowledge.js';
import type { Combination, SignedSet } from './oracle.js';
import type { Observed, WithLists } from './play.js';
import type { Seat } from './seat.js';

/** A sum of shares of one holder, over honest dealers. */
interface KnownSum {
  readonly holder: number;
  readonly dealers: Members;
  /** Of each polynomial. */
  readonly words: readonly bigint[];
}

export interface KeyKnowledge {
  /** Uploads whose keys add up to what is known. */
  readonly combinations: Combination[];
  /** The sum of the keys of each, one element. */
  readonly keys: ReadonlyMap<Combination, Uint8Array>;
  /** Whether anything is known of keys that does not follow from the sums over signed sets. */
  readonly hasMore: boolean;
}

/** @param signed sets over which enough signed */
export function keysKnownTo(observed: Observed, signed: readonly SignedSet[]): KeyKnowledge {
  const known = [...observed.contexts.values()].map((context) => keysIn(observed, context, signed));
  return {
    combinations: known.flatMap(({ combinations }) => combinations),
    keys: new Map(known.flatMap(({ keys }) => [...keys])),
    hasMore: known.some(({ hasMore }) => hasMore),
  };
}

function keysIn(observed: Observed, context: Context, signed: readonly SignedSet[]): KeyKnowledge {
  const seats = observed.seats.flatMap(({ seat }) =>
    seat.context === context && seat.sent.r1.length > 0 ? [seat] : [],
  );
  // A roster that everybody refused may be too small for a sharing.
  if (seats.length === 0) return { combinations: [], keys: new Map(), hasMore: false };
  const ring = ringOf(context.session.task);
  const sharing = sharingIn(context.session);
  const dealers = seats.map(({ participant }) => context.roster.indexOf(participant));
  const sums = knownSums(observed, context, seats, sharing);
  const space = keySpace(ring, sharing, dealers, sums);
  const uploads = observed.uploads.filter(({ ctx }) => ctx === context.ctxHex);
  const positions = uploads.map(({ participant }) => context.roster.indexOf(participant));
  const wholes = space.combinationsOf(positions);
  const keys = new Map<Combination, Uint8Array>(
    wholes.map((factors) => [
      uploads.flatMap((upload, at) => {
        const factor = leastOf(factors[at] as bigint, ring.modulus);
        return factor === 0 ? [] : [{ upload, factor }];
      }),
      space.keyOf(positions, factors),
    ]),
  );
  const sets = signed
    .filter(({ ctx }) => ctx === context.ctxHex)
    .map(({ honest }) => honest.map((participant) => context.roster.indexOf(participant)));
  return { combinations: [...keys.keys()], keys, hasMore: !space.isWithin(sets) };
}

const leastOf = (value: bigint, modulus: bigint): number =>
  Number(value > modulus / 2n ? value - modulus : value);

// ---------------------------------------------------------------------------------------------------- what was received

function knownSums(
  observed: Observed,
  context: Context,
  seats: readonly Seat[],
  sharing: Sharing,
): KnownSum[] {
  const { modulus } = ringOf(context.session.task);
  const identities = context.session.roster.map(({ identity }) => toHex(identity));
  const wordsOf = (share: Uint8Array): bigint[] =>
    Array.from({ length: sharing.polynomials }, (_, word) => wordFrom(share, word));
  const dealt = seats.flatMap((seat): KnownSum[] => {
    const dealer = context.roster.indexOf(seat.participant);
    const packets = [...context.colluders.values()].flatMap((colluder): KnownSum[] => {
      const [share] = openPacket(context, seat, dealer, colluder, 1) ?? [];
      if (share === undefined) return [];
      return [{ holder: colluder.position, dealers: [dealer], words: wordsOf(share) }];
    });
    const answers = seat.sent.answers.map(({ answer, shares }): KnownSum => {
      const holder = identities.indexOf(toHex(answerCodec.decode(answer.payload).holder));
      return { holder, dealers: [dealer], words: wordsOf(shares[0] as Uint8Array) };
    });
    return [...packets, ...answers];
  });
  const revealed = seats.flatMap((seat) =>
    seat.sent.r4.flatMap(({ r4, shares }): KnownSum[] => {
      const holder = context.roster.indexOf(seat.participant);
      const u3 = observed.sets.get(toHex(unmaskCodec.decode(r4.payload).u3)) as Members;
      // More than one sum only a broken client gives: over the lists of its request.
      const lists = (seat.replies.signatures as WithLists | undefined)?.lists;
      return shares.map((share, at) => {
        const members = shares.length === 1 ? u3 : (lists?.[at] as Members);
        const colluding = members.flatMap((dealer) => shareOfColluder(context, dealer, holder));
        const words = wordsOf(share).map((word, index) =>
          mod(word - colluding.reduce((sum, own) => sum + wordFrom(own, index), 0n), modulus),
        );
        const honest = members.filter((dealer) => observed.world.isHonest(context.roster[dealer] as number));
        return { holder, dealers: honest, words };
      });
    }),
  );
  return [...dealt, ...revealed];
}

/** What the adversary itself dealt, which it takes off again. */
function shareOfColluder(context: Context, dealer: number, holder: number): Uint8Array[] {
  const colluder = context.colluders.get(context.roster[dealer] as number);
  const share = colluder?.state.dealt.get(holder)?.shares[0];
  return share === undefined ? [] : [share];
}

// ------------------------------------------------------------------------------------------------------------- algebra

interface KeySpace {
  /** Whether all that is known is known of the sums over these sets. */
  isWithin(sets: readonly Members[]): boolean;
  /** Factors with which the keys of these dealers (some of them repeated) add up to something known, whole. */
  combinationsOf(dealers: Members): bigint[][];
  /** That sum, as an element. */
  keyOf(dealers: Members, factors: readonly bigint[]): Uint8Array;
}

/**
 * Rows: random words of all dealers, then their key words, then which of the `sums` were added up.
 * @param dealers honest ones
 */
export function keySpace(
  ring: Ring,
  sharing: Sharing,
  dealers: Members,
  sums: readonly KnownSum[],
): KeySpace {
  const { modulus } = ring;
  const { threshold, packed } = sharing;
  const hidden = dealers.length * (threshold - packed);
  const width = dealers.length * threshold;
  const wordAt = (dealer: number, word: number): number => hidden + dealers.indexOf(dealer) * packed + word;
  const hiddenAt = (dealer: number, word: number): number =>
    dealers.indexOf(dealer) * (threshold - packed) + word - packed;
  const rows = sums.map(({ holder, dealers: summed }, at): FieldRow => {
    const row = new Array<bigint>(width + sums.length).fill(0n);
    evaluation(ring, threshold, holder).forEach((factor, word) => {
      for (const dealer of summed)
        row[word < packed ? wordAt(dealer, word) : hiddenAt(dealer, word)] = factor;
    });
    row[width + at] = 1n;
    return row;
  });
  const aboutKeys = eliminate(rows, [0, hidden], modulus).left;
  const known = eliminate(aboutKeys, [hidden, width], modulus).pivoted;

  const sumOf = (all: Members, factors: readonly bigint[], word: number): FieldRow => {
    const row = new Array<bigint>(width + sums.length).fill(0n);
    all.forEach((dealer, at) => {
      const column = wordAt(dealer, word);
      row[column] = mod((row[column] as bigint) + (factors[at] as bigint), modulus);
    });
    return row;
  };
  const unitSum = (set: Members, word: number): FieldRow =>
    sumOf(
      set,
      set.map(() => 1n),
      word,
    );
  /** Of word `word` of the sum of these keys: what is not known, then with which factors the sums give the rest. */
  const restOf = (all: Members, factors: readonly bigint[], word: number): FieldRow =>
    remainder(sumOf(all, factors, word), known, modulus);
  const words = Array.from({ length: packed }, (_, word) => word);
  return {
    isWithin(sets) {
      const sumsOver = sets.flatMap((set) => words.map((word) => unitSum(set, word)));
      const { pivoted } = eliminate(sumsOver, [hidden, width], modulus);
      return known.every(({ row }) =>
        remainder(row, pivoted, modulus)
          .slice(hidden, width)
          .every((value) => value === 0n),
      );
    },
    combinationsOf: (all) => {
      const unit = (one: number): bigint[] => all.map((_, at) => (at === one ? 1n : 0n));
      const unknown = all.map((_, one) => [
        ...words.flatMap((word) => restOf(all, unit(one), word).slice(hidden, width)),
        ...unit(one),
      ]);
      const from = packed * (width - hidden);
      const left = eliminate(unknown, [0, from], modulus).left;
      const ends: [number, number] = [from, from + all.length];
      return eliminate(left, ends, modulus).pivoted.map(({ row }) => row.slice(from));
    },
    keyOf(all, factors) {
      const { degree } = ring;
      const key = new Array<bigint>(degree).fill(0n);
      for (const word of words) {
        const taken = restOf(all, factors, word).slice(width);
        for (let at = word, column = 0; at < degree; at += packed, column += 1) {
          const sum = sums.reduce(
            (total, { words: given }, index) => total - (taken[index] as bigint) * (given[column] as bigint),
            0n,
          );
          key[at] = mod(sum, modulus);
        }
      }
      return bytesOfWords(key);
    },
  };
}

/** With which factors the values at the base points give the value at the holder's point. */
function evaluation(ring: Ring, threshold: number, holder: number): bigint[] {
  const { modulus } = ring;
  const points = basePoints(ring, threshold);
  const target = pointOf(holder);
  return points.map((point, at) =>
    points.reduce(
      (product, other, index) =>
        index === at
          ? product
          : mod(
              product * mod(target - other, modulus) * inverse(mod(point - other, modulus), modulus),
              modulus,
            ),
      1n,
    ),
  );
}
