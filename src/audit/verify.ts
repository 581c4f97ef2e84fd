/**
 * The audit of an archive of transcripts (PROTOCOL §12.7): first the log, then receipts, then one session after the other, at
 * last what has to hold between them. One session is in memory at a time. The checks are pure; only here is anything awaited.
 */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { encodeCanonical } from '../../crypto/canonical.js';
import { sha256 } from '../../crypto/hash.js';
import { verifySignature } from '../../crypto/signature.js';
import type { Task } from '../protocol/documents.js';
import type { Verify } from '../protocol/signed.js';
import { suiteById } from '../protocol/suites/index.js';
import { HOLDS, notChecked } from './checks/states.js';
import { Notebook } from './findings.js';
import { Identities } from './identities.js';
import { type AuditedLog, logReport, readLog } from './log.js';
import { checkGaps, checkPrevious } from './previous.js';
import { readReceipts } from './receipts.js';
import { withFindings } from './session-report.js';
import { checkScopes } from './scopes.js';
import type { Rules } from './session.js';
import { checkComplete, readSessions } from './read-sessions.js';
import type { Keys, TranscriptSource, VerifyOptions, VerifyTranscripts } from './source.js';
import type { SessionSummary } from './summary.js';
import { taskReport } from './tasks.js';
import { checkStray } from './unlogged.js';
import type { CheckResult, Finding, SessionReport, TaskReport, Verdict } from './types.js';

export const verifyTranscripts: VerifyTranscripts = async (source, options) => {
  const counted = { signatures: 0 };
  const rules = rulesOf(source, options, counted);
  const books = {
    archive: new Notebook('archive'),
    log: new Notebook('log'),
    receipts: new Notebook('receipts'),
  };
  checkAnchors(source.keys, options.anchors, books.archive);
  const log = await readLog(source, rules, books.log);
  const receipts =
    source.receipts === undefined ? null : await readReceipts(source.receipts, log, rules, books.receipts);
  const identities = new Identities();
  const tasks = new Map<string, Task>();
  const audits = await readSessions(source, options, {
    rules,
    log,
    receipts,
    identities,
    tasks,
    book: books.archive,
  });
  const sessions = inLogOrder(
    audits.flatMap(({ summary }) => summary ?? []),
    log,
  );
  checkComplete(source.scope, audits, log, books.archive);
  if (receipts !== null) {
    const seen = new Set(audits.flatMap(({ report }) => report.id ?? []));
    checkStray(receipts, seen, log, books.receipts);
  }
  checkPrevious(sessions, log);
  checkGaps(sessions, log, source.scope, books.log);
  const scopes = checkScopes(sessions, identities);
  const taskReports = tasksOf(tasks, sessions, identities, options, books.archive);
  const shared = sharedWithPrevious(sessions);
  const findings = [...Object.values(books).flatMap((book) => book.findings(log.signedFor))];
  const logFindings = books.log.findings(log.signedFor);
  const receiptFindings = books.receipts.findings(log.signedFor);
  const reports = audits.map(({ report, notebook, signedFor, summary }): SessionReport => {
    const own = notebook.findings(signedFor);
    findings.push(...own);
    const before = summary === null ? undefined : shared.get(summary);
    return { ...report, sharedWithPrevious: before ?? null, checks: withFindings(report.checks, own) };
  });
  return verdictOf({
    findings,
    anchors: options.anchors === null ? 'not checked' : 'checked',
    log: logReport(log, checkOf(logFindings, HOLDS)),
    sessions: reports,
    tasks: taskReports,
    scopes,
    receipts:
      receipts === null
        ? null
        : {
            files: receipts.files,
            verified: receipts.verified,
            sessions: receipts.sessions.size,
            check: checkOf(receiptFindings, receipts.files === 0 ? notChecked('there are none') : HOLDS),
          },
    participants: identities.size,
    signatures: counted.signatures,
  });
};

const checkOf = (findings: readonly Finding[], otherwise: CheckResult): CheckResult =>
  findings.some(({ severity }) => severity === 'error') ? { state: 'fails', why: '' } : otherwise;

function rulesOf(source: TranscriptSource, options: VerifyOptions, counted: { signatures: number }): Rules {
  const given = options.verify ?? verifySignature;
  const verify: Verify = (publicKey, message, signature) => {
    counted.signatures += 1;
    return given(publicKey, message, signature);
  };
  const known = new Map<string, boolean>();
  return {
    keys: options.anchors ?? source.keys,
    policy: options.policy,
    revoked: options.revoked ?? new Set(),
    verify,
    verifyOnce: (publicKey, message, signature) => {
      const key = toHex(sha256(encodeCanonical([publicKey, signature, message])));
      const valid = known.get(key) ?? (signature.length === 64 && verify(publicKey, message, signature));
      known.set(key, valid);
      return valid;
    },
    suite: options.suite ?? suiteById,
    beacon: options.beacon ?? (() => null),
  };
}

function checkAnchors(claimed: Keys, anchors: Keys | null, book: Notebook): void {
  if (anchors === null) {
    book.add('ANCHORS_NOT_CHECKED');
    return;
  }
  const others = (['organiser', 'coordinator'] as const).filter(
    (who) => !equalBytes(claimed[who], anchors[who]),
  );
  if (others.length === 0) return;
  const keys = others.map((who) => `${who} ${toHex(claimed[who])}, pinned is ${toHex(anchors[who])}`);
  book.add('OTHER_KEYS', { place: 'trust.yaml', detail: keys.join('; ') });
}

function inLogOrder(sessions: readonly SessionSummary[], { sessions: logged }: AuditedLog): SessionSummary[] {
  const at = ({ id }: SessionSummary): number => logged.get(id)?.index ?? Infinity;
  return [...sessions].sort((a, b) => (at(a) === at(b) ? a.number - b.number : at(a) - at(b)));
}

function tasksOf(
  tasks: ReadonlyMap<string, Task>,
  sessions: readonly SessionSummary[],
  identities: Identities,
  { policy, participation = false }: VerifyOptions,
  book: Notebook,
): TaskReport[] {
  return [...tasks].map(([id, task]) => {
    const ofTask = sessions.filter((session) => session.task === id);
    return taskReport(id, task, ofTask, identities, { minHonest: policy.minHonest, participation }, book);
  });
}

/** Of each opened session, how many were in the opened one of its task before it. */
function sharedWithPrevious(sessions: readonly SessionSummary[]): ReadonlyMap<SessionSummary, number> {
  const last = new Map<string, SessionSummary>();
  const shared = new Map<SessionSummary, number>();
  for (const session of sessions) {
    if (!session.opened || session.survivors === null) continue;
    const before = last.get(session.task)?.survivors;
    if (before) shared.set(session, session.survivors.sharedWith(before).length);
    last.set(session.task, session);
  }
  return shared;
}

type Parts = Omit<Verdict, 'holds' | 'totals'> & {
  readonly participants: number;
  readonly signatures: number;
};

function verdictOf({ participants, signatures, ...parts }: Parts): Verdict {
  const { findings, sessions } = parts;
  const count = <T>(items: readonly T[], which: (item: T) => boolean): number => items.filter(which).length;
  const errors = count(findings, ({ severity }) => severity === 'error');
  return {
    holds: errors === 0,
    ...parts,
    totals: {
      sessions: sessions.length,
      closed: count(sessions, ({ outcome }) => outcome === 'closed'),
      aborted: count(sessions, ({ outcome }) => outcome === 'aborted'),
      participants,
      records: sessions.reduce((total, { records }) => total + records, 0),
      signatures,
      replayed: count(sessions, ({ replayed }) => replayed),
      errors,
      warnings: findings.length - errors,
    },
  };
}
