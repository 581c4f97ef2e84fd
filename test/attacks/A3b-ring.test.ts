/**
 * A3b on a ring, where each masks with only some: a coordinator that knows who stands where declares two runs of ring
 * neighbours dropped, withholds what was dealt along one edge, shows one victim a U2 without its neighbours, or puts one
 * identity at many places. Windows of U2 and U3, paths to what all survivors signed, and a roster in strict order stop it.
 */
import { expect, test } from '@jest/globals';
import { merkleTree } from '../../crypto/merkle.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { type HeadersMessage, signConsistency } from '../../src/protocol/client/r3-consistency.js';
import { holdersOf } from '../../src/protocol/dealing.js';
import { maskedInputCodec } from '../../src/protocol/messages.js';
import type { RosterEntry } from '../../src/protocol/roster.js';
import { toBitmap } from '../../src/protocol/sets.js';
import { identityAt } from '../../src/protocol/shares.js';
import type { Signed } from '../../src/protocol/signed.js';
import { maskingRing } from '../../src/protocol/suites/masking-ring/index.js';
import { ringNeighbours, ringOf } from '../../src/protocol/suites/masking-ring/ring.js';
import { uploadEntry, type UploadPaths } from '../../src/protocol/upload-root.js';
import {
  alteredSet,
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  closeR0,
  closeR1,
  closeR2,
  codeOf,
  emptyScope,
  headersMessage,
  participants,
  replaced,
  setUp,
  sharesMessage,
  statedRoster,
  zeros,
} from '../helpers/protocol.js';

/** As few as may lose two whole windows and still be enough: w = 19, h = 2, k = 38, t = 2; 65 have to stay. */
const COUNT = 103;
const parties = participants(COUNT);
const task = { suite: 'masking/ring', maxColluders: 1, minSurvivors: COUNT - 38 };
const setup = setUp(parties, { task });
const everyone = [...parties.keys()];
const r1 = closeR0(setup, everyone) as AtR1;
const r2 = closeR1(r1, everyone) as AtR2;
const r3 = closeR2(r2, everyone) as AtR3;
const { session } = r1.frozen;
const { order } = ringOf(session);
const w = session.parameters.w as number;

/** Roster positions of consecutive places. */
const run = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, step) => order[(first + step) % COUNT] as number);
const without = (missing: readonly number[]): number[] =>
  everyone.filter((position) => !missing.includes(position));
const VICTIM = order[30] as number;

const naming = (statement: Signed, members: readonly number[]): Signed =>
  alteredSet(statement, { members: toBitmap(members, COUNT) });

const mask = (position: number, message: Parameters<typeof planMaskedInput>[1]): string | null => {
  const { state, deps } = at(r1.members, position);
  return codeOf(() => planMaskedInput(state, message, at(setup.members, position).input, zeros, deps));
};
const sign = (position: number, message: HeadersMessage): string | null => {
  const { state, deps } = at(r2.members, position);
  return codeOf(() => signConsistency(state, message, emptyScope(setup.electorate), [], deps));
};
/** To `position`, with everybody's packets and headers there: only the statement names fewer. */
const shownU2 = (position: number, members: readonly number[]) => {
  const message = sharesMessage(r2, position);
  return { ...message, statement: naming(message.statement, members) };
};
const shownU3 = (position: number, members: readonly number[]): HeadersMessage => {
  const { statement, headers } = headersMessage(r3, position);
  const near = holdersOf(session, maskingRing, position);
  const tree = merkleTree(members.map(entryAt));
  const shown = near.filter((holder) => members.includes(holder));
  return {
    statement: naming(statement, members),
    headers: headers.filter((_, index) => members.includes(near[index] as number)),
    uploads: { root: tree.root, paths: shown.map((holder) => tree.prove(members.indexOf(holder))) },
  };
};
const entryAt = (position: number): Uint8Array => {
  const { digests } = maskedInputCodec.decode(at(r2.members, position).send.header.payload);
  return uploadEntry(identityAt(session, position), digests);
};

// --- two runs of ring neighbours are declared dropped
const cut = without([...run(0, w), ...run(50, w)]);
const whole = without([...run(0, w - 2), ...run(50, w - 2)]);

test('A3b enough survivors are left, so that only the windows tell', () => {
  expect(cut.length).toBeGreaterThanOrEqual(task.minSurvivors);
  expect(mask(VICTIM, shownU2(VICTIM, whole))).toBe(null);
  expect(sign(VICTIM, shownU3(VICTIM, whole))).toBe(null);
});

test('A3b two runs of ring neighbours are missing in U2: nobody uploads', () => {
  expect(mask(VICTIM, shownU2(VICTIM, cut))).toBe('TOO_FEW_SURVIVORS');
});

test('A3b two runs of ring neighbours are missing in U3: nobody signs', () => {
  expect(sign(VICTIM, shownU3(VICTIM, cut))).toBe('TOO_FEW_SURVIVORS');
});

test.each([
  ['at the end of the ring', COUNT - 5],
  ['with one left in it, who may be a colluder', 70],
])('A3b one window %s is enough to refuse', (_, first) => {
  const missing = run(first, w).slice(first === 70 ? 1 : 0);
  expect(sign(VICTIM, shownU3(VICTIM, without(missing)))).toBe('TOO_FEW_SURVIVORS');
});

test.each([0, 17, 37])(
  'A3b the packet along the edge to neighbour %i is withheld: refused, not skipped',
  (index) => {
    const dealer = at(ringNeighbours(session, VICTIM), index);
    const message = sharesMessage(r2, VICTIM);
    expect(message.deliveries).toHaveLength(2 * w);
    const deliveries = message.deliveries.filter(({ position }) => position !== dealer);
    expect(mask(VICTIM, { ...message, deliveries })).toBe('MISSING_SHARES');
  },
);

test('A3b a packet that was dealt to another holder of the same dealer', () => {
  const dealer = at(ringNeighbours(session, VICTIM), 3);
  const other = holdersOf(session, maskingRing, dealer).find(
    (one) => one !== VICTIM && one !== dealer,
  ) as number;
  const theirs = sharesMessage(r2, other).deliveries.find(({ position }) => position === dealer);
  const message = sharesMessage(r2, VICTIM);
  const deliveries = message.deliveries.map((one) => (one.position === dealer && theirs ? theirs : one));
  expect(mask(VICTIM, { ...message, deliveries })).toBe('MISSING_SHARES');
});

// --- one victim is shown a U2 without its neighbours
const near = ringNeighbours(session, VICTIM).slice(0, w - 2);
const narrow = closeR1(r1, without(near)) as AtR2;
const header = at(
  narrow.members,
  narrow.members.findIndex(({ position }) => position === VICTIM),
).send.header;

test('A3b the victim of a U2 without its neighbours sees that they masked for another one', () => {
  const member = narrow.members.find(({ position }) => position === VICTIM);
  const { state, deps } = member as NonNullable<typeof member>;
  const shown = shownU3(VICTIM, without(near));
  const holders = holdersOf(session, maskingRing, VICTIM).filter((holder) => !near.includes(holder));
  const headers = replaced(shown.headers, holders.indexOf(VICTIM), header);
  const signed = () => signConsistency(state, { ...shown, headers }, emptyScope(setup.electorate), [], deps);
  expect(codeOf(signed)).toBe('MISSING_HEADER');
});

test('A3b and each of its neighbours sees that the victim did', () => {
  const neighbour = at(near, 0);
  const shown = headersMessage(r3, neighbour);
  const at3 = holdersOf(session, maskingRing, neighbour).indexOf(VICTIM);
  expect(sign(neighbour, { ...shown, headers: replaced(shown.headers, at3, header) })).toBe('MISSING_HEADER');
});

test('A3b the header of one neighbour is left out', () => {
  const shown = headersMessage(r3, VICTIM);
  const uploads = { ...(shown.uploads as UploadPaths), paths: shown.uploads?.paths.slice(1) ?? [] };
  expect(sign(VICTIM, { ...shown, headers: shown.headers.slice(1), uploads })).toBe('MISSING_HEADER');
});

// --- what a header is proven by
const shown = headersMessage(r3, VICTIM);
const uploads = shown.uploads as UploadPaths;
const others = shownU3(VICTIM, without(run(60, 1))).uploads as UploadPaths;

test('A3b honest paths hold, for the root that r3 signs', () => {
  expect(sign(VICTIM, shown)).toBe(null);
  expect(uploads.root).toEqual(r3.uploads);
});

test.each<[string, UploadPaths | null]>([
  ['there is no root and no path', null],
  ['the root is another one', { ...uploads, root: zeros }],
  ['the paths lead to the root of other survivors', { ...uploads, paths: others.paths }],
  ['root and paths are of other survivors', others],
  ['one path is missing', { ...uploads, paths: uploads.paths.slice(0, -1) }],
  [
    'two paths are exchanged',
    { ...uploads, paths: [at(uploads.paths, 1), at(uploads.paths, 0), ...uploads.paths.slice(2)] },
  ],
])('A3b %s', (_, given) => {
  expect(sign(VICTIM, { ...shown, uploads: given })).toBe('MISSING_HEADER');
});

test('A3b the own upload is exchanged in the tree', () => {
  const entries = everyone.map((position) =>
    position === VICTIM ? uploadEntry(identityAt(session, VICTIM), [zeros]) : entryAt(position),
  );
  const tree = merkleTree(entries);
  const paths = holdersOf(session, maskingRing, VICTIM).map((holder) => tree.prove(holder));
  expect(sign(VICTIM, { ...shown, uploads: { root: tree.root, paths } })).toBe('MISSING_HEADER');
});

// --- the roster
const join = (given: readonly RosterEntry[]): string | null => {
  const { state, deps } = at(setup.members, VICTIM);
  return codeOf(() => shareKeys(state, statedRoster(setup, given), deps));
};
const { entries } = r1.message;

test('A3b one identity stands at several places around the ring', () => {
  // Each after the one before, or the order alone would tell.
  const repeated = entries.flatMap((entry, position) => (position % 9 === 4 ? [entry, entry] : [entry]));
  expect(join(repeated)).toBe('BAD_SET');
});

test.each([0, 20, 37])('A3b the keys of neighbour %i are withheld', (index) => {
  const near = at(ringNeighbours(session, VICTIM), index);
  expect(join(replaced(entries, near, { ...at(entries, near), r0: null }))).toBe('BAD_SET');
});
