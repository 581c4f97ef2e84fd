/** What a round with complaints still waits for. */
import { complaintsOf } from '../protocol/coordinator/complaints.js';
import type { Frozen } from '../protocol/coordinator/state.js';
import type { SessionRow } from '../storage/port.js';
import type { SessionViews } from './session-views.js';
import type { Shell } from './shell.js';

/** Complaints whose dealer may still answer: it answers no more holders than its suite lets it. */
export async function answerableComplaints(
  { store, deps }: Pick<Shell, 'store' | 'deps'>,
  views: SessionViews,
  row: SessionRow,
  frozen: Frozen,
): Promise<number> {
  const [headers, answers, dealers] = await Promise.all([
    store.readRecords(row.id, 'r2'),
    store.readRecords(row.id, 'answer'),
    views.dealers(row),
  ]);
  const complaints = complaintsOf(frozen, headers, answers, dealers, deps);
  const given = new Map<number, number>();
  for (const { dealer, state } of complaints) {
    if (state !== 'open') given.set(dealer, (given.get(dealer) ?? 0) + 1);
  }
  const limit = deps.suite(frozen.session.task.suite).mostComplaints(frozen.session);
  return complaints.filter(({ dealer, state }) => state === 'open' && (given.get(dealer) ?? 0) < limit)
    .length;
}
