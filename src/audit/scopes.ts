/**
 * V13: one vote per scope, over all sessions of the archive (PROTOCOL §7; attack A11). Any two sets that a quorum voted for
 * in a scope are equal, or the organiser allowed the second one by a grant that the session named; then the difference of
 * the two sums is known to more than was intended, which the auditor is told.
 */
import type { Identities, IdentitySet } from './identities.js';
import type { SessionSummary } from './summary.js';
import type { ScopeReport } from './types.js';

export function checkScopes(sessions: readonly SessionSummary[], identities: Identities): ScopeReport[] {
  const byScope = new Map<string, SessionSummary[]>();
  for (const session of sessions) {
    const ofScope = byScope.get(session.scope) ?? [];
    ofScope.push(session);
    byScope.set(session.scope, ofScope);
  }
  const names = identities.all();
  return [...byScope].map(([key, ofScope]) => {
    const voted = ofScope.filter(({ voted: byQuorum }) => byQuorum);
    checkElectorates(voted);
    const sets = checkSets(voted);
    checkVoters(ofScope, names);
    return {
      key,
      dataset: (ofScope[0] as SessionSummary).dataset,
      tasks: [...new Set(ofScope.map(({ task }) => task))],
      sessions: ofScope.length,
      voted: voted.length,
      sets,
    };
  });
}

function checkElectorates([first, ...others]: readonly SessionSummary[]): void {
  for (const { electorate, maxColluders, notebook } of others) {
    if (electorate === first?.electorate && maxColluders === first.maxColluders) continue;
    notebook.add('ELECTORATE_CHANGED', { detail: `another session of this scope is ${first?.id}` });
  }
}

/** @returns how many different ones */
function checkSets(voted: readonly SessionSummary[]): number {
  const seen = new Map<string, SessionSummary>();
  for (const session of voted) {
    const { set, grants, notebook } = session;
    if (set === null || seen.has(set)) continue;
    const grant = grants.find(({ from, to }) => to === set && seen.has(from));
    const before = grant === undefined ? [...seen.values()][0] : seen.get(grant.from);
    seen.set(set, session);
    if (before === undefined) continue;
    const detail = `the other session is ${before.id}; ${difference(session, before)} are in only one of the two`;
    notebook.add(grant === undefined ? 'TWO_SETS' : 'GRANT_USED', { detail });
  }
  return seen.size;
}

function difference(a: SessionSummary, b: SessionSummary): number {
  const shared =
    a.survivors !== null && b.survivors !== null ? a.survivors.sharedWith(b.survivors).length : 0;
  return sizeOf(a) + sizeOf(b) - 2 * shared;
}
const sizeOf = ({ survivors }: SessionSummary): number => survivors?.indices().length ?? 0;

/** Each identity by itself: also where no second quorum came together. */
function checkVoters(sessions: readonly SessionSummary[], names: readonly string[]): void {
  const seen = new Map<string, { readonly last: SessionSummary; readonly voters: IdentitySet }>();
  for (const session of sessions) {
    const { set, voters, grants, notebook } = session;
    if (set === null || voters === null) continue;
    for (const [other, before] of seen) {
      if (other === set) continue;
      if (isGranted(grants, other, set) || isGranted(before.last.grants, set, other)) continue;
      const twice = voters.sharedWith(before.voters).map((index) => names[index] as string);
      if (twice.length === 0) continue;
      notebook.add('DOUBLE_VOTE', {
        identities: twice,
        detail: `the other session is ${before.last.id}`,
      });
    }
    seen.set(set, { last: session, voters: seen.get(set)?.voters.union(voters) ?? voters });
  }
}

const isGranted = (grants: SessionSummary['grants'], from: string, to: string): boolean =>
  grants.some((grant) => grant.from === from && grant.to === to);
