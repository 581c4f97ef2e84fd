/**
 * Somebody without the coordinator's key changes an archive: every record that is altered, left out, added, moved or replaced
 * is found, and nobody is accused of what the archive no longer proves.
 */
import { expect, test } from '@jest/globals';
import { decodeSigned } from '../../src/protocol/attachments.js';
import { signBody, signedLeaf } from '../../src/protocol/signed.js';
import { setCodec } from '../../src/protocol/statements.js';
import { sessionHeadCodec } from '../../src/protocol/transcript/session-head.js';
import { altered, at, type DropRound, fill, participants, party, replaced } from '../helpers/protocol.js';
import { type Archive, archiveOfPlayed, audit } from './helpers/archive.js';
import { codes, finding } from './helpers/edits.js';
import { playSession } from './helpers/played.js';

const parties = participants(4);
const sessions: [string, DropRound[]][] = [
  ['closed', [5, 5, 5, 5]],
  ['aborted', [5, 1, 1, 5]],
];

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
};
const withLeaves = (archive: Archive, leaves: readonly Uint8Array[]): Archive => ({
  ...archive,
  sessions: [{ ...at(archive.sessions, 0), leaves }],
});

test.each(sessions)('a session that is %s: no record can be changed', async (_outcome, drops) => {
  const archive = archiveOfPlayed([playSession(parties, { drops })]);
  expect((await audit(archive)).findings).toEqual([]);
  const { leaves } = at(archive.sessions, 0);
  const stranger = party('a stranger');
  for (const [index, leaf] of leaves.entries()) {
    const others = leaves.filter((_, other) => other !== index);
    const signed = decodeSigned(leaf);
    const next = (index + 1) % leaves.length;
    const changes: Record<string, Uint8Array[]> = {
      'a byte of the payload': replaced(leaves, index, flipped(leaf, 5)),
      'a byte of the signature': replaced(leaves, index, flipped(leaf, leaf.length - 1)),
      'no record at all': replaced(leaves, index, fill(0, 10)),
      'left out': others,
      twice: [...leaves.slice(0, index), leaf, ...leaves.slice(index)],
      moved: replaced(replaced(leaves, index, at(leaves, next)), next, leaf),
      'signed by another': replaced(
        leaves,
        index,
        signedLeaf({ ...signed, signature: stranger.signer.sign(signed.payload) }),
      ),
    };
    for (const [what, changed] of Object.entries(changes)) {
      const verdict = await audit(withLeaves(archive, changed));
      expect([index, what, verdict.holds]).toEqual([index, what, false]);
      // Another opening is another session, and without task or opening it is none.
      const [first] = codes(verdict).filter((code) =>
        ['LOG_MISMATCH', 'NOT_IN_LOG', 'UNREADABLE_SESSION'].includes(code),
      );
      expect([index, what, first]).toEqual([index, what, expect.any(String)]);
      expect(verdict.findings.filter(({ by }) => by === 'coordinator')).toEqual([]);
    }
  }
});

test('a statement signed over other records names its place', async () => {
  const archive = archiveOfPlayed([playSession(parties)]);
  const { leaves } = at(archive.sessions, 0);
  const verdict = await audit(withLeaves(archive, [...leaves.slice(0, 2), ...leaves.slice(3)]));
  expect(finding(verdict, 'WRONG_TREE')).toMatchObject({ check: 'V14', records: [5], by: 'unknown' });
  expect(verdict.sessions[0]?.checks.V14.state).toBe('fails');
  const place = at(archive.sessions, 0).place;
  const unreadable = await audit(withLeaves(archive, replaced(leaves, 3, fill(7, 9))));
  expect(finding(unreadable, 'UNREADABLE_RECORD')).toMatchObject({
    place: `${place}, record 3`,
    records: [3],
  });
});

test('a record of a kind that no session has', async () => {
  const archive = archiveOfPlayed([playSession(parties)]);
  const { leaves } = at(archive.sessions, 0);
  const foreign = signedLeaf(
    signBody({ label: 'x', encode: () => fill(1, 40), decode: () => null }, null, at(parties, 0).signer),
  );
  const verdict = await audit(withLeaves(archive, [...leaves, foreign]));
  expect(codes(verdict)).toEqual(['LOG_MISMATCH', 'NOT_ENDED', 'UNREADABLE_RECORD']);
});

test('no byte of the head can be changed', async () => {
  const archive = archiveOfPlayed([playSession(parties)]);
  const session = at(archive.sessions, 0);
  for (let byte = 0; byte < session.head.length; byte += 1) {
    const verdict = await audit({
      ...archive,
      sessions: [{ ...session, head: flipped(session.head, byte) }],
    });
    expect([byte, codes(verdict)]).toEqual([
      byte,
      [expect.stringMatching(/^(UNREADABLE_HEAD|ELECTORATE_MISMATCH)$/), ...codes(verdict).slice(1)],
    ]);
  }
  const head = sessionHeadCodec.decode(session.head);
  const certificate = altered(setCodec, decodeSigned(at(session.leaves, 6)), party('organiser'), {});
  for (const [changes, code] of [
    [{ electorate: head.electorate.slice(1) }, 'ELECTORATE_MISMATCH'],
    [{ electorate: [...head.electorate].reverse() }, 'ELECTORATE_MISMATCH'],
    [{ certificates: [certificate] }, 'CERTIFICATES_MISMATCH'],
    [{ grants: [certificate] }, 'WRONG_GRANT'],
  ] as const) {
    const other = sessionHeadCodec.encode({ ...head, ...changes } as typeof head);
    const verdict = await audit({ ...archive, sessions: [{ ...session, head: other }] });
    expect(codes(verdict)).toContain(code);
  }
});

test('a session that is not one', async () => {
  const archive = archiveOfPlayed([playSession(parties)]);
  const verdict = await audit(withLeaves(archive, []));
  expect(codes(verdict)).toEqual(['NOT_ENDED', 'SESSION_MISSING', 'UNREADABLE_SESSION']);
  expect(verdict.sessions[0]).toMatchObject({ id: null, outcome: 'unknown', records: 0 });
  expect(verdict.sessions[0]?.checks.V1.state).toBe('not checked');
});
