/** The rules side by side, for what was asked: the complete graph, two published rules, and the ring without and with a beacon. */
import { byteSize } from '../output.js';
import { secondsText } from './measures.js';
import { planTask, RING_SUITE } from './plan.js';
import type { Rates } from './seconds.js';
import type { FeasiblePlan, Plan, PlanRequest } from './types.js';

type Row = readonly [name: string, against: string, changes: Pick<PlanRequest, 'suite' | 'rule' | 'beacon'>];

const ROWS: readonly Row[] = [
  ['masking/complete', 'a coordinator that does anything', { suite: 'masking/complete' }],
  ['curious', 'one that only looks', { suite: RING_SUITE, rule: 'curious' }],
  ['semi-malicious', 'one that lies about dropouts', { suite: RING_SUITE, rule: 'semi-malicious' }],
  ['ring', 'a coordinator that does anything', { suite: RING_SUITE, rule: 'ring' }],
  ['ring, beacon', 'a coordinator that does anything', { suite: RING_SUITE, rule: 'ring', beacon: true }],
];

const COLUMNS: readonly (readonly [title: string, cell: (plan: FeasiblePlan) => string])[] = [
  ['k', ({ k }) => String(k)],
  ['t', ({ t }) => String(t)],
  ['w', ({ w }) => String(w ?? '–')],
  ['h', ({ h }) => String(h ?? '–')],
  ['committee', ({ committee }) => (committee === null ? '–' : `${committee.q} of ${committee.m}`)],
  ['leaks', ({ failure }) => oddsCell(failure.privacyBits)],
  ['fails', ({ failure }) => oddsCell(failure.correctnessBits)],
  ['sends', ({ perParticipant }) => byteSize(perParticipant.uploadBytes)],
  ['receives', ({ perParticipant }) => byteSize(perParticipant.downloadBytes)],
  ['masks in', ({ perParticipant }) => timeCell(perParticipant.maskSeconds)],
  ['unmasked in', ({ coordinator }) => timeCell(coordinator.unmaskSeconds)],
];

export function comparisonText(request: PlanRequest, rates: Rates): string {
  const { beacon: _beacon, rule: _rule, ...asked } = request;
  const lines = ROWS.map(([name, against, changes]) => {
    const plan: Plan = planTask({ ...asked, ...changes }, rates, false);
    const cells = COLUMNS.map(([, cell]) => (plan.feasible ? cell(plan) : '–'));
    return [name, ...cells, plan.feasible ? against : 'cannot be met'];
  });
  return table([['rule', ...COLUMNS.map(([title]) => title), 'protects against'], ...lines]);
}

const oddsCell = (bits: number | null): string => (bits === null ? 'never' : `2^−${bits.toFixed(1)}`);
const timeCell = (seconds: number | null): string => (seconds === null ? '–' : secondsText(seconds));

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
