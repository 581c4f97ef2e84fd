/**
 * V14: the log of the coordinator (PROTOCOL §12.1–12.3). Its checkpoint is signed, its entries are those of the checkpoint,
 * and no session or number is in it twice. A log that somebody else was shown differently is for witnesses and receipts.
 */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { type BlindsumError, refuse } from '../protocol/errors.js';
import { type Checkpoint, logOrigin, openCheckpoint } from '../protocol/transcript/checkpoint.js';
import { type Cosigned, openCosignatures } from '../protocol/transcript/cosignature.js';
import { type LogEntry, logEntryCodec } from '../protocol/transcript/log-entry.js';
import { HOLDS } from './checks/states.js';
import type { Notebook } from './findings.js';
import { unlessRefused } from './refusals.js';
import type { Rules } from './session.js';
import type { TranscriptSource } from './source.js';
import type { CheckResult, LogReport } from './types.js';

/** Of a log; an archive of a longer one is not the log of its checkpoint. */
const MOST_ENTRIES = 2 ** 20;

export interface LoggedSession extends LogEntry {
  /** In the log. */
  readonly index: number;
  /** Hex. */
  readonly id: string;
  readonly taskId: string;
}

export interface AuditedLog {
  readonly checkpoint: Checkpoint | null;
  readonly payloads: readonly Uint8Array[];
  /** Those that can be read, in order; of several for one session the first. */
  readonly sessions: ReadonlyMap<string, LoggedSession>;
  readonly witnesses: readonly Cosigned[];
  /** Whether the coordinator signed for exactly these entries. */
  readonly signedFor: boolean;
}

export async function readLog(
  source: TranscriptSource,
  { keys, verify, policy: { minWitnesses } }: Rules,
  notebook: Notebook,
): Promise<AuditedLog> {
  const checkpoint = readCheckpoint(source.checkpoint, keys.coordinator, verify, notebook);
  const witnesses = checkpoint === null ? [] : cosignedBy(checkpoint, keys.witnesses, verify, notebook);
  if (witnesses.length < minWitnesses) {
    const detail = `${witnesses.length} have, ${minWitnesses} are needed`;
    notebook.add('NOT_WITNESSED', { place: 'checkpoint', detail });
  }
  const payloads: Uint8Array[] = [];
  for await (const payload of source.log) {
    payloads.push(payload);
    if (payloads.length === MOST_ENTRIES) break;
  }
  const signedFor =
    checkpoint !== null &&
    checkpoint.size === payloads.length &&
    equalBytes(checkpoint.root, merkleRoot(payloads));
  if (!signedFor && checkpoint !== null) notebook.add('WRONG_LOG');
  return { checkpoint, payloads, sessions: entriesOf(payloads, notebook), witnesses, signedFor };
}

function readCheckpoint(
  text: string,
  coordinator: Uint8Array,
  verify: Rules['verify'],
  notebook: Notebook,
): Checkpoint | null {
  return unlessRefused(
    () => {
      const checkpoint = openCheckpoint(text, logOrigin(coordinator), coordinator, verify);
      // Nothing can be missing in a log of which nothing is shown: nobody accepts such a head.
      if (checkpoint.size === 0) refuse('MALFORMED', 'peer', 'it is that of an empty log');
      return checkpoint;
    },
    ({ message: detail }) => {
      notebook.add('BAD_CHECKPOINT', { place: 'checkpoint', detail });
    },
  );
}

/** One that does not verify does not make the others worth less. */
function cosignedBy(
  { note }: Checkpoint,
  witnesses: Rules['keys']['witnesses'],
  verify: Rules['verify'],
  notebook: Notebook,
): Cosigned[] {
  const refused = ({ message: detail }: BlindsumError): void => {
    notebook.add('BAD_COSIGNATURE', { place: 'checkpoint', detail });
  };
  return witnesses.flatMap(
    (witness) => unlessRefused(() => openCosignatures(note, [witness], verify), refused) ?? [],
  );
}

function entriesOf(payloads: readonly Uint8Array[], notebook: Notebook): Map<string, LoggedSession> {
  const sessions = new Map<string, LoggedSession>();
  const numbers = new Set<string>();
  payloads.forEach((payload, index) => {
    const place = `log, entry ${index}`;
    const entry = readEntry(payload);
    if (entry === null) {
      notebook.add('UNREADABLE_RECORD', { place });
      return;
    }
    const [id, taskId] = [toHex(entry.session), toHex(entry.task)];
    const number = `${taskId}/${entry.number}`;
    if (sessions.has(id) || numbers.has(number)) {
      notebook.add('DUPLICATE_ENTRY', { place });
      return;
    }
    sessions.set(id, { ...entry, index, id, taskId });
    numbers.add(number);
  });
  return sessions;
}

/** Null: not an entry of a log. */
export const readEntry = (payload: Uint8Array): LogEntry | null =>
  unlessRefused(() => logEntryCodec.decode(payload));

export const logReport = (log: AuditedLog, check: CheckResult = HOLDS): LogReport => ({
  origin: log.checkpoint?.origin ?? null,
  size: log.checkpoint?.size ?? 0,
  root: log.checkpoint === null ? '' : toHex(log.checkpoint.root),
  entries: log.payloads.length,
  witnesses: log.witnesses.map(({ witness: { name }, seconds }) => ({ name, seconds })),
  check,
});
