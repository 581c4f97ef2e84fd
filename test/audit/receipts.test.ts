/**
 * Receipts of participants against an archive: what a coordinator shows an auditor may be consistent with itself and still
 * not be what it showed the participants (attacks A3, A4).
 */
import { describe, expect, test } from '@jest/globals';
import { toHex, utf8 } from '../../crypto/bytes.js';
import { readRecord } from '../../src/audit/records.js';
import type { ReceiptFile } from '../../src/audit/source.js';
import { decodeSigned } from '../../src/protocol/attachments.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import {
  advertiseKeysCodec,
  consistencyCodec,
  maskedInputCodec,
  shareKeysCodec,
  unmaskCodec,
} from '../../src/protocol/messages.js';
import { memberSet } from '../../src/protocol/sets.js';
import type { Signed } from '../../src/protocol/signed.js';
import { logOrigin, sessionOrigin } from '../../src/protocol/transcript/checkpoint.js';
import {
  altered,
  at,
  coordinator,
  fill,
  must,
  participants,
  type Party,
  party,
} from '../helpers/protocol.js';
import {
  type Archive,
  type ArchivedSession,
  archived,
  archiveOf,
  audit,
  forged,
  idOf,
} from './helpers/archive.js';
import { bought, codes, find, finding, without } from './helpers/edits.js';
import { type Played, playSession } from './helpers/played.js';
import { kept as keptBy, proofOf } from './helpers/receipts.js';

const parties = participants(5);
const [p0, p1] = parties as [Party, Party];
const first = playSession(parties, { number: 1, drops: [5, 5, 5, 5, 2] }) as Required<Played>;
const second = playSession(parties, { number: 2, previous: [first], drops: [5, 5, 5, 5, 2] });
const archive = archiveOf([archived(first), archived(second)]);

/** All that a participant keeps of a session. */
function receiptsOf(
  { leaves }: Pick<ArchivedSession, 'leaves'>,
  by: Party,
  log: readonly Uint8Array[],
  inLog: number,
): ReceiptFile[] {
  const session = idOf(leaves);
  const file = (name: string, bytes: Uint8Array) => ({ place: `${session}/${name}`, session, name, bytes });
  const own = leaves.flatMap((leaf, index) => {
    const record = readRecord(leaf, index);
    const isOwn =
      record?.sender === toHex(by.identity) || record?.kind === 'result' || record?.kind === 'abort';
    return isOwn && record !== null ? [{ kind: record.kind, index }] : [];
  });
  return [
    ...own.map(({ kind, index }) =>
      file(`${kind}.tlog-proof`, proofOf(leaves, index, sessionOrigin(coordinator.identity, session))),
    ),
    file('session.tlog-proof', proofOf(log, inLog, logOrigin(coordinator.identity))),
  ];
}

const kept = (name: string, message: Signed, session = idOf(first.leaves)): ReceiptFile =>
  keptBy(name, message, session);
const received = (files: readonly ReceiptFile[], of: Archive = archive) => audit({ ...of, receipts: files });

test('receipts of everybody, taken before and after the second session', async () => {
  const files = parties.flatMap((by) => [
    ...receiptsOf(at(archive.sessions, 0), by, archive.log.slice(0, 1), 0),
    ...receiptsOf(at(archive.sessions, 1), by, archive.log, 1),
  ]);
  const verdict = await received(files);
  expect(verdict.findings).toEqual([]);
  expect(verdict.receipts).toEqual({
    files: files.length,
    verified: files.length,
    sessions: 2,
    check: { state: 'holds', why: '' },
  });
  expect((await audit(archive)).receipts).toBeNull();
  expect((await received([])).receipts?.check.state).toBe('not checked');
});

describe('a log that was shown differently', () => {
  const other = archiveOf([forged(first, without('r3', p0)), archived(second)]);

  test('an earlier head that this log does not continue', async () => {
    const files = receiptsOf(at(other.sessions, 0), p1, other.log.slice(0, 1), 0);
    const verdict = await received(files);
    expect(codes(verdict)).toEqual(['LOG_FORKED']);
    expect(finding(verdict, 'LOG_FORKED')).toMatchObject({
      check: 'V14',
      by: 'coordinator',
      place: at(files, 0).place,
    });
    expect(verdict.receipts?.check.state).toBe('fails');
    expect(verdict.receipts?.verified).toBe(0);
  });

  test('the same entry in another log', async () => {
    const forkedLog = [at(other.log, 0), at(archive.log, 1)];
    const [file] = receiptsOf(at(archive.sessions, 1), p1, forkedLog, 1).slice(-1);
    expect(codes(await received([file as ReceiptFile]))).toEqual(['LOG_FORKED']);
  });

  test('another entry in a log that is longer than this one', async () => {
    const longer = [at(other.log, 0), at(archive.log, 1), fill(1)];
    const [file] = receiptsOf(at(other.sessions, 0), p1, longer, 0).slice(-1);
    expect(codes(await received([file as ReceiptFile]))).toEqual(['LOG_FORKED']);
  });

  test('another history of a session, as long as this one', async () => {
    const edit = bought('r3', consistencyCodec, p1, { uploads: fill(1) });
    const [file] = receiptsOf(forged(first, edit), p0, archive.log, 0);
    expect(codes(await received([file as ReceiptFile]))).toEqual(['LOG_FORKED']);
  });

  test('by a checkpoint that proves nothing nobody is accused', async () => {
    const files = receiptsOf(at(other.sessions, 0), p1, other.log.slice(0, 1), 0);
    const verdict = await received(files, { ...archive, checkpoint: '' });
    expect(finding(verdict, 'LOG_FORKED').by).toBe('unknown');
  });
});

test('a receipt that is newer than the archive', async () => {
  const old = archiveOf([archived(first)]);
  const files = receiptsOf(at(archive.sessions, 1), p1, archive.log, 1);
  const verdict = await received(files, old);
  expect(codes(verdict)).toEqual(['NEWER_RECEIPT']);
  expect(verdict.holds).toBe(true);
  // Of a session that both have, too: there is more in the log than the auditor was given.
  const both = receiptsOf(at(archive.sessions, 0), p1, archive.log, 0);
  expect(codes(await received(both, old))).toEqual(['NEWER_RECEIPT']);
});

const [message] = receiptsOf(at(archive.sessions, 0), p0, archive.log, 0);
const good = message as ReceiptFile;
const text = new TextDecoder().decode(good.bytes);
test.each<[string, ReceiptFile]>([
  ['no proof', { ...good, bytes: utf8('hello') }],
  ['what is no text', { ...good, bytes: fill(255, 40) }],
  ['another name', { ...good, name: 'r1.tlog-proof' }],
  ['a name that there is none of', { ...good, name: 'r9.tlog-proof' }],
  ['a folder that is no session', { ...good, session: 'x' }],
  ['the folder of another session', { ...good, session: idOf(second.leaves) }],
  ['another index', { ...good, bytes: utf8(text.replace(/index \d+/, 'index 1')) }],
  ['no record', { ...good, bytes: utf8(text.replace(/extra .*\n/, '')) }],
  ['a checkpoint of another key', { ...good, bytes: utf8(text.replace(/.{8}\n$/, 'AAAAAAA=\n')) }],
  [
    'the entry of another session',
    { ...at(receiptsOf(at(archive.sessions, 0), p0, archive.log, 1), 6), session: idOf(first.leaves) },
  ],
  ['a message that is none', { ...kept('r4', at(first.leaves.map(decodeSigned), 0)), name: 'r4.signed' }],
  [
    'a message that nobody signed',
    kept('r4', altered(unmaskCodec, decodeSigned(at(first.leaves, first.leaves.length - 2)), party('x'), {})),
  ],
  [
    'a result that is kept as an own message',
    kept('result', decodeSigned(at(first.leaves, first.leaves.length - 1))),
  ],
])('a receipt that proves nothing: %s', async (_what, file) => {
  const verdict = await received([file]);
  expect(codes(verdict)).toEqual(['BAD_RECEIPT']);
  expect(finding(verdict, 'BAD_RECEIPT')).toMatchObject({ place: file.place, by: 'unknown' });
  expect(verdict.receipts).toMatchObject({ files: 1, verified: 0 });
});

describe('messages that are in no tree', () => {
  const { session } = first.r3.frozen;
  const records = first.leaves.map(decodeSigned);
  const own = (kind: 'r0' | 'r1' | 'r2' | 'r3' | 'r4', by = p0): Signed =>
    at(records, find(records, kind, by));
  const otherU3 = memberSet(session.ctx, 3, [0, 1, 2], 5).hash;
  const otherU2 = memberSet(session.ctx, 2, [0, 1, 2, 3], 5).hash;
  test.each([
    ['r3', 'r3'],
    ['r4', 'r4'],
  ] as const)('%s over the sets of the transcript came too late', async (name, kind) => {
    // Four of five survived and signed; the one that is left out was not needed for r4.
    const whole = playSession(parties) as Required<Played>;
    const late = whole.leaves.map(decodeSigned);
    const of = archiveOf([forged(whole, without(kind, p0))]);
    const verdict = await received([kept(name, at(late, find(late, kind, p0)), idOf(whole.leaves))], of);
    expect(verdict.findings).toMatchObject([
      { code: 'LATE_MESSAGE', severity: 'warning', identities: [toHex(p0.identity)] },
    ]);
  });

  test('a message that is in the tree all the same', async () => {
    expect((await received([kept('r4', own('r4'))])).findings).toEqual([]);
  });

  test.each<[string, ReceiptFile]>([
    ['other sets', kept('r4', altered(unmaskCodec, own('r4'), p0, { u3: otherU3 }))],
    ['another context', kept('r4', altered(unmaskCodec, own('r4'), p0, { ctx: fill(1) }))],
    ['other kinds of share', kept('r4', altered(unmaskCodec, own('r4'), p0, { kinds: fill(2, 5) }))],
  ])('a hidden second answer in r4: %s', async (_what, file) => {
    const verdict = await received([file]);
    expect(codes(verdict)).toEqual(['HIDDEN_ANSWER']);
    expect(finding(verdict, 'HIDDEN_ANSWER')).toMatchObject({
      check: 'V14',
      session: idOf(first.leaves),
      identities: [toHex(p0.identity)],
      by: 'unknown',
    });
  });

  test('an answer for another context, of somebody whose answer the transcript does not have', async () => {
    const whole = playSession(parties) as Required<Played>;
    const answers = whole.leaves.map(decodeSigned);
    const answer = at(answers, find(answers, 'r4', p0));
    const of = archiveOf([forged(whole, without('r4', p0))]);
    const other = altered(unmaskCodec, answer, p0, { ctx: fill(1) });
    expect(codes(await received([kept('r4', other, idOf(whole.leaves))], of))).toEqual(['HIDDEN_ANSWER']);
  });

  test('an answer in a session that ended before r4, or that the log does not have', async () => {
    const aborted = playSession(parties, { drops: [5, 5, 5, 3, 3], seed: 'session 1' });
    expect(aborted.outcome).toMatchObject({ abort: { round: 'r3' } });
    // What the others had signed was shown to one participant only.
    const whole = playSession(parties) as Required<Played>;
    const { state, deps } = at(whole.r3.members, 0);
    const { send } = must(unmask(state, whole.r4.message, deps));
    const of = archiveOf([archived(aborted)]);
    const verdict = await received([kept('r4', send.r4, idOf(aborted.leaves))], of);
    expect(codes(verdict)).toEqual(['HIDDEN_ANSWER']);
    const early = playSession(parties, { drops: [5, 2, 2, 5, 5], seed: 'session 1' });
    const before = await received([kept('r4', send.r4, idOf(early.leaves))], archiveOf([archived(early)]));
    expect(codes(before)).toEqual(['HIDDEN_ANSWER']);
    const gone = await received([kept('r4', send.r4, toHex(fill(7)))]);
    expect(codes(gone)).toEqual(['HIDDEN_ANSWER']);
    const unknown = await received([kept('r3', at(whole.r3.members, 0).send, toHex(fill(7)))]);
    expect(codes(unknown)).toEqual(['NEWER_RECEIPT']);
  });

  test.each<[string, ReceiptFile]>([
    [
      'keys for another opening',
      kept('r0', altered(advertiseKeysCodec, own('r0'), p0, { opening: fill(1) })),
    ],
    ['shares for another roster', kept('r1', altered(shareKeysCodec, own('r1'), p0, { ctx: fill(1) }))],
    ['an input masked for another U2', kept('r2', altered(maskedInputCodec, own('r2'), p0, { u2: otherU2 }))],
    ['a vote for another U3', kept('r3', altered(consistencyCodec, own('r3'), p0, { u3: otherU3 }))],
  ])('a participant that was told something else: %s', async (_what, file) => {
    const verdict = await received([file]);
    expect(codes(verdict)).toEqual(['EQUIVOCATION']);
    expect(finding(verdict, 'EQUIVOCATION')).toMatchObject({
      place: file.place,
      session: idOf(first.leaves),
    });
  });

  test('a vote in a session that by its transcript never stated U3', async () => {
    const early = playSession(parties, { drops: [5, 2, 2, 5, 5], seed: 'session 1' });
    const of = archiveOf([archived(early)]);
    const verdict = await received([kept('r3', own('r3'), idOf(early.leaves))], of);
    expect(codes(verdict)).toEqual(['EQUIVOCATION']);
  });

  test('nothing is asked of a session that is not part of the archive', async () => {
    const scope = { kind: 'session', session: idOf(second.leaves) } as const;
    const of = { ...archive, scope, sessions: [at(archive.sessions, 1)] };
    const file = kept('r4', altered(unmaskCodec, own('r4'), p0, { u3: otherU3 }));
    expect((await received([file], of)).findings).toEqual([]);
  });
});
