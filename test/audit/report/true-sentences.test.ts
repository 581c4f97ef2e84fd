/** What a report says is true for the verdict that it is made of, and whom it may not name it does not name. */
import { describe, expect, test } from '@jest/globals';
import { renderReport, type ReportOptions } from '../../../src/audit/report/index.js';
import type { Finding, SessionReport, Verdict } from '../../../src/audit/types.js';
import { verdictText } from '../../../src/cli/audit/text.js';
import { HOSTILE, IDENTITY, verdict } from './verdict.js';

const options: ReportOptions = {
  ...{ madeMs: Date.UTC(2026, 10, 28), version: '0.1.0', source: 'transcripts', manifest: null },
  ...{ copy: 'dpo', command: 'blindsum audit verify transcripts' },
};
const report = (changed: Partial<Verdict> = {}, copy: ReportOptions['copy'] = 'dpo'): string =>
  renderReport({ ...verdict, ...changed }, { ...options, copy }).replace(/\s+/g, ' ');
const session = verdict.sessions[0] as SessionReport;
const aborted = (changed: Partial<SessionReport>): SessionReport => ({
  ...session,
  outcome: 'aborted',
  abort: { round: 'r4', code: 'KEY_MISMATCH', message: 'why', blamed: [] },
  ...changed,
});
const found = (changed: Partial<Finding>): Finding => ({
  ...{ code: 'LATE_MESSAGE', severity: 'warning', check: 'V14', session: session.id, records: [] },
  ...{ by: 'unknown', identities: [IDENTITY], message: 'late.', place: 'hospital-a/5e55/r4.signed' },
  ...changed,
});

describe('of an aborted session', () => {
  test('that a quorum had signed, it says that its sum may have been opened', () => {
    const text = report({ sessions: [aborted({ counts: { ...session.counts, signed: 7 } })] });
    expect(text).toContain('a quorum had signed: its sum may have been opened, though none was published');
    expect(text).not.toContain('nothing of their inputs was opened');
  });

  test('that ended before, that nothing of it was opened', () => {
    const text = report({ sessions: [aborted({ counts: { ...session.counts, signed: 6 } })] });
    expect(text).toContain('no: without a quorum nobody honest answers');
    expect(text).not.toContain('a quorum had signed');
  });

  test('blame is the word of the coordinator', () => {
    const text = report({ sessions: [aborted({})] });
    expect(text).toContain('Blamed by the coordinator');
    expect(text).not.toContain('Proven at fault');
  });
});

describe('of what was not looked at', () => {
  const part = { log: { ...verdict.log, entries: 8, size: 8 }, holds: true, findings: [] };

  test('it says how much that is, and that nothing is said of it', () => {
    const said = 'The log has 3 more sessions that were not looked at';
    expect(report(part)).toContain(said);
    expect(report()).not.toContain('that were not looked at');
    expect(verdictText({ ...verdict, ...part }, 'x')).toContain(said);
  });

  test('no witness is counted on whose key the archive itself gives', () => {
    expect(report()).not.toContain('low while one witness is honest');
    expect(report({ anchors: 'checked' })).toContain('low while one witness is honest');
    expect(report()).toContain('keys from the archive itself');
  });

  test('checks that some sessions lack are not said to hold in silence', () => {
    const checks = { ...session.checks, V11: { state: 'holds', why: '' } as const };
    const sessions = [{ ...session, checks }, ...verdict.sessions.slice(1)];
    expect(verdictText({ ...verdict, sessions }, 'x')).toMatch(
      /holds in 1 +V11 .*\(not checked in 4: no escrow was given\)/,
    );
  });
});

test('a scope in which nobody voted is not one in which a vote held', () => {
  const [scope] = verdict.scopes;
  const none = { ...scope, voted: 0, sets: 0 } as Verdict['scopes'][number];
  expect(report({ scopes: [none] })).toContain('no vote');
  expect(report({ scopes: [none] })).not.toContain('✓ yes');
});

test('fewer answers than the threshold are said to tell nothing only where that is so', () => {
  expect(report()).toContain('fewer learn nothing');
  const [task] = verdict.tasks;
  const packed = { ...task, suite: 'ckks/sumkey' } as Verdict['tasks'][number];
  expect(report({ tasks: [packed] })).toContain(
    'In ckks/sumkey more answers than the assumed colluders and fewer than the threshold tell something',
  );
});

test.each([
  'one network of persons with several identities',
  'no other session, message or log',
  'The times',
  'whom the coordinator blames',
])('among what cannot be proven: %s', (said) => {
  const text = report();
  expect(text.slice(text.indexOf('id="limits"'), text.indexOf('id="risks"'))).toContain(said);
});

describe('the copy that names nobody', () => {
  test('has no folders of receipts, which are named after participants', () => {
    const findings = [found({}), found({ code: 'BAD_RECEIPT', identities: [], place: 'hospital-a/x/y' })];
    expect(report({ findings })).not.toMatch(/hospital-a\//);
    expect(report({ findings }, 'auditor')).toMatch(/hospital-a\/5e55\/r4\.signed/);
  });

  test('has no free text of a coordinator, who may name anybody', () => {
    const sessions = [
      aborted({ abort: { round: 'r0', code: 'CANCELLED', message: 'Dr Roe left', blamed: [] } }),
    ];
    expect(report({ sessions })).not.toContain('Dr Roe');
    expect(report({ sessions })).toContain('the caller cancelled');
    expect(report({ sessions }, 'auditor')).toContain('Dr Roe left');
  });

  test('says of itself, and no other copy does, that it gives totals', () => {
    expect(report()).toContain('this copy of the report gives totals');
    expect(report({}, 'auditor')).not.toContain('this copy of the report gives totals');
  });
});

describe('whatever a coordinator writes there is a report', () => {
  test.each([8.64e15 + 1, Number.MAX_SAFE_INTEGER])('opened at %d', (openedMs) => {
    const text = report({ sessions: [{ ...session, openedMs }] });
    expect(text).toContain(`${openedMs} ms`);
  });

  test('an opening that invites four billion', () => {
    const numbers = {
      electorate: 2 ** 32 - 1,
      maxColluders: 1,
      quorum: 2 ** 31,
      threshold: 2,
      needed: 2 ** 31,
    };
    expect(report({ sessions: [{ ...session, numbers }] })).toContain('4294967295 invited');
  });

  test('very many sessions', () => {
    const sessions = Array.from({ length: 200_000 }, () => session);
    expect(report({ sessions })).toContain('</html>');
  });

  test(`names that try to become HTML in new places: ${HOSTILE}`, () => {
    const findings = [found({ place: HOSTILE })];
    expect(
      report(
        {
          findings,
          sessions: [
            aborted({ abort: { round: HOSTILE, code: HOSTILE, message: HOSTILE, blamed: [HOSTILE] } }),
          ],
        },
        'auditor',
      ),
    ).not.toContain('<script');
  });
});
