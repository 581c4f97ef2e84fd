/** What a plan says of rings: the numbers of each rule, their cost, and what could be met instead. */
import { expect, test } from '@jest/globals';
import { comparisonText } from '../../../src/cli/plan/compare.js';
import { secondsText } from '../../../src/cli/plan/measures.js';
import { planTask } from '../../../src/cli/plan/plan.js';
import { measureRates } from '../../../src/cli/plan/seconds.js';
import { planText } from '../../../src/cli/plan/text.js';
import type { FeasiblePlan, GraphRule, PlanRequest } from '../../../src/cli/plan/types.js';

const RATES = { coordinatesPerSecond: 1e9, agreementsPerSecond: 1e4 };

const request = (changes: Partial<PlanRequest> = {}): PlanRequest => ({
  ...{ suite: 'masking/ring', rule: 'ring', participants: 1000, adversarial: 0.1, dropout: 0.1 },
  ...{ length: 1000, maxAbs: 1 },
  ...changes,
});
const plan = (changes: Partial<PlanRequest> = {}) => planTask(request(changes), RATES);

function feasible(changes: Partial<PlanRequest> = {}): FeasiblePlan {
  const planned = plan(changes);
  if (!planned.feasible) throw new Error(planned.refused);
  return planned;
}

test.each<[Partial<PlanRequest>, Partial<FeasiblePlan>]>([
  [{}, { rule: 'ring', k: 146, t: 65, w: 73, h: 48, committee: null, beacon: false }],
  [{ beacon: true }, { k: 90, t: 37, w: 45, h: 26, beacon: true }],
  [{ participants: 10_000 }, { k: 174, t: 82, w: 87, h: 57, committee: { m: 176, q: 129 }, quorum: 5501 }],
  [{ rule: 'curious' }, { rule: 'curious', k: 48, t: 27, w: null, h: null, committee: null, quorum: null }],
  [{ rule: 'semi-malicious' }, { rule: 'semi-malicious', k: 96, t: 67, spare: null }],
])('%j', (changes, expected) => {
  const planned = feasible(changes);
  expect(planned).toMatchObject({ feasible: true, suite: 'masking/ring', refused: null, ...expected });
  const securityBits = planned.rule === 'ring' && !planned.beacon ? 104 : 40;
  expect(planned.failure.privacyBits).toBeGreaterThanOrEqual(securityBits);
  expect(planned.failure.privacyBits).toBeLessThan(securityBits + 5);
  expect(planned.failure.correctnessBits).toBeGreaterThanOrEqual(20);
});

test('the cost grows with the neighbours, not with all others, but for a hash and two bits of each', () => {
  const small = feasible({ participants: 2001 });
  const large = feasible({ participants: 20_000 });
  // Two places of two bytes, two shares, the tag, two leaves.
  const packet = (large.perParticipant.shareBytes - small.perParticipant.shareBytes) / (large.k - small.k);
  expect(packet).toBe(148);
  const more = large.perParticipant.downloadBytes - small.perParticipant.downloadBytes;
  // Identity and hash of r0 in the roster, identity in the electorate and in the list that pins it.
  expect(more / 17_999).toBeGreaterThan(128);
  expect(more / 17_999).toBeLessThan(150);
  expect(small.perParticipant.maskSeconds).toBeCloseTo((small.k + 1) * 1e-6 + small.k / 1e4, 3);
  const { participants, k, coordinator } = small;
  const pairs = (200 * k * 1801) / (participants - 1);
  expect(coordinator.unmaskSeconds).toBeCloseTo((1801 + pairs) * 1e-6 + pairs / 1e4, 1);
});

/** What a refusal offers, as changes of the request. */
function offers(text: string): Partial<PlanRequest>[] {
  const [, possible = ''] = text.split('; possible is ');
  return possible.split(', or ').map((offer) => {
    const dropout = /^a dropout of (\S+)$/.exec(offer)?.[1];
    if (dropout !== undefined) return { dropout: Number(dropout) };
    const maxColluders = /^maxColluders (\d+)$/.exec(offer)?.[1];
    if (maxColluders !== undefined) return { adversarial: 0, maxColluders: Number(maxColluders) };
    if (offer === 'no dropout') return { dropout: 0 };
    if (offer === 'a public beacon (--beacon)') return { beacon: true };
    if (offer === 'suite masking/complete') return { suite: 'masking/complete' };
    throw new Error(`unknown offer: ${offer}`);
  });
}

test.each<[Partial<PlanRequest>, RegExp, number]>([
  [{ participants: 100, adversarial: 0.3, dropout: 0.3 }, /^no ring of 100 with at most 49 neighbours/, 2],
  [{ participants: 300, adversarial: 0.2, dropout: 0.1 }, /^no ring of 300 with at most 149 neighbours/, 4],
  [{ adversarial: 0.45, dropout: 0.45 }, /^450 of 1000 may drop out, but 726 must stay to the end/, 2],
  [{ participants: 50_000, adversarial: 0.45, dropout: 0.45 }, /^22500 of 50000 may drop/, 2],
  [
    { rule: 'semi-malicious', adversarial: 0.33, dropout: 0.33 },
    /with at most 998 neighbours each stands/,
    3,
  ],
  [{ rule: 'curious', adversarial: 0.5, dropout: 0.5 }, /by the rule curious/, 2],
  [{ participants: 3, adversarial: 0.3, dropout: 0 }, /^no ring of 3 with at most 0 neighbours/, 1],
])('%j is refused, and what is offered instead is granted', (changes, reason, count) => {
  const planned = plan(changes);
  expect(planned).toMatchObject({ feasible: false, k: null, t: null, coordinator: null });
  expect(planned.refused).toMatch(reason);
  const possible = offers(planned.refused ?? '');
  expect(possible.length).toBe(count);
  for (const offer of possible) {
    const { rule, ...other } = request({ ...changes, ...offer });
    const granted = other.suite === 'masking/complete' ? other : { ...other, rule: rule as GraphRule };
    expect([offer, planTask(granted, RATES).refused]).toEqual([offer, null]);
  }
});

test('more neighbours than one message has room for', () => {
  const asked = request({ participants: 60_000, adversarial: 0.97, dropout: 0.01 });
  const { refused } = planTask(asked, RATES, false);
  expect(refused).toMatch(/for 28\d+ neighbours are more than a coordinator takes in one message$/);
});

test('too few participants, bits that wrap, a precision beyond what is rounded', () => {
  expect(plan({ participants: 2 }).refused).toMatch(/at least 3 participants/);
  expect(plan({ bits: 8 }).refused).toMatch(/bits/);
  expect(plan({ precision: 1e-9 }).refused).toMatch(/suite masking\/ring rounds inputs to 32 bits/);
});

test('in words: what each rule protects against, how surely, and what that assumes', () => {
  const ours = planText(feasible(), null);
  expect(ours).toMatch(/k = 146 neighbours on a ring, w = 73 on either side; of any 73 in a row h = 48 must/);
  expect(ours).toMatch(/whatever they send and whoever it says dropped out/);
  expect(ours).toMatch(/2\^−104\.\d+, and fails .* 2\^−21/);
  expect(ours).toMatch(/granted 2\^64 rosters to try, which leaves 2\^−40\.\d\d\./);
  expect(ours).toMatch(/await outside review/);
  expect(ours).toMatch(/estimated for one core of this machine/);
  expect(planText(feasible({ beacon: true }), null)).toMatch(/before that was published/);
  expect(planText(feasible({ participants: 10_000 }), null)).toMatch(/committee of m = 176 .* 129 of them/);
  const curious = planText(feasible({ rule: 'curious' }), null);
  expect(curious).toMatch(/only looks/);
  expect(curious).toMatch(/warning: no session runs by this rule/);
  expect(planText(feasible({ rule: 'semi-malicious' }), null)).toMatch(/attack A3b/);
  expect(planText(feasible({ adversarial: 0 }), null)).toMatch(/No ring lets anything leak/);
  expect(planText(feasible({ participants: 100_000 }), null)).toMatch(/a roster has at most 65535 members/);
  expect(planText(plan({ participants: 100, adversarial: 0.3 }), 'the table')).toMatch(
    /cannot be run: [^]*\n\nthe table$/,
  );
});

test('who may drop out is who the ring is planned for; the quorum is that of the signatures', () => {
  const planned = feasible();
  expect(planned).toMatchObject({ quorum: 551, spare: 100 });
  const text = planText(planned, null);
  expect(text).toContain(
    '900 (minSurvivors; q = 551 sign the sets) must stay to the end, so 100 may drop out.',
  );
  expect(text).toMatch(/Up to 10 % in all rounds together are planned for/);
  expect(text).toMatch(/warning: .* over as few as 900 participants/);
  expect(planText(feasible({ participants: 10_000 }), null)).toContain(
    '9000 (minSurvivors; a committee signs the sets) must stay to the end, so 1000 may drop out.',
  );
  expect(planText(feasible({ dropout: 0 }), null)).toContain('so nobody may drop out.');
  // A share of participants that is no whole number counts as the ring counts it.
  expect(feasible({ dropout: 0.0999 }).spare).toBe(99);
});

test('the rules side by side; what cannot be met says so', () => {
  const lines = comparisonText(request({ beacon: true }), RATES).split('\n');
  const cells = lines.map((line) => line.split(/ {2,}/));
  expect(cells.map(([rule, k, t]) => [rule, k, t])).toEqual([
    ['rule', 'k', 't'],
    ['masking/complete', '999', '551'],
    ['curious', '48', '27'],
    ['semi-malicious', '96', '67'],
    ['ring', '146', '65'],
    ['ring, beacon', '90', '37'],
  ]);
  for (const row of cells) expect(row.length).toBe(13);
  const million = comparisonText(request({ participants: 1_000_000, dropout: 0.3 }), RATES).split('\n');
  expect(million[1]).toMatch(/^masking\/complete .*cannot be met$/);
  expect(million[4]).toMatch(/^ring .* a coordinator that does anything$/);
});

test('rates are measured, durations are readable', async () => {
  const { coordinatesPerSecond, agreementsPerSecond } = await measureRates();
  expect(coordinatesPerSecond).toBeGreaterThan(1e5);
  expect(agreementsPerSecond).toBeGreaterThan(10);
  expect([0.00314, 0.999, 12.34, 700, 8000].map(secondsText)).toEqual([
    '3.1 ms',
    '1000 ms',
    '12 s',
    '12 min',
    '2.2 h',
  ]);
});
