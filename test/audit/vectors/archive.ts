/** audit/: a whole archive with receipts and escrow, and what must be found in copies of it that were changed. */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { encodeCanonical } from '../../../crypto/canonical.js';
import type { FindingCode } from '../../../src/audit/codes.js';
import { readRecord } from '../../../src/audit/records.js';
import { decodeSigned } from '../../../src/protocol/attachments.js';
import { certificateCodec } from '../../../src/protocol/documents.js';
import { maskedInputCodec, unmaskCodec } from '../../../src/protocol/messages.js';
import { type Signed, signBody, signedLeaf } from '../../../src/protocol/signed.js';
import { receiptFiles } from '../../../src/protocol/transcript/receipt-files.js';
import { checkpointReply, knownWitnesses, receiptReply, witnesses } from '../../helpers/logged.js';
import { altered, at, fill, organiser, participants, type Party } from '../../helpers/protocol.js';
import { type Archive, type ArchivedSession, archived, archiveOf, escrowOf, forged, idOf, KEYS, logEntry } from '../helpers/archive.js'; // prettier-ignore
import { bought, find, without } from '../helpers/edits.js';
import { archiveFiles } from '../helpers/files.js';
import { type Played, playSession } from '../helpers/played.js';

/** By path below test/vectors/audit/. */
export type Files = ReadonlyMap<string, Uint8Array>;

const parties = participants(3);
const [p0, p1] = parties as [Party, Party];
const certificate = ({ identity, name }: Party): Signed =>
  signBody(certificateCodec, { identity, name, notBeforeMs: 0, expiresMs: 10_000_000 }, organiser.signer);
const options = { task: { pinned: null }, certificate } as const;
/** Closed, with everybody in the sum; aborted in r1, where participant 1 falls silent. */
const first = playSession(parties, { ...options, number: 1 }) as Required<Played>;
const second = playSession(parties, { ...options, number: 2, previous: [first], drops: [5, 1, 5] });

const keys = { ...KEYS, witnesses: knownWitnesses };
const cosignedBy = witnesses.slice(0, 1);
const cosigned = (sessions: readonly ArchivedSession[]): Archive => {
  const { checkpoint } = checkpointReply(sessions.map(logEntry), { cosignedBy });
  return archiveOf(sessions, { keys, checkpoint: checkpoint as string });
};
const sessions = [archived(first), archived(second)];

/** What participant 0 keeps of a session that ended when this was the log. */
function receiptsOf(index: number): [string, Uint8Array][] {
  const { leaves } = at(sessions, index);
  const own = leaves.flatMap((leaf, place) => {
    const record = readRecord(leaf, place);
    return record?.sender === toHex(p0.identity) ? [{ leaf, name: record.kind }] : [];
  });
  const outcome = index === 0 ? 'result' : 'abort';
  const record = { opening: decodeSigned(at(leaves, 1)), closed: index === 0, leaves, sizes: [] };
  const before = sessions.slice(0, index).map(logEntry);
  const shown = { before, after: [], cosignedBy };
  const reply = receiptReply(record, own.map(({ leaf }) => leaf), shown); // prettier-ignore
  const files = receiptFiles({ reply, names: [...own.map(({ name }) => name), outcome], missing: [] });
  return files.map(({ name, bytes }) => [`receipts/${idOf(leaves)}/${name}`, bytes]);
}

const below = (folder: string, files: Files): [string, Uint8Array][] =>
  [...files].map(([path, bytes]) => [`${folder}/${path}`, bytes]);
const escrow = Buffer.concat(escrowOf(first).map(encodeCanonical));
const filesOf = (archive: Archive, more: readonly (readonly [string, Uint8Array])[] = []): Files =>
  new Map([
    ...below('archive', archiveFiles(archive)),
    ...receiptsOf(0),
    ...receiptsOf(1),
    ['escrow/1', escrow] as const,
    ...more,
  ]);

export const files = filesOf(cosigned(sessions));

/** Somebody without keys changes a bit of a signature. */
function flipped({ leaves, ...rest }: ArchivedSession): ArchivedSession {
  const index = find(leaves.map(decodeSigned), 'r2', p1);
  const leaf = at(leaves, index).slice();
  leaf[leaf.length - 1] = (leaf.at(-1) as number) ^ 1;
  return { ...rest, leaves: leaves.map((other, place) => (place === index ? leaf : other)) };
}

/** The coordinator signs everything anew; no witness does. */
const resigned = (...changed: readonly ArchivedSession[]): Archive => archiveOf(changed, { keys });
const original = (path: string): [string, Uint8Array] => [path, files.get(path) as Uint8Array];

const messages = {
  late: at(second.r1?.members ?? [], 1).send.r1,
  hidden: altered(unmaskCodec, at(first.r4.members, 0).send.r4, p0, { u3: fill(9) }),
};
const kept = (index: number, name: string, signed: Signed): [string, Uint8Array] => [
  `receipts/${idOf(at(sessions, index).leaves)}/${name}.signed`,
  signedLeaf(signed),
];

const CHANGED: readonly (readonly [what: string, changed: Files, findings: readonly FindingCode[]])[] = [
  [
    'one bit of the signature of an r2',
    filesOf(resigned(flipped(archived(first)), archived(second)), [
      ...['archive/manifest', 'archive/log', 'archive/checkpoint'].map(original),
    ]),
    ['BAD_SIGNATURE', 'CHANGED_FILE', 'LOG_MISMATCH', 'MISSING_HEADER', 'WRONG_TREE'],
  ],
  [
    'the same bit; the manifest was made anew',
    filesOf({ ...cosigned(sessions), sessions: [flipped(archived(first)), archived(second)] }),
    ['BAD_SIGNATURE', 'LOG_MISMATCH', 'MISSING_HEADER', 'WRONG_TREE'],
  ],
  [
    'the coordinator leaves out a vote and signs everything anew',
    filesOf(resigned(forged(first, without('r3', p1)), archived(second))),
    ['LOG_FORKED', 'NOT_WITNESSED', 'NO_QUORUM', 'WRONG_PREVIOUS'],
  ],
  [
    'a survivor was shown another U2; the coordinator accepts what it signed, and signs everything anew',
    filesOf(resigned(forged(first, bought('r2', maskedInputCodec, p1, { u2: fill(7) })), archived(second))),
    ['LOG_FORKED', 'NOT_WITNESSED', 'OTHER_HEADER', 'WRONG_PREVIOUS'],
  ],
  [
    'the coordinator leaves the second session out of its log',
    filesOf(resigned(archived(first))),
    ['NEWER_RECEIPT', 'NOT_WITNESSED'],
  ],
  [
    'the second session is in the log, and not in the archive',
    filesOf({ ...cosigned(sessions), sessions: [archived(first)] }),
    ['SESSION_MISSING'],
  ],
  [
    'somebody kept an r1 that came too late',
    new Map([...files, kept(1, 'r1', messages.late)]),
    ['LATE_MESSAGE'],
  ],
  [
    'somebody revealed shares for another U3',
    new Map([...files, kept(0, 'r4', messages.hidden)]),
    ['HIDDEN_ANSWER'],
  ],
];

export interface Change {
  readonly path: string;
  /** Bytes to take away there, hex bytes to put there. */
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** All between the first and the last byte that differ. Null: none. */
function changeOf(path: string, before: Uint8Array, after: Uint8Array): Change | null {
  if (equalBytes(before, after)) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const insert = toHex(after.slice(start, after.length - end));
  return { path, at: start, remove: before.length - end - start, insert };
}

export const changedArchives = (): object => ({
  description:
    'Copies of archive/, receipts/ and escrow/ that were changed, and all that must be found in each.',
  policy: { minWitnesses: 1 },
  cases: CHANGED.map(([what, changed, findings]) => ({
    what,
    changes: [...new Set([...files.keys(), ...changed.keys()])].flatMap((path) => {
      const nothing = new Uint8Array();
      const after = changed.get(path);
      return after === undefined ? [] : (changeOf(path, files.get(path) ?? nothing, after) ?? []);
    }),
    removed: [...files.keys()].filter((path) => !changed.has(path)),
    findings: [...findings].sort(),
  })),
});
