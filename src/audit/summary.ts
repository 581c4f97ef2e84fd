/** What is kept of a session once its records are gone: enough for what has to hold between sessions. */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { electorateHash, grantCodec } from '../protocol/documents.js';
import { identityAt } from '../protocol/shares.js';
import type { Checkpoint } from '../protocol/statements.js';
import { countedVotes, votersOf } from './checks/votes.js';
import type { Notebook } from './findings.js';
import type { Identities, IdentitySet } from './identities.js';
import { unlessRefused } from './refusals.js';
import type { AuditedSession } from './session.js';
import type { SessionReport } from './types.js';

export interface GrantSummary {
  /** Hex; `from` and `to` as in `SessionSummary.set`. */
  readonly scope: string;
  readonly from: string;
  readonly to: string;
}

export interface SessionSummary {
  /** Hex. */
  readonly id: string;
  readonly task: string;
  readonly number: number;
  readonly previous: readonly Checkpoint[];
  readonly scope: string;
  readonly dataset: string | null;
  readonly electorate: string;
  readonly maxColluders: number;
  readonly grants: readonly GrantSummary[];
  /** Hash of the identities of U3; null: never stated. */
  readonly set: string | null;
  readonly survivors: IdentitySet | null;
  /** Who signed that set. */
  readonly voters: IdentitySet | null;
  /** Whether these are a quorum. */
  readonly voted: boolean;
  /** Whether the coordinator can have the sum, whatever it published: a quorum's votes open it, and answers can be kept back. */
  readonly opened: boolean;
  readonly report: SessionReport;
  readonly notebook: Notebook;
}

const setKey = (identities: readonly Uint8Array[]): string => toHex(electorateHash(identities));

export function summaryOf(
  session: AuditedSession,
  report: SessionReport,
  identities: Identities,
): SessionSummary {
  const { id, opening, task, taskHash, scope, head, run, notebook } = session;
  const members = run?.u3?.members ?? null;
  const voters = run === null || members === null ? null : votersOf(session, run);
  const voted = run !== null && voters !== null && countedVotes(session, run) >= run.context.parameters.q;
  const identityOf = (position: number): string =>
    toHex(run?.entries[position]?.identity ?? new Uint8Array());
  return {
    id: toHex(id),
    task: toHex(taskHash),
    number: opening.session,
    previous: opening.previous,
    scope: toHex(scope),
    dataset: task.scope.kind === 'static' ? task.scope.dataset : null,
    electorate: setKey(head.electorate),
    maxColluders: task.maxColluders,
    grants: grantsOf(session),
    set:
      run === null || members === null
        ? null
        : setKey(members.map((position) => identityAt(run.context, position))),
    survivors: members === null ? null : identities.setOf(members.map(identityOf)),
    voters: voters === null ? null : identities.setOf([...voters].map(identityOf)),
    voted,
    opened: report.outcome === 'closed' || voted,
    report,
    notebook,
  };
}

/** Those that count: signed by the organiser and of this scope. */
function grantsOf({ head, rules, scope }: AuditedSession): GrantSummary[] {
  return head.grants.flatMap(({ payload, signature }) => {
    if (!rules.verifyOnce(rules.keys.organiser, payload, signature)) return [];
    const grant = unlessRefused(() => grantCodec.decode(payload));
    if (grant === null || !equalBytes(grant.scope, scope)) return [];
    return [{ scope: toHex(scope), from: setKey(grant.from), to: setKey(grant.to) }];
  });
}
