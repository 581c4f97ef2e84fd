/**
 * V7: each answer reveals only what the signed sets allow, once (attack A3). V8: all answers together, those to complaints
 * included, give away nobody's input. The shares themselves are in no transcript; what kind each is was signed.
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { identityAt } from '../../protocol/shares.js';
import type { Revealing, Sets } from '../../protocol/suite.js';
import type { AuditRecord } from '../records.js';
import { unlessRefused } from '../refusals.js';
import { type AuditedSession, memberOf, type Run } from '../session.js';
import type { CheckResult } from '../types.js';
import { ENDED_BEFORE, HOLDS, NO_ROSTER, UNREADABLE_SETS } from './states.js';
import { signsSets } from './votes.js';

export interface Revealed {
  readonly helper: number;
  readonly record: AuditRecord<'r4'>;
  readonly shares: readonly Revealing[];
}

/** What each r4 reveals, whatever sets it is for. */
export function revealedIn({ records, notebook }: AuditedSession, run: Run): Revealed[] {
  const sets = setsOf(run);
  if (sets === null) return [];
  return records.of('r4').flatMap((record) => {
    const helper = memberOf(run, record.sender);
    if (helper === null) return [];
    const about = { records: [record.index], identities: [record.sender] };
    const shares = unlessRefused(
      () => run.suite.revealed(run.context, sets, helper, record.body.kinds),
      ({ message: detail }) => {
        notebook.add('WRONG_SHARES', { ...about, detail });
      },
    );
    if (shares === null) return [];
    if (!shares.every(({ allowed }) => allowed)) notebook.add('WRONG_SHARES', about);
    return [{ helper, record, shares }];
  });
}

export function setsOf({ u1, u2, u3 }: Run): Sets | null {
  return u2 === null || u3 === null ? null : { u1, u2, u3 };
}

export function checkUnmasking(session: AuditedSession): CheckResult {
  const { records, notebook, run } = session;
  if (run === null) return NO_ROSTER;
  checkAnswers(session, run);
  const answers = records.of('r4');
  checkEnough(session, run);
  if (answers.length === 0) return records.of('answer').length === 0 ? ENDED_BEFORE : HOLDS;
  if (setsOf(run) === null) return UNREADABLE_SETS;
  const seen = new Map<string, number>();
  for (const answer of answers) {
    const { index, sender } = answer;
    if (!signsSets(answer, run)) notebook.add('OTHER_SETS', { records: [index], identities: [sender] });
    const before = seen.get(sender);
    if (before !== undefined) {
      notebook.add('SECOND_ANSWER', { records: [before, index], identities: [sender] });
    }
    seen.set(sender, index);
  }
  return HOLDS;
}

/** A sum does not open without t answers; what they are for is asked elsewhere. With fewer, there were others. */
function checkEnough({ records, notebook, unsigned }: AuditedSession, run: Run): void {
  const result = records.one('result');
  if (result === null) return;
  const signed = records.of('r4').filter(({ index }) => !unsigned.has(index));
  const { size } = new Set(signed.map(({ sender }) => sender));
  const { t } = run.context.parameters;
  if (size < t) {
    notebook.add('TOO_FEW_ANSWERS', {
      records: [result.index],
      detail: `${size} answered, ${t} are needed`,
    });
  }
}

/** Answers to complaints: only to who complained, and to no more holders than a dealer answers. */
function checkAnswers({ records, notebook }: AuditedSession, { suite, context }: Run): void {
  const headers = new Map(records.of('r2').map((header) => [header.sender, header.body]));
  const answered = new Map<string, Map<string, number>>();
  for (const { sender, body, index } of records.of('answer')) {
    const holder = toHex(body.holder);
    const complained = headers.get(holder)?.complaints.some(({ dealer }) => equalBytes(dealer, body.sender));
    if (complained !== true) {
      notebook.add('ANSWER_WITHOUT_COMPLAINT', { records: [index], identities: [sender] });
    }
    const holders = answered.get(sender) ?? new Map<string, number>();
    answered.set(sender, holders.set(holder, index));
  }
  const most = suite.mostComplaints(context);
  for (const [dealer, holders] of answered) {
    if (holders.size > most) {
      notebook.add('TOO_MANY_ANSWERS', { records: [...holders.values()], identities: [dealer] });
    }
  }
}

/** Counts every share that the records show to be revealed, each once. */
export function checkBothKinds(session: AuditedSession, revealed: readonly Revealed[]): CheckResult {
  const { records, notebook, run } = session;
  if (run === null) return NO_ROSTER;
  const answers = records.of('answer');
  if (revealed.length + answers.length === 0) return ENDED_BEFORE;
  const { suite, context } = run;
  const size = context.roster.length;
  const counts = suite.shareKinds.map(() => new Uint32Array(size));
  // Of those who were answered only: others are counted once anyway.
  const held = new Map<number, Set<string>>();
  for (const { body } of answers) {
    const dealer = memberOf(run, toHex(body.sender));
    const holder = memberOf(run, toHex(body.holder));
    if (dealer === null || holder === null) continue;
    const known = held.get(holder) ?? new Set<string>();
    held.set(holder, known);
    suite.shareKinds.forEach((_, kind) => {
      count(dealer, kind, known);
    });
  }
  for (const { helper, shares } of revealed) {
    for (const { dealer, kind } of shares) {
      if (dealer !== null && kind !== null) count(dealer, suite.shareKinds.indexOf(kind), held.get(helper));
    }
  }
  function count(dealer: number, kind: number, known: Set<string> | undefined): void {
    const share = `${dealer}/${kind}`;
    if (known?.has(share) === true) return;
    known?.add(share);
    const ofKind = counts[kind] as Uint32Array;
    ofKind[dealer] = (ofKind[dealer] as number) + 1;
  }
  const exposed = [...Array(size).keys()].filter((dealer) =>
    suite.exposes(
      context,
      counts.map((ofKind) => ofKind[dealer] as number),
    ),
  );
  if (exposed.length > 0) {
    const identities = exposed.map((dealer) => toHex(identityAt(context, dealer)));
    const indices = [...answers, ...revealed.map(({ record }) => record)].map(({ index }) => index);
    notebook.add('BOTH_KINDS', { records: indices, identities });
  }
  return HOLDS;
}
