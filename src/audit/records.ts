/**
 * The leaves of a session's tree as records (PROTOCOL §3.6). What cannot be read is a finding and left out; whatever else is
 * wrong with a record is for the checks to see.
 */
import { concatBytes, equalBytes, toHex } from '../../crypto/bytes.js';
import { encodeCanonical } from '../../crypto/canonical.js';
import { decodeSigned } from '../protocol/attachments.js';
import { type Task, taskCodec } from '../protocol/documents.js';
import {
  type AdvertiseKeys,
  advertiseKeysCodec,
  type Answer,
  answerCodec,
  type Consistency,
  consistencyCodec,
  type MaskedInput,
  maskedInputCodec,
  type ShareKeys,
  shareKeysCodec,
  type Unmask,
  unmaskCodec,
} from '../protocol/messages.js';
import type { Signed } from '../protocol/signed.js';
import {
  type Abort,
  abortCodec,
  type Opening,
  openingCodec,
  type Result,
  resultCodec,
  setCodec,
  type SetStatement,
} from '../protocol/statements.js';
import type { Notebook } from './findings.js';
import { unlessRefused } from './refusals.js';

interface Bodies {
  task: Task;
  opening: Opening;
  r0: AdvertiseKeys;
  u1: SetStatement;
  r1: ShareKeys;
  u2: SetStatement;
  r2: MaskedInput;
  answer: Answer;
  u3: SetStatement;
  r3: Consistency;
  r4: Unmask;
  result: Result;
  abort: Abort;
}
export type Kind = keyof Bodies;
/** In the order in which they follow one another. */
export const KINDS = [
  'task',
  'opening',
  'r0',
  'u1',
  'r1',
  'u2',
  'r2',
  'answer',
  'u3',
  'r3',
  'r4',
  'result',
  'abort',
] as const satisfies readonly Kind[];
export const MESSAGES = ['r0', 'r1', 'r2', 'answer', 'r3', 'r4'] as const satisfies readonly Kind[];
export type MessageKind = (typeof MESSAGES)[number];

export interface AuditRecord<K extends Kind = Kind> {
  readonly kind: K;
  /** Of the leaf. */
  readonly index: number;
  readonly signed: Signed;
  readonly body: Bodies[K];
  /** Identity, hex, that a participant's message names; '' for what others sign. */
  readonly sender: string;
}

export interface Records {
  readonly leaves: readonly Uint8Array[];
  /** All that can be read, in order. */
  readonly all: readonly AuditRecord[];
  of<K extends Kind>(kind: K): readonly AuditRecord<K>[];
  /** The first of its kind. */
  one<K extends Kind>(kind: K): AuditRecord<K> | null;
}

const codecs = {
  task: taskCodec,
  opening: openingCodec,
  r0: advertiseKeysCodec,
  u1: setCodec,
  r1: shareKeysCodec,
  r2: maskedInputCodec,
  answer: answerCodec,
  r3: consistencyCodec,
  r4: unmaskCodec,
  result: resultCodec,
  abort: abortCodec,
} as const;

/** A payload begins with the head of an array and its label. */
const known = Object.entries(codecs).map(([kind, codec]) => ({
  kind: kind as keyof typeof codecs,
  codec: codec,
  start: encodeCanonical(codec.label),
}));

const startsWith = (payload: Uint8Array, start: Uint8Array): boolean =>
  payload.length > start.length && equalBytes(payload.subarray(1, 1 + start.length), start);

export function readRecords(leaves: readonly Uint8Array[], notebook: Notebook): Records {
  const all: AuditRecord[] = [];
  leaves.forEach((leaf, index) => {
    const record = readRecord(leaf, index);
    if (record === null) notebook.add('UNREADABLE_RECORD', { records: [index] });
    else all.push(record);
  });
  const byKind = new Map<Kind, AuditRecord[]>(KINDS.map((kind) => [kind, []]));
  for (const record of all) byKind.get(record.kind)?.push(record);
  const of = <K extends Kind>(kind: K) => byKind.get(kind) as unknown as readonly AuditRecord<K>[];
  return { leaves, all, of, one: (kind) => of(kind)[0] ?? null };
}

/** Null: not a record of the protocol. */
export const readRecord = (leaf: Uint8Array, index: number): AuditRecord | null =>
  unlessRefused(() => {
    const signed = decodeSigned(leaf);
    const found = known.find(({ start }) => startsWith(signed.payload, start));
    if (found === undefined || signed.signature.length !== 64) return null;
    const body = found.codec.decode(signed.payload);
    const sender = 'sender' in body ? toHex(body.sender) : '';
    return { kind: kindOf(found.kind, body), index, signed, body, sender };
  });

function kindOf(kind: keyof typeof codecs, body: Bodies[Kind]): Kind {
  return kind === 'u1' ? `u${(body as SetStatement).set}` : kind;
}

/** What one kind of record is in order of: senders, who are in roster order; answers also by holder. */
export const orderKey = (record: AuditRecord): Uint8Array => {
  if (record.kind === 'answer') {
    const { sender, holder } = record.body as Answer;
    return concatBytes(sender, holder);
  }
  return 'sender' in record.body ? record.body.sender : new Uint8Array();
};
