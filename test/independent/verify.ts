/**
 * A verifier of archives that was written from PROTOCOL.md alone: it imports nothing of the project. What both it and the
 * audit find in an archive follows from the specification, and from nothing else that the two might share.
 *
 * Without replay (V10, V11, V15), and without rings from a beacon.
 */
import { sequence } from './cbor.js';
import { checkPrevious, checkRank, checkScopes } from './between.js';
import { checkLogged, checkOrder, checkRun, hasNumbers } from './checks.js';
import { checkDocuments, type Policy } from './documents.js';
import {
  cosignedAt,
  type Head,
  type Keys,
  openCheckpoint,
  parseManifest,
  parseTrust,
  TRANSCRIPT,
} from './notes.js';
import { attempt, type LogEntry, parse } from './payloads.js';
import { H, hex, sha256, treeRoot } from './primitives.js';
import { checkReceipts } from './receipts.js';
import { type Found, readRecords, readSession, type Session } from './records.js';
import { checkAbort, checkRevealed } from './revealed.js';

export type Files = ReadonlyMap<string, Buffer>;

export interface Options {
  /** Keys from elsewhere. */
  readonly anchors?: Keys;
  readonly receipts?: Files;
  readonly policy?: Partial<Policy>;
  /** Codes of §9. */
  readonly reasons: ReadonlySet<string>;
}

const FLOOR: Policy = {
  ...{ minHonest: 2, minParticipants: 3, minColluders: 1, minWitnesses: 0 },
  ...{ suites: ['masking/complete', 'masking/ring', 'ckks/sumkey'], evolving: true, acceptGrants: true },
};

/** @returns the codes of §12.7 that it finds, each once, in order of the alphabet */
export function verifyArchive(files: Files, options: Options): string[] {
  const codes = new Set<string>();
  verify(files, options, (code) => void codes.add(code));
  return [...codes].sort();
}

function verify(files: Files, { anchors, receipts, policy: given, reasons }: Options, found: Found): void {
  const policy = { ...FLOOR, ...given };
  const manifest = listed(files, found);
  const named = attempt(() => parseTrust(files.get('trust.yaml') ?? Buffer.alloc(0)));
  if (named === null && files.has('trust.yaml')) found('UNREADABLE_FILE');
  if (anchors === undefined) found('ANCHORS_NOT_CHECKED');
  const keys = anchors ?? named;
  if (manifest === null || keys === null) return;
  const same =
    named === null || (named.organiser.equals(keys.organiser) && named.coordinator.equals(keys.coordinator));
  if (!same) found('OTHER_KEYS');
  const { payloads, log } = readLog(files, keys, policy, found);
  const bySession = new Map(log.map((entry) => [hex(entry.session), entry]));
  const sessions = new Map<string, Session>();
  /** Those too that cannot be judged. */
  const held = new Set<string>();
  for (const path of manifest.files.keys()) {
    const bytes = TRANSCRIPT.test(path) ? files.get(path) : undefined;
    if (bytes === undefined) continue;
    const items = attempt(() => sequence(bytes));
    if (items === null || items.length === 0) found('UNREADABLE_FILE');
    const [head, ...leaves] = items ?? [];
    if (head === undefined) continue;
    const records = readRecords(leaves, found);
    checkOrder(records, found);
    const session = readSession(head, records, found);
    const opening = records.one('task') && records.one('opening');
    if (opening === undefined) continue;
    const id = hex(H('opening', opening.payload));
    const isAgain = held.has(id);
    held.add(id);
    if (isAgain) found('SESSION_TWICE');
    if (isAgain || session === null) continue;
    sessions.set(id, session);
    checkLogged(session, bySession.get(id), found);
    const runs = checkDocuments(session, keys, policy, found) && hasNumbers(session, found);
    if (runs) checkRun(session, keys, found);
    if (runs) checkRevealed(session, found);
    checkAbort(session, reasons, found);
  }
  checkScope(manifest.scope, held, sessions, log, found);
  const place = (session: Session): number => log.findIndex((entry) => entry.session.equals(session.id));
  const ordered = [...sessions.values()].sort((a, b) => place(a) - place(b));
  checkScopes(ordered, keys.organiser, found);
  checkRank(ordered, policy.minHonest, found);
  checkPrevious(ordered, log, manifest.scope, found);
  if (receipts !== undefined) checkReceipts(receipts, { keys, payloads, log: bySession, sessions }, found);
}

function listed(files: Files, found: Found): ReturnType<typeof parseManifest> | null {
  const bytes = files.get('manifest');
  const manifest = bytes === undefined ? null : attempt(() => parseManifest(bytes));
  if (bytes === undefined) found('MISSING_FILE');
  else if (manifest === null) found('BAD_MANIFEST');
  if (manifest === null) return null;
  for (const name of ['checkpoint', 'log', 'trust.yaml'])
    if (!manifest.files.has(name)) found('MISSING_FILE');
  for (const [path, digest] of manifest.files) {
    const file = files.get(path);
    if (file === undefined) found('MISSING_FILE');
    else if (hex(sha256(file)) !== digest) found('CHANGED_FILE');
  }
  for (const path of files.keys())
    if (path !== 'manifest' && !manifest.files.has(path)) found('UNLISTED_FILE');
  return manifest;
}

interface Log {
  readonly payloads: readonly Buffer[];
  readonly log: readonly LogEntry[];
}

function readLog(
  files: Files,
  { coordinator, witnesses }: Keys,
  { minWitnesses }: Policy,
  found: Found,
): Log {
  const origin = `blindsum/log/${hex(coordinator)}`;
  const read = attempt(() => openCheckpoint(files.get('checkpoint') ?? Buffer.alloc(0), origin, coordinator));
  // Nobody accepts the head of a log with nothing in it.
  const head: Head | null = read?.size === 0 ? null : read;
  if (head === null) found('BAD_CHECKPOINT');
  const times = head === null ? [] : witnesses.map((witness) => cosignedAt(head, witness));
  if (times.includes(false)) found('BAD_COSIGNATURE');
  if (times.filter((time) => typeof time === 'number').length < minWitnesses) found('NOT_WITNESSED');
  const payloads = attempt(() => sequence(files.get('log') ?? Buffer.alloc(0)));
  if (payloads === null) found('UNREADABLE_FILE');
  const same = head?.size === payloads?.length && head?.root.equals(treeRoot(payloads ?? [])) === true;
  if (head !== null && !same) found('WRONG_LOG');
  const seen = new Set<string>();
  const log = (payloads ?? []).flatMap((payload) => {
    const entry = attempt(() => parse(payload, 'log-entry').body as unknown as LogEntry);
    if (entry === null) found('UNREADABLE_RECORD');
    if (entry === null) return [];
    const names = [hex(entry.session), `${hex(entry.task)} ${entry.number}`];
    const twice = names.some((name) => seen.has(name));
    if (twice) found('DUPLICATE_ENTRY');
    else for (const name of names) seen.add(name);
    return twice ? [] : [entry];
  });
  return { payloads: payloads ?? [], log };
}

function checkScope(
  scope: string,
  held: ReadonlySet<string>,
  sessions: ReadonlyMap<string, Session>,
  log: readonly LogEntry[],
  found: Found,
): void {
  const isIn = (task: Buffer, session: Buffer): boolean =>
    ['all', `task ${hex(task)}`, `session ${hex(session)}`].includes(scope);
  const wanted = log.filter(({ task, session }) => isIn(task, session));
  if (wanted.some(({ session }) => !held.has(hex(session)))) found('SESSION_MISSING');
  const judged = [...sessions.values()];
  if (judged.some(({ taskId, id }) => !isIn(taskId, id))) found('OUT_OF_SCOPE');
  if (scope !== 'all' && wanted.length === 0 && judged.every(({ taskId, id }) => !isIn(taskId, id)))
    found('OUT_OF_SCOPE');
}
