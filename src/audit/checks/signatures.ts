/** V1: who signed what, and whether it was somebody who may (attacks A5, A6). */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { electorateHash, grantCodec, grantHash } from '../../protocol/documents.js';
import { checkCertificate } from '../../protocol/roster.js';
import { isIncreasing } from '../../protocol/scope.js';
import type { MemberSet } from '../../protocol/sets.js';
import { openSigned } from '../../protocol/signed.js';
import { type MessageKind, MESSAGES } from '../records.js';
import { refusalOf } from '../refusals.js';
import { type AuditedSession, memberOf, type Run } from '../session.js';
import type { CheckResult } from '../types.js';
import { HOLDS } from './states.js';

export function checkSignatures(session: AuditedSession): CheckResult {
  checkDocuments(session);
  checkElectorate(session);
  checkGrants(session);
  checkMessages(session);
  if (session.run !== null) checkRoster(session, session.run);
  return HOLDS;
}

function checkDocuments({ records, rules, notebook, unsigned }: AuditedSession): void {
  const { organiser, coordinator } = rules.keys;
  for (const { kind, index, signed, sender } of records.all) {
    if (sender !== '') continue;
    const isTask = kind === 'task';
    const [key, verify] = isTask ? [organiser, rules.verifyOnce] : [coordinator, rules.verify];
    if (verify(key, signed.payload, signed.signature)) continue;
    unsigned.add(index);
    notebook.add(isTask ? 'WRONG_ORGANISER' : 'WRONG_COORDINATOR', {
      records: [index],
      detail: `the ${kind}`,
    });
  }
}

function checkElectorate({ head: { electorate }, opening, task, records, notebook }: AuditedSession): void {
  const hash = electorateHash(electorate);
  const { pinned } = task;
  const same = (named: { hash: Uint8Array; size: number }): boolean =>
    named.size === electorate.length && equalBytes(named.hash, hash);
  if (isIncreasing(electorate) && same(opening.electorate) && (pinned === null || same(pinned))) return;
  notebook.add('ELECTORATE_MISMATCH', { records: [records.one('opening')?.index as number] });
}

/** Exactly those that the opening names, in its order, signed by the organiser. */
function checkGrants({ head: { grants }, opening, rules, notebook }: AuditedSession): void {
  const named = opening.grants;
  const same =
    grants.length === named.length &&
    grants.every((grant, index) => equalBytes(grantHash(grant), named[index] as Uint8Array));
  if (!same) notebook.add('WRONG_GRANT');
  for (const grant of grants) {
    const refusal = refusalOf(() =>
      openSigned(grantCodec, grant, rules.keys.organiser, rules.verifyOnce, 'WRONG_ORGANISER'),
    );
    if (refusal !== null) notebook.add('WRONG_ORGANISER', { detail: refusal.message, by: 'coordinator' });
  }
}

/** Who may still send such a message; null: the set was never stated, which is another finding. */
function allowed(run: Run, kind: MessageKind): MemberSet | null {
  switch (kind) {
    case 'r0':
    case 'r1':
      return run.u1;
    case 'r2':
    case 'answer':
      return run.u2;
    case 'r3':
    case 'r4':
      return run.u3;
  }
}

function checkMessages(session: AuditedSession): void {
  const { records, rules, notebook, unsigned, run } = session;
  for (const kind of MESSAGES) {
    const members = run === null ? null : new Set(allowed(run, kind)?.members);
    for (const { sender, body, signed, index } of records.of(kind)) {
      if (!rules.verify(body.sender, signed.payload, signed.signature)) {
        unsigned.add(index);
        notebook.add('BAD_SIGNATURE', { records: [index], identities: [sender] });
      }
      if (run === null || members === null) continue;
      const position = memberOf(run, sender);
      if (position === null || !members.has(position)) {
        notebook.add('NOT_A_MEMBER', {
          records: [index],
          identities: [sender],
          detail: `a message of ${kind}`,
        });
      }
    }
  }
}

function checkRoster(
  { electorate, task, opening, records, rules, notebook }: AuditedSession,
  run: Run,
): void {
  const joined = new Map(records.of('r0').map(({ sender, index }) => [sender, index]));
  for (const { identity, certificate } of run.entries) {
    const hex = toHex(identity);
    const about = { records: [joined.get(hex) as number], identities: [hex] };
    if (!electorate.has(hex)) notebook.add('NOT_INVITED', about);
    if (rules.revoked.has(hex)) notebook.add('REVOKED', about);
    if (task.pinned !== null || records.one('u1') === null) continue;
    // Joined some time between these two; a certificate may have been renewed meanwhile.
    const times = [opening.openedMs, opening.openedMs + opening.joinMs];
    const refusals = times.map((nowMs) => {
      const given = {
        organiser: rules.keys.organiser,
        revoked: new Set<string>(),
        nowMs,
        verify: rules.verifyOnce,
      };
      return refusalOf(() => checkCertificate(certificate, identity, given));
    });
    if (refusals.every((refusal) => refusal !== null)) {
      notebook.add('NOT_ENROLLED', { ...about, detail: refusals[0]?.code ?? '' });
    }
  }
}
