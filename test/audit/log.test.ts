/** The log and the sessions in it: nothing is missing, nothing is there twice, and each session knows those before it. */
import { expect, test } from '@jest/globals';
import { identityFromSeed } from '../../crypto/signature.js';
import { signerFromSeed } from '../../src/protocol/signed.js';
import { cosign } from '../../src/protocol/transcript/cosignature.js';
import { logEntryCodec } from '../../src/protocol/transcript/log-entry.js';
import { formatNote, parseNote } from '../../src/protocol/transcript/signed-note.js';
import { at, coordinator, fill, participants, party, policyOf, replaced } from '../helpers/protocol.js';
import {
  type Archive,
  archived,
  archiveOf,
  archiveOfPlayed,
  audit,
  forged,
  idOf,
  KEYS,
  logCheckpoint,
  logEntry,
} from './helpers/archive.js';
import { toHex } from '../../crypto/bytes.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { Notebook } from '../../src/audit/findings.js';
import { checkGaps } from '../../src/audit/previous.js';
import { logOrigin, signCheckpoint } from '../../src/protocol/transcript/checkpoint.js';
import { codes, finding } from './helpers/edits.js';
import { endOf, playSession } from './helpers/played.js';

const parties = participants(3);
const s1 = playSession(parties, { number: 1 });
const s2 = playSession(parties, { number: 2, previous: [s1] });
const s3 = playSession(parties, { number: 3, previous: [s2] });
const three = archiveOfPlayed([s1, s2, s3]);
const logged = (log: readonly Uint8Array[]): Pick<Archive, 'log' | 'checkpoint'> => ({
  log,
  checkpoint: logCheckpoint(log),
});

test('three sessions, each naming the one before', async () => {
  const verdict = await audit(three);
  expect(verdict.findings).toEqual([]);
  expect(verdict.log).toMatchObject({ size: 3, entries: 3, check: { state: 'holds' } });
  expect(verdict.totals).toMatchObject({ sessions: 3, closed: 3, participants: 3, errors: 0, warnings: 0 });
  expect(verdict.sessions.map(({ sharedWithPrevious }) => sharedWithPrevious)).toEqual([null, 3, 3]);
  expect(verdict.scopes).toMatchObject([{ dataset: 'records', sessions: 3, voted: 3, sets: 1 }]);
});

test('the same in any order of files', async () => {
  const verdict = await audit({ ...three, sessions: [...three.sessions].reverse() });
  expect(verdict.findings).toEqual([]);
  expect(verdict.sessions.map(({ number, sharedWithPrevious }) => [number, sharedWithPrevious])).toEqual([
    [3, 3],
    [2, 3],
    [1, null],
  ]);
});

test('sessions side by side: a later opening names both', async () => {
  const [a, b] = [playSession(parties, { number: 1 }), playSession(parties, { number: 2 })];
  const c = playSession(parties, { number: 3, previous: [b, a] });
  expect((await audit(archiveOfPlayed([b, a, c]))).findings).toEqual([]);
});

test('without anchors all is consistent with itself, and the auditor is told', async () => {
  const verdict = await audit(three, { anchors: null });
  expect(verdict.findings).toMatchObject([{ code: 'ANCHORS_NOT_CHECKED', severity: 'warning', check: null }]);
  expect(verdict).toMatchObject({ holds: true, anchors: 'not checked' });
});

test('keys that are not those of the trust file', async () => {
  const other = { ...KEYS, organiser: party('another').identity };
  const verdict = await audit({ ...three, keys: other });
  expect(codes(verdict)).toEqual(['OTHER_KEYS']);
  const trusted = await audit(three, { anchors: other });
  expect(codes(trusted)).toEqual(['OTHER_KEYS', 'WRONG_ORGANISER']);
  const distrusted = await audit(three, { anchors: { ...KEYS, coordinator: other.organiser } });
  expect(codes(distrusted)).toEqual(['BAD_CHECKPOINT', 'OTHER_KEYS', 'WRONG_COORDINATOR']);
});

test.each<[string, Partial<Archive>, string[]]>([
  [
    'a checkpoint that nobody signed',
    { checkpoint: three.checkpoint.replace('\n3\n', '\n2\n') },
    ['BAD_CHECKPOINT'],
  ],
  ['no checkpoint', { checkpoint: '' }, ['BAD_CHECKPOINT']],
  ['a checkpoint of less', { checkpoint: logCheckpoint(three.log.slice(0, 2)) }, ['WRONG_LOG']],
  [
    'an entry left out',
    { log: three.log.slice(1) },
    ['HIDDEN_SESSION', 'NOT_IN_LOG', 'NUMBER_MISSING', 'WRONG_LOG'],
  ],
  ['entries in another order', { log: [...three.log].reverse() }, ['PREVIOUS_GAP', 'WRONG_LOG']],
  ['an entry that is none', logged([...three.log, fill(1, 5)]), ['UNREADABLE_RECORD']],
  ['an entry twice', logged([...three.log, at(three.log, 0)]), ['DUPLICATE_ENTRY']],
  [
    'a session twice, under another number',
    logged([...three.log, logEntryCodec.encode({ ...logEntryCodec.decode(at(three.log, 0)), number: 4 })]),
    ['DUPLICATE_ENTRY'],
  ],
  [
    'a checkpoint of another size',
    {
      checkpoint: signCheckpoint(
        { origin: logOrigin(KEYS.coordinator), size: 2, root: merkleRoot(three.log) },
        coordinator.signer,
      ),
    },
    ['WRONG_LOG'],
  ],
  [
    'the session in the middle left out',
    { sessions: [at(three.sessions, 0), at(three.sessions, 2)] },
    ['SESSION_MISSING'],
  ],
  [
    'a number twice',
    logged([
      ...three.log,
      logEntryCodec.encode({ ...logEntryCodec.decode(at(three.log, 0)), session: fill(1) }),
    ]),
    ['DUPLICATE_ENTRY'],
  ],
  ['a session left out of the archive', { sessions: three.sessions.slice(1) }, ['SESSION_MISSING']],
  ['a session twice in it', { sessions: [...three.sessions, at(three.sessions, 0)] }, ['SESSION_TWICE']],
  ['a session left out of log and archive', archiveOfPlayed([s2, s3]), ['HIDDEN_SESSION', 'NUMBER_MISSING']],
  ['a scope that it does not have', { scope: { kind: 'session', session: '00' } }, ['OUT_OF_SCOPE']],
  ['a task that it does not have', { scope: { kind: 'task', task: '00' } }, ['OUT_OF_SCOPE']],
])('%s', async (_what, changes, expected) => {
  const verdict = await audit({ ...three, ...changes });
  expect(codes(verdict)).toEqual(expected);
  expect(verdict.holds).toBe(false);
});

test('an entry that says something else of its session', async () => {
  const entry = logEntryCodec.decode(at(three.log, 1));
  for (const changes of [
    { closed: false },
    { root: fill(1) },
    { size: 4 },
    { number: 7 },
    { task: fill(1) },
  ]) {
    const log = replaced(three.log, 1, logEntryCodec.encode({ ...entry, ...changes }));
    const verdict = await audit({ ...three, ...logged(log) });
    expect(codes(verdict)).toContain('LOG_MISMATCH');
    expect(finding(verdict, 'LOG_MISMATCH')).toMatchObject({ place: at(three.sessions, 1).place });
  }
});

test('one task, or one session, of a log with more', async () => {
  const other = playSession(parties, { number: 1, task: { name: 'another' }, seed: 'another' });
  const log = [...three.log, logEntry(archived(other))];
  const [task = ''] = (await audit(three)).tasks.map(({ id }) => id);
  const ofTask = await audit({ ...three, ...logged(log), scope: { kind: 'task', task } });
  expect(ofTask.findings).toEqual([]);
  const session = idOf(s2.leaves);
  const ofSession = await audit({
    ...three,
    scope: { kind: 'session', session },
    sessions: [at(three.sessions, 1)],
  });
  expect(ofSession.findings).toEqual([]);
});

test('an opening that leaves out a session that had ended', async () => {
  const late = playSession(parties, { number: 3, previous: [s2] });
  const forgetful = playSession(parties, { number: 2, seed: 'forgetful' });
  const gap = playSession(parties, { number: 3, previous: [forgetful], seed: 'gap' });
  const verdict = await audit(archiveOfPlayed([s1, forgetful, gap]));
  expect(codes(verdict)).toEqual(['PREVIOUS_GAP']);
  expect(finding(verdict, 'PREVIOUS_GAP')).toMatchObject({
    by: 'coordinator',
    records: [1],
    session: idOf(gap.leaves),
    message: expect.stringContaining(idOf(s1.leaves)),
  });
  // A session that is still open may have named it.
  expect(codes(await audit(archiveOfPlayed([s2, late])))).toEqual(['HIDDEN_SESSION', 'NUMBER_MISSING']);
});

test('a session that is still open may have named what others do not', async () => {
  const open = playSession(parties, { number: 2, previous: [s1], seed: 'open' });
  const fast = playSession(parties, { number: 3, seed: 'fast' });
  const after = playSession(parties, { number: 4, previous: [fast], seed: 'after' });
  const verdict = await audit(archiveOfPlayed([s1, fast, after]));
  expect(verdict.findings).toMatchObject([{ code: 'NUMBER_MISSING', severity: 'warning' }]);
  expect(codes(await audit(archiveOfPlayed([s1, fast, after, open])))).toEqual([]);
});

test('an opening that names another size, root or task of a session', async () => {
  const end = endOf(s1);
  for (const changes of [{ size: end.size + 1 }, { root: fill(1) }]) {
    const opening = { previous: [{ ...end, ...changes }] };
    const wrong = playSession(parties, { number: 2, opening });
    expect(codes(await audit(archiveOfPlayed([s1, wrong])))).toEqual(['WRONG_PREVIOUS']);
  }
  const other = playSession(parties, { number: 2, task: { name: 'another' }, previous: [s1], seed: 'other' });
  expect(codes(await audit(archiveOfPlayed([s1, other])))).toEqual(['NUMBER_MISSING', 'WRONG_PREVIOUS']);
});

test('an opening that is full may leave sessions for the next', () => {
  const ended = Array.from({ length: 4098 }, (_, index) => ({
    id: String(index),
    taskId: 'task',
    number: index + 1,
    index,
  }));
  const named = (ids: readonly number[]) => ids.map((id) => ({ session: Uint8Array.of(id >> 8, id & 255) }));
  const hex = (id: number): string => toHex(Uint8Array.of(id >> 8, id & 255));
  const gaps = (previous: readonly number[]): number => {
    const notebook = new Notebook('');
    const sessions = ended.map(({ number, index }) => ({
      id: hex(index),
      task: 'task',
      number,
      previous: number === 4098 ? named(previous) : [],
      notebook,
    }));
    const log = {
      sessions: new Map(ended.map((entry) => [hex(entry.index), { ...entry, id: hex(entry.index) }])),
    };
    checkGaps(sessions as never, log as never, { kind: 'all' }, new Notebook('log'));
    return notebook.findings(true).length;
  };
  const ids = [...Array(4097).keys()];
  expect(gaps(ids)).toBe(0);
  expect(gaps(ids.slice(1))).toBe(0);
  expect(gaps(ids.slice(2))).toBe(2);
});

test('an opening that names another end of a session', async () => {
  const shorter = { ...s1, leaves: s1.leaves.slice(0, -1) };
  const wrong = playSession(parties, { number: 2, previous: [shorter] });
  const verdict = await audit(archiveOfPlayed([s1, wrong]));
  expect(codes(verdict)).toEqual(['WRONG_PREVIOUS']);
  const future = playSession(parties, { number: 1, previous: [s2], seed: 'future' });
  expect(codes(await audit(archiveOf([s2, future].map((one) => archived(one)))))).toContain('WRONG_PREVIOUS');
});

test('witnesses', async () => {
  const { seed, publicKey } = identityFromSeed(fill(9));
  const witness = { name: 'w', signer: signerFromSeed(seed, publicKey) };
  const note = parseNote(three.checkpoint);
  const line = cosign(note.text, witness, 1000);
  const cosigned = formatNote({ ...note, signatures: [...note.signatures, line] });
  const anchors = { ...KEYS, witnesses: [{ name: 'w', publicKey }] };
  const seen = await audit(
    { ...three, checkpoint: cosigned },
    { anchors, policy: policyOf({ minWitnesses: 1 }) },
  );
  expect(seen.findings).toEqual([]);
  expect(seen.log.witnesses).toEqual([{ name: 'w', seconds: 1000 }]);
  expect(codes(await audit(three, { anchors, policy: policyOf({ minWitnesses: 1 }) }))).toEqual([
    'NOT_WITNESSED',
  ]);
  const broken = {
    ...line,
    signature: line.signature.map((byte, index) => (index === 20 ? byte ^ 1 : byte)),
  };
  const bad = formatNote({ ...note, signatures: [...note.signatures, broken] });
  expect(codes(await audit({ ...three, checkpoint: bad }, { anchors }))).toEqual(['BAD_COSIGNATURE']);
});

test('the coordinator is accused of what is in its signed log only', async () => {
  const edit = forged(s1, (records) => records.filter((_, index) => index !== 8));
  const proven = await audit(archiveOf([edit]));
  const unproven = await audit({ ...archiveOf([edit]), checkpoint: '' });
  const [a, b] = [proven, unproven].map((verdict) => new Set(verdict.findings.map(({ by }) => by)));
  expect(a?.has('coordinator')).toBe(true);
  expect(b?.has('coordinator')).toBe(false);
});
