/** Messages and uploads of the memory store. Per session it keeps records and one running sum, uploads only if asked to. */
import { isEnded } from '../../protocol/phase.js';
import { sameSigned } from '../../protocol/signed.js';
import { copyBytes, copyRecord } from '../copy.js';
import type { Accumulator, Store } from '../port.js';
import { sameRecord } from '../same-record.js';
import { type Kept, order, recordKey, type Session } from './kept.js';

type Records = Pick<
  Store,
  | 'putRecord'
  | 'getRecord'
  | 'readRecords'
  | 'countRecords'
  | 'commitInput'
  | 'hasInput'
  | 'readInputs'
  | 'readUpload'
  | 'readSum'
>;

export const records = (kept: Kept): Records => ({
  async putRecord(sessionId, phase, record) {
    const session = kept.data.sessions.get(sessionId);
    if (!session || session.row.phase !== phase || isEnded(phase)) return 'late'; // check: A8
    const { kind, sender, subject, unique = [] } = record;
    const earlier = session.records.get(kind)?.get(recordKey(sender, subject));
    if (earlier) return sameRecord(earlier, record) ? 'same' : 'conflict';
    if (unique.some((value) => (session.claimed.get(value) ?? sender) !== sender)) return 'taken'; // check: A10

    for (const value of unique) session.claimed.set(value, sender);
    const ofKind = session.records.get(kind) ?? new Map<string, typeof record>();
    ofKind.set(recordKey(sender, subject), copyRecord(record));
    session.records.set(kind, ofKind);
    kept.hint(session);
    return 'stored';
  },

  async getRecord(sessionId, kind, sender, subject = '') {
    const record = kept.data.sessions.get(sessionId)?.records.get(kind)?.get(recordKey(sender, subject));
    return record ? copyRecord(record) : null;
  },

  async readRecords(sessionId, kind) {
    const found = kept.data.sessions.get(sessionId)?.records.get(kind)?.values() ?? [];
    return [...found]
      .sort((a, b) => order(a.sender, b.sender) || order(a.subject, b.subject))
      .map(copyRecord);
  },

  async countRecords(sessionId, kind) {
    return kept.data.sessions.get(sessionId)?.records.get(kind)?.size ?? 0;
  },

  async commitInput(sessionId, input, sums) {
    const session = kept.data.sessions.get(sessionId);
    if (session?.row.phase !== 'r2') return 'late'; // check: A8
    const header = session.records.get('r2')?.get(recordKey(input.sender, ''));
    if (!header || !sameSigned(header.signed, input.signed)) return 'conflict';
    if (session.inputs.has(input.sender)) return 'same';

    // Not into the sum itself: a fold that throws halfway must not leave half an upload in it.
    const sum = sumOf(session, sums, session.spare);
    sums.fold(sum, input.upload);
    session.spare = session.sum;
    session.sum = sum;
    session.inputs.add(input.sender);
    if (input.keep === true) session.uploads.set(input.sender, copyBytes(input.upload));
    kept.hint(session);
    return 'stored';
  },

  async hasInput(sessionId, sender) {
    return kept.data.sessions.get(sessionId)?.inputs.has(sender) === true;
  },

  async readInputs(sessionId) {
    return [...(kept.data.sessions.get(sessionId)?.inputs ?? [])].sort(order);
  },

  async readUpload(sessionId, sender) {
    return kept.data.sessions.get(sessionId)?.uploads.get(sender) ?? null;
  },

  async readSum(sessionId, sums) {
    return sumOf(kept.data.sessions.get(sessionId), sums);
  },
});

/** The running sum in `into` or a new array; zeros when nothing was folded. */
function sumOf(session: Session | undefined, sums: Accumulator, into: Uint8Array | null = null): Uint8Array {
  if (!session?.sum) return new Uint8Array(sums.byteLength);
  if (session.sum.length !== sums.byteLength) {
    throw new RangeError(`sums: the sum has ${session.sum.length} bytes, not ${sums.byteLength}`);
  }
  if (into === null) return copyBytes(session.sum);
  into.set(session.sum);
  return into;
}
