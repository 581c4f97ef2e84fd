/** Rows of the file journal and the plain entries they stand for. */
import { z } from 'zod';
import { type CborValue, decodeCanonical, encodeCanonical } from '../../../crypto/canonical.js';
import { bytes, bytes32 } from '../../protocol/codec.js';
import { BlindsumError } from '../../protocol/errors.js';
import { decodeSigned, encodeSigned } from '../../protocol/attachments.js';
import type { ScopeRecord } from '../../protocol/scope.js';
import type { Signed } from '../../protocol/signed.js';
import type { ReceiptFile } from '../../protocol/transcript/receipt-files.js';
import type { JoinedEntry, LatchEntry, ReceiptDue } from '../journal.js';

export interface JoinedRow {
  readonly session: string;
  readonly task: string;
  readonly number: number;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export interface EndedRow extends JoinedRow {
  readonly statement: Uint8Array | null;
}

export interface LatchRow {
  readonly session: string;
  readonly message: LatchEntry['message'];
  readonly subject: string;
  readonly key: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly attachment: Uint8Array | null;
  readonly statement: Uint8Array | null;
  readonly state: Uint8Array | null;
}

export interface EvidenceRow {
  readonly code: string;
  readonly statements: Uint8Array;
}

/** SQLite hands out Buffers; everything else here takes plain arrays. */
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
const plainOrNull = (bytes: Uint8Array | null): Uint8Array | null => (bytes === null ? null : plain(bytes));

export const toJoined = ({ session, task, number, payload, signature }: JoinedRow): JoinedEntry => ({
  kind: 'joined',
  session,
  task,
  number,
  opening: { payload: plain(payload), signature: plain(signature) },
});

export function toReceiptDue(row: EndedRow): ReceiptDue {
  const { session, task, number, opening } = toJoined(row);
  return { session, task, number, opening, outcome: decodeSignedOrNull(row.statement) };
}

export const toLatch = (row: LatchRow): LatchEntry => ({
  kind: 'latch',
  session: row.session,
  message: row.message,
  subject: row.subject,
  key: plain(row.key),
  signed: { payload: plain(row.payload), signature: plain(row.signature) },
  attachment: plainOrNull(row.attachment),
  statement: decodeSignedOrNull(row.statement),
  state: plainOrNull(row.state),
});

export const encodeSignedOrNull = (signed: Signed | null): Uint8Array | null =>
  signed === null ? null : encodeSigned(signed);

const decodeSignedOrNull = (bytes: Uint8Array | null): Signed | null =>
  bytes === null ? null : orUnreadable(() => decodeSigned(plain(bytes)));

export const encodeSignedList = (list: readonly Signed[]): Uint8Array =>
  encodeCanonical(list.map(encodeSigned));

/** @throws BlindsumError UNREADABLE_FILE */
export const decodeSignedList = (bytes: Uint8Array): Signed[] =>
  orUnreadable(() => {
    const list = decodeCanonical(plain(bytes));
    if (!Array.isArray(list) || !list.every((item) => item instanceof Uint8Array)) throw new Error('no list');
    return list.map(decodeSigned);
  });

export const encodeScope = (record: ScopeRecord): Uint8Array =>
  encodeCanonical(record as unknown as CborValue);

const identities = z.array(bytes32);
const scopeSchema = z.strictObject({
  electorate: identities,
  maxColluders: z.number().int().min(0),
  roundingSeed: bytes32,
  vote: identities.nullable(),
  inputs: z.record(z.string(), bytes32),
});

/** @throws BlindsumError UNREADABLE_FILE: a vote that cannot be read must not count as none */
export const decodeScope = (bytes: Uint8Array): ScopeRecord =>
  orUnreadable(() => scopeSchema.parse(decodeCanonical(plain(bytes))));

export const encodeReceipt = (files: readonly ReceiptFile[]): Uint8Array =>
  encodeCanonical(files.map(({ name, bytes }) => [name, bytes]));

/** Names become those of files. */
const receiptSchema = z.array(z.tuple([z.string().regex(/^[a-z0-9-]{1,64}\.(tlog-proof|signed)$/), bytes()]));

/** @throws BlindsumError UNREADABLE_FILE */
export const decodeReceipt = (bytes: Uint8Array): ReceiptFile[] =>
  orUnreadable(() =>
    receiptSchema
      .parse(decodeCanonical(plain(bytes)))
      .map(([name, content]) => ({ name, bytes: content.slice() })),
  );

function orUnreadable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new BlindsumError('UNREADABLE_FILE', 'environment', 'a row of the journal is damaged', { cause });
  }
}
