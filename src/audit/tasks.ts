/** What holds of a task over all its sessions: what took part together, and, for evolving tasks, the rank test. */
import type { Task } from '../protocol/documents.js';
import type { Notebook } from './findings.js';
import type { Identities, IdentitySet } from './identities.js';
import { combinationsOf } from './rank.js';
import type { SessionSummary } from './summary.js';
import type { RankReport, TaskReport } from './types.js';

export interface TaskRules {
  readonly minHonest: number;
  readonly participation: boolean;
}

/** @param id hex
 * @param sessions of the task, in the order in which they ended */
export function taskReport(
  id: string,
  body: Task,
  sessions: readonly SessionSummary[],
  identities: Identities,
  rules: TaskRules,
  notebook: Notebook,
): TaskReport {
  const opened = sessions.filter(({ opened: isOpen, survivors }) => isOpen && survivors !== null);
  const sums = opened.map(({ survivors }) => survivors as IdentitySet);
  return {
    id,
    name: body.name,
    suite: body.suite,
    scope: body.scope,
    pinned: body.pinned !== null,
    maxParticipants: body.maxParticipants,
    maxColluders: body.maxColluders,
    minSurvivors: body.minSurvivors,
    weighted: body.maxWeight !== null,
    vectors: body.vectors.map(({ name, length, bits }) => ({ name, length, bits })),
    sessions: sessions.length,
    closed: sessions.filter(({ report }) => report.outcome === 'closed').length,
    participants: new Set(sums.flatMap((sum) => sum.indices())).size,
    rank: body.scope.kind === 'evolving' ? rankReport(id, body, sums, rules, notebook) : null,
    participation: rules.participation ? participationIn(opened, identities) : null,
  };
}

function rankReport(
  id: string,
  { maxColluders }: Task,
  sums: readonly IdentitySet[],
  { minHonest }: TaskRules,
  notebook: Notebook,
): RankReport {
  const least = minHonest + maxColluders;
  const found = combinationsOf(sums);
  const participants = new Set(sums.flatMap((sum) => sum.indices())).size;
  if (found === null)
    return { sums: sums.length, rank: 0, participants, least, singledOut: null, smallest: null };
  const { rank, alone, smallest } = found;
  if (smallest !== null && smallest < least) {
    const detail = `task ${id}: some combination of its ${sums.length} sums is over ${smallest} of its ${participants} participants; single participants that some combination shows: ${alone.length}`;
    notebook.add('SINGLED_OUT', { detail });
  }
  return { sums: sums.length, rank, participants, least, singledOut: alone.length, smallest };
}

function participationIn(
  opened: readonly SessionSummary[],
  identities: Identities,
): Record<string, string[]> {
  const names = identities.all();
  const found: Record<string, string[]> = {};
  for (const { id, survivors } of opened) {
    for (const index of survivors?.indices() ?? []) (found[names[index] as string] ??= []).push(id);
  }
  return found;
}
