/** test/vectors/refusals.json: what a participant must refuse, and with which code. */
import { toJson } from '../record.js';
import { BASES } from './bases.js';
import { headersCases } from './cases-headers.js';
import { openCases } from './cases-open.js';
import { resultCases } from './cases-result.js';
import { rosterCases } from './cases-roster.js';
import { complaintCases, sharesCases } from './cases-shares.js';
import { signaturesCases } from './cases-signatures.js';

export const refusals = (): object => ({
  description:
    'What a participant must refuse at each step of the published sessions, and with which code: messages of those who are ' +
    'allowed to sign them, each changed in one place. See README.md.',
  bases: BASES(),
  cases: [
    ...openCases(),
    ...rosterCases(),
    ...sharesCases(),
    ...complaintCases(),
    ...headersCases(),
    ...signaturesCases(),
    ...resultCases(),
  ].map((one) => toJson(one)),
});
