/**
 * A3b with a beacon: its rings have fewer neighbours, because nobody can try rosters until one gives a ring that suits him.
 * That holds only for a roster that was settled before the value was known, and for the beacon that the participant itself
 * trusts; a coordinator names neither.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { beaconRandomness } from '../../crypto/beacon-signature.js';
import { fromHex } from '../../crypto/bytes.js';
import { beaconValue } from '../../src/client/beacon.js';
import type { Run } from '../../src/client/run.js';
import type { ProgressEvent } from '../../src/client/types.js';
import { createDrandFile, drandValue } from '../../src/client/node/drand-file.js';
import {
  type BeaconChain,
  type BeaconSource,
  type BeaconValue,
  beaconExtension,
  firstRoundFrom,
  publishedMs,
  roundExtension,
} from '../../src/protocol/beacon.js';
import { openSession } from '../../src/protocol/client/open.js';
import { type RosterMessage, shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { ringOf } from '../../src/protocol/suites/masking-ring/ring.js';
import { anchorsOf, depsOf } from '../helpers/parties.js';
import {
  type AtR1,
  type AtR2,
  type AtR3,
  type AtR4,
  closeR0,
  closeR1,
  closeR2,
  closeR3,
  closeR4,
  codeOf,
  expectedSums,
  participants,
  policyOf,
  setUp,
} from '../helpers/protocol.js';
import { QUICKNET } from '../protocol/vectors/ring.js';

const chain: BeaconChain = { chain: QUICKNET.chain, genesisMs: 1_000_000, periodMs: 3000 };
const value = { round: QUICKNET.round, randomness: beaconRandomness(fromHex(QUICKNET.signature)) };
const COUNT = 26;
const task = {
  suite: 'masking/ring',
  maxColluders: 1,
  minSurvivors: COUNT - 4,
  critical: [beaconExtension(QUICKNET.chain)],
};
const setup = setUp(participants(COUNT), {
  task,
  policy: policyOf({ rosterMaxAgeMs: 10 ** 9 }),
  opening: { critical: [roundExtension(QUICKNET.round)] },
  beacon: { chain, value },
});
const everyone = [...setup.members.keys()];
const r1 = closeR0(setup, everyone) as AtR1;

test('A3b control: the session runs, on a ring that the roster alone does not give', () => {
  const { session } = r1.frozen;
  expect(session.parameters).toMatchObject({ k: 12, w: 6, h: 2 });
  const other = { ...session, beacon: fromHex('00'.repeat(32)) };
  expect([...ringOf(other).order]).not.toEqual([...ringOf(session).order]);
  const u3 = everyone.slice(4);
  const r4 = closeR3(closeR2(closeR1(r1, everyone) as AtR2, u3) as AtR3, u3) as AtR4;
  expect(closeR4(r4, u3)).toMatchObject({ round: 'closed', sums: expectedSums(setup, u3) });
});

test('A3b a ring follows from the roster too: neither alone gives it', () => {
  const { session } = r1.frozen;
  const other = { ...session, rosterRoot: fromHex('00'.repeat(32)) };
  expect([...ringOf(other).order]).not.toEqual([...ringOf(session).order]);
});

test('A3b the coordinator ends a session whose windows participants would refuse', () => {
  const gone = new Set([...ringOf(r1.frozen.session).order.subarray(5, 10)]);
  const present = everyone.filter((position) => !gone.has(position));
  expect(closeR1(r1, present)).toMatchObject({ round: 'aborted', abort: { code: 'TOO_FEW_SURVIVORS' } });
});

test('A3b without its value nobody has a ring', () => {
  expect(() => ringOf({ ...r1.frozen.session, beacon: null })).toThrow('without its beacon');
});

const toRoster = (changes: Partial<RosterMessage>) =>
  codeOf(() => {
    const { state, deps } = setup.members[0] as (typeof setup.members)[number];
    return shareKeys(state, { ...r1.message, ...changes }, deps);
  });
const published = publishedMs(chain, QUICKNET.round);

test.each([
  [published - chain.periodMs, null],
  [published - chain.periodMs + 1, 'STALE_ROSTER'],
  [published, 'STALE_ROSTER'],
  [published + 3_600_000, 'STALE_ROSTER'],
])('A3b the roster received at %i', (nowMs, code) => {
  expect(toRoster({ nowMs })).toBe(code);
});

test.each<[string, BeaconValue | null]>([
  ['no value', null],
  ['one of another round', { ...value, round: value.round - 1 }],
  ['one of another length', { ...value, randomness: value.randomness.subarray(1) }],
])('A3b the roster with %s', (_, beacon) => {
  expect(toRoster({ beacon })).toBe('UNSUPPORTED');
});

const { party } = setup.members[0] as (typeof setup.members)[number];
const open = (critical: readonly string[], trusted: BeaconChain | null, ofTask: object = task) => {
  const given = { task: ofTask, opening: { critical: [...critical] } };
  const beacon = trusted === null ? {} : { beacon: { chain: trusted, value } };
  return codeOf(() => setUp(participants(COUNT), { ...given, ...beacon }));
};

test.each<[string, readonly string[], BeaconChain | null, string | null]>([
  ['of the beacon that the participant trusts', ['beacon:1000'], chain, null],
  ['without a beacon in the trust file', ['beacon:1000'], null, 'UNSUPPORTED'],
  ['of another beacon', ['beacon:1000'], { ...chain, chain: 'ab'.repeat(32) }, 'UNSUPPORTED'],
  ['without a round', [], chain, 'UNSUPPORTED'],
  ['with two', ['beacon:1000', 'beacon:1001'], chain, 'UNSUPPORTED'],
  ['with no number', ['beacon:01000'], chain, 'UNSUPPORTED'],
  ['with something else', ['beacon:1000', 'other'], chain, 'UNSUPPORTED'],
])('A3b an opening %s', (_, critical, trusted, code) => {
  expect(open(critical, trusted)).toBe(code);
});

test('A3b an opening that names a round for a task without a beacon', () => {
  expect(open(['beacon:1000'], chain, { ...task, critical: [] })).toBe('UNSUPPORTED');
  expect(open([], chain, { ...task, critical: [] })).toBe(null);
});

test('A3b an opening is looked at before anything is sent', () => {
  const message = {
    ...{ task: setup.task, opening: setup.opening, electorate: setup.electorate },
    ...{ dataset: null, answersInput: true, grants: [] },
  };
  const refused = openSession(
    anchorsOf(),
    message,
    { lastSession: null, scopeOf: () => null },
    depsOf(party, ''),
  );
  expect(refused).toMatchObject({ kind: 'refusal', error: { code: 'UNSUPPORTED', fault: 'caller' } });
});

const path = join(mkdtempSync(join(tmpdir(), 'beacon-')), 'rounds.jsonl');
const file = { chain, publicKey: fromHex(QUICKNET.publicKey), path };
const entry = { round: QUICKNET.round, signature: QUICKNET.signature };
const read = (...lines: unknown[]): unknown => {
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return drandValue(file, QUICKNET.round);
};

test('A3b the file of values has the value of a round once its line is there', async () => {
  expect(read()).toBe(null);
  expect(read({ ...entry, round: 999 }, '', { ...entry, previous_signature: '' })).toEqual(value);
  const source = createDrandFile(file);
  expect(await source.value(QUICKNET.round, new AbortController().signal)).toEqual(value);
  expect(await source.value(1001, new AbortController().signal)).toBe(null);
});

test('A3b the file of values gives no value that the beacon has not signed, and the true one though others stand before it', () => {
  const forged = { ...entry, signature: '00'.repeat(48) };
  const ofAnother = { ...entry, round: 1000, signature: `${QUICKNET.signature.slice(0, -2)}00` };
  expect(read(forged)).toBe(null);
  expect(read(ofAnother)).toBe(null);
  expect(read(forged, ofAnother, entry)).toEqual(value);
});

test.each(['{', '[]', 'not json', { round: '1000' }, { round: 1000, signature: 'xyz' }])(
  'A3b the file of values may have lines like %j, say one that is half written',
  (line) => {
    expect(read(line)).toBe(null);
    expect(read(line, entry, line)).toEqual(value);
  },
);

test('A3b the file of values that is not there is named', () => {
  expect(() => drandValue({ ...file, path: `${path}.none` }, 1)).toThrow(`${path}.none`);
});

test('A3b rounds are numbered from the first, at its time', () => {
  expect([1_000_000, 1_000_001, 1_003_000, 5].map((ms) => firstRoundFrom(chain, ms))).toEqual([1, 2, 2, 1]);
  for (const round of [1, 2, 1000]) expect(firstRoundFrom(chain, publishedMs(chain, round))).toBe(round);
});

const opened = { ...(setup.members[0] as (typeof setup.members)[number]).opened };
/** As far as the client's waiting goes: a clock that stands at the time of round 1. */
const runWith = (source: BeaconSource | null, events: ProgressEvent[] = []): Run =>
  ({
    env: { beacon: source, now: () => chain.genesisMs, sleep: () => Promise.resolve() },
    giveUpMs: 0,
    options: {},
    emit: (event: ProgressEvent) => events.push(event),
    phases: { over: new AbortController().signal },
  }) as unknown as Run;
const sourceOf = (answers: (BeaconValue | null)[], of = chain): BeaconSource => ({
  chain: of,
  value: () => Promise.resolve(answers.length > 1 ? (answers.shift() as null) : (answers[0] as null)),
});
const ask = (source: BeaconSource | null, events?: ProgressEvent[]) =>
  beaconValue(runWith(source, events), opened);

test('A3b a participant asks its source when the roster has come, and again when the round is published', async () => {
  const events: ProgressEvent[] = [];
  expect(await ask(sourceOf([null, value]), events)).toEqual(value);
  const { round } = value;
  expect(events).toMatchObject([{ type: 'beacon', round, publishedMs: publishedMs(chain, round) }]);
});

test('A3b a participant asks its source and leaves when the value is there already, whatever its clock says', async () => {
  await expect(ask(sourceOf([value]))).rejects.toMatchObject({
    code: 'STALE_ROSTER',
    fault: 'environment',
  });
});

test('A3b a participant asks its source of no other beacon, and not none', async () => {
  const other = sourceOf([null, value], { ...chain, chain: 'ab'.repeat(32) });
  await expect(ask(other)).rejects.toMatchObject({ code: 'UNSUPPORTED', fault: 'caller' });
  await expect(ask(null)).rejects.toMatchObject({ code: 'UNSUPPORTED', fault: 'caller' });
});
