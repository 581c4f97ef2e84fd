/**
 * What a coordinator keeps from an auditor: answers it opened a sum with, the newest part of its log, everything. An archive
 * that lacks it must not pass in silence (attacks A3, A4).
 */
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { decodeSigned } from '../../src/protocol/attachments.js';
import { logOrigin } from '../../src/protocol/transcript/checkpoint.js';
import { at, coordinator, fill, participants, type Party } from '../helpers/protocol.js';
import { archived, archiveOf, audit, forged, idOf, logCheckpoint, logEntry } from './helpers/archive.js';
import { all, codes, find, finding, without } from './helpers/edits.js';
import { playSession } from './helpers/played.js';
import { kept, proofOf } from './helpers/receipts.js';

const parties = participants(5);
const [p0, p1] = parties as [Party, Party];
const first = playSession(parties, { number: 1 });
const second = playSession(parties, { number: 2, previous: [first] });
const both = archiveOf([archived(first), archived(second)]);
const inLog = (log: readonly Uint8Array[], index: number, session: string, from = 'a') => ({
  place: `${from}/${session}/session.tlog-proof`,
  session,
  name: 'session.tlog-proof',
  bytes: proofOf(log, index, logOrigin(coordinator.identity)),
});

describe('answers in r4 that a sum was opened with', () => {
  test('fewer than it takes are left in the transcript', async () => {
    const verdict = await audit(archiveOf([forged(first, all(without('r4', p0), without('r4', p1)))]));
    expect(codes(verdict)).toEqual(['TOO_FEW_ANSWERS']);
    expect(finding(verdict, 'TOO_FEW_ANSWERS')).toMatchObject({
      check: 'V7',
      by: 'coordinator',
      message: expect.stringContaining('3 answered, 4 are needed'),
    });
  });

  test('none is left', async () => {
    const none = forged(first, all(...parties.map((by) => without('r4', by))));
    const verdict = await audit(archiveOf([none]));
    expect(codes(verdict)).toEqual(['TOO_FEW_ANSWERS']);
    expect(verdict.sessions[0]?.checks.V7.state).toBe('fails');
  });

  test('one more than it takes may have come too late', async () => {
    expect((await audit(archiveOf([forged(first, without('r4', p0))]))).findings).toEqual([]);
  });
});

describe('the end of the log', () => {
  const old = archiveOf([archived(first)]);

  test('a participant was shown a log with more in it than the auditor', async () => {
    const receipts = [inLog(both.log, 0, idOf(first.leaves))];
    const verdict = await audit({ ...old, receipts });
    expect(verdict.findings).toMatchObject([{ code: 'NEWER_RECEIPT', severity: 'warning' }]);
    expect(verdict.receipts).toMatchObject({ verified: 1 });
  });

  test('two participants were shown two logs, both longer than that of the auditor', async () => {
    const other = [at(both.log, 0), logEntry(archived(playSession(parties, { number: 2, seed: 'other' })))];
    const id = idOf(first.leaves);
    const receipts = [inLog(both.log, 0, id, 'a'), inLog(other, 0, id, 'b')];
    const verdict = await audit({ ...old, receipts });
    expect(finding(verdict, 'LOG_FORKED')).toMatchObject({ by: 'coordinator', place: at(receipts, 1).place });
    expect(verdict.holds).toBe(false);
  });

  test('an answer that came too late in a session that is newer than the archive accuses nobody', async () => {
    const records = second.leaves.map(decodeSigned);
    const late = archived(second, forged(second, without('r4', p0)).leaves);
    const log = [at(both.log, 0), logEntry(late)];
    const id = idOf(late.leaves);
    const receipts = [kept('r4', at(records, find(records, 'r4', p0)), id), inLog(log, 1, id)];
    expect(codes(await audit({ ...old, receipts }))).toEqual(['NEWER_RECEIPT']);
    const hidden = await audit({ ...old, receipts: receipts.slice(0, 1) });
    expect(codes(hidden)).toEqual(['HIDDEN_ANSWER']);
  });
});

describe('everything', () => {
  test('an archive of an empty log', async () => {
    const verdict = await audit({ ...both, log: [], checkpoint: logCheckpoint([]), sessions: [] });
    expect(codes(verdict)).toEqual(['BAD_CHECKPOINT']);
  });

  test('all sessions of a task of which there is none', async () => {
    const scope = { kind: 'task', task: toHex(fill(1)) } as const;
    const verdict = await audit({ ...both, scope, sessions: [] });
    expect(codes(verdict)).toEqual(['OUT_OF_SCOPE']);
    expect(finding(verdict, 'OUT_OF_SCOPE').place).toBe('manifest');
  });
});
