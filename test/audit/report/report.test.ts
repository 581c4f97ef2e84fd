/** The report of an audit: complete, without a way out of its file, and saying only what the verdict says. */
import { describe, expect, test } from '@jest/globals';
import { abortChance } from '../../../src/audit/report/dropouts.js';
import { renderReport, type ReportOptions } from '../../../src/audit/report/index.js';
import type { Finding, Verdict } from '../../../src/audit/types.js';
import { HOSTILE, IDENTITY, verdict } from './verdict.js';

const options: ReportOptions = {
  madeMs: Date.UTC(2026, 10, 28),
  version: '0.1.0',
  source: `transcripts/${HOSTILE}`,
  manifest: 'aa'.repeat(32),
  copy: 'dpo',
  command: 'npx blindsum audit verify transcripts --trust trust.yaml',
};
const report = (changed: Partial<Verdict> = {}, copy: ReportOptions['copy'] = 'dpo'): string =>
  renderReport({ ...verdict, ...changed }, { ...options, copy });

test('names, labels, messages and paths of others stay text', () => {
  const text = report({}, 'auditor');
  expect(text).not.toContain('<script');
  expect(text).not.toContain(`"'&`);
  expect(text.split('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;').length).toBeGreaterThan(5);
});

test('nothing in it is fetched or run', () => {
  const text = report();
  expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  for (const [, address] of text.matchAll(/(?:href|src|srcset|action|data|poster)="([^"]*)"/g)) {
    expect(address).toMatch(/^#[a-z]+$/);
  }
  expect(text).not.toMatch(/url\(|@import|<(?:script|iframe|object|embed|link|img)\b|\bon[a-z]+="/);
});

test('who took part is in the copy for the auditor only', () => {
  expect(report()).not.toContain(IDENTITY);
  expect(report({}, 'auditor')).toContain(IDENTITY);
});

test('the other copy says of which session a receipt is, not of whom', () => {
  const [finding] = verdict.findings as [Finding];
  const place = 'hospital-2/325c940a/r2.signed';
  const findings = [{ ...finding, code: 'LATE_MESSAGE', session: '325c940a'.repeat(8), place }];
  expect(report({ findings })).not.toContain('hospital-2');
  expect(report({ findings })).toContain('a receipt of session 325c940a325c940a');
  expect(report({ findings }, 'auditor')).toContain(place);
});

test('a group that sums show is reported, also of several', () => {
  const rank = { sums: 3, rank: 2, participants: 5, least: 3, singledOut: 0, smallest: 2 };
  const tasks = verdict.tasks.map((task) => ({ ...task, rank }));
  expect(report({ tasks })).toContain('single out 0 participants; the smallest group found has 2.');
  const none = verdict.tasks.map((task) => ({ ...task, rank: { ...rank, smallest: null } }));
  expect(report({ tasks: none })).toContain('belongs to fewer than 3 participants');
});

test.each([
  ['1. Scope and roles', 'ISO/IEC 4922-1'],
  ['2. Threat model and assumptions', 'collude with the coordinator'],
  ['3. Suites, parameters, failure probabilities', 'Honest in any sum'],
  ['4. Checks', 'V16'],
  ['5. Differential privacy (NIST SP 800-226)', 'None.'],
  ['6. Several sessions together', 'rank test'],
  ['7. Integrity of the log', 'hospital-a'],
  ['8. Deviations, aborted sessions, blame', 'TOO_FEW_SURVIVORS'],
  ['9. What cannot be proven', 'outside the protocol'],
  ['10. Residual risks (GDPR Art. 35(7))', 'EDPB Opinion 28/2024'],
  ['11. How to reproduce this', 'PROTOCOL.md'],
])('section %s is there and says %s', (title, said) => {
  const text = report().replace(/\s+/g, ' ');
  const from = text.indexOf(`>${title.replaceAll("'", '&#39;')}</h2`);
  expect(from).toBeGreaterThan(0);
  const to = text.indexOf('</section', from);
  expect(text.slice(from, to)).toContain(said);
});

describe('the conclusion', () => {
  const head = (text: string): string =>
    text.slice(text.indexOf('<main>'), text.indexOf('<nav')).replace(/\s+/g, ' ');
  const clean = { holds: true, findings: [], totals: { ...verdict.totals, errors: 0, warnings: 0 } };

  test('with a finding does not say that the server learned only the sums', () => {
    expect(head(report())).toContain('1 finding: the records do not show');
    expect(head(report())).not.toContain('learned the sums and nothing more');
  });

  test('without one says how far that goes', () => {
    const text = head(report(clean));
    expect(text).toContain('learned the sums and nothing more');
    expect(text).toContain('anchors not checked');
    expect(text).toContain('4 of 4 sums were not computed again');
  });

  test('does not warn of what was checked', () => {
    const checked = { ...clean, anchors: 'checked' as const, totals: { ...clean.totals, replayed: 4 } };
    expect(head(report(checked))).not.toMatch(/not checked|computed again from/);
  });
});

test('of very many sessions those that fail are shown first, and the rest is counted', () => {
  const [, , failing] = verdict.sessions;
  const ordinary = verdict.sessions[0] as Verdict['sessions'][number];
  const sessions = [
    failing as Verdict['sessions'][number],
    ...Array.from({ length: 400 }, (_, index) => ({ ...ordinary, number: 1000 + index })),
  ];
  const text = report({ sessions }).replace(/\s+/g, ' ');
  expect(text).toContain('200 of 401 sessions are shown below');
  expect(text).toContain('✗</span');
  expect(text).toContain('1399 ');
  expect(text).not.toContain('>1000 ');
});

test('the chance of an abort is the tail of the binomial distribution', () => {
  // 3 of 3 needed, 10 %: 1 − 0.9³; 2 of 3: 3·0.9·0.01 + 0.001.
  expect(abortChance(3, 3, 0.1)).toBeCloseTo(0.271, 12);
  expect(abortChance(3, 2, 0.1)).toBeCloseTo(0.028, 12);
  expect(abortChance(1000, 1, 0.5)).toBeLessThan(1e-300);
  expect(abortChance(10_000, 10_000, 0.2)).toBeCloseTo(1, 9);
});
