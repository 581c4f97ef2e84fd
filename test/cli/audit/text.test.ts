/** What `audit verify` prints of many findings that are alike. */
import { expect, test } from '@jest/globals';
import type { Finding } from '../../../src/audit/index.js';
import { verdictText } from '../../../src/cli/audit/text.js';
import { verdict } from '../../audit/report/verdict.js';

test('of findings of one code a few are shown, and how many more there are', () => {
  const [finding] = verdict.findings as [Finding];
  const alike = Array.from({ length: 40 }, (_, at) => ({
    ...finding,
    code: 'BAD_RECEIPT',
    place: `p${at}.`,
  }));
  const findings = [...alike, { ...finding, code: 'OTHER_KEYS' }];
  const text = verdictText({ ...verdict, findings }, 'archive');
  expect(text.match(/BAD_RECEIPT at p\d+\./g)).toHaveLength(5);
  expect(text).toContain('… and 35 more of BAD_RECEIPT: --json lists them all');
  expect(text).toContain('OTHER_KEYS at ');
  const few = verdictText({ ...verdict, findings: alike.slice(0, 5) }, 'archive');
  expect(few).not.toContain('more of');
});
