/** 8: what was found, what ended without a sum, and whose fault it is as far as that is proven. */
import { ERROR_CODES, type ErrorCode } from '../../protocol/errors.js';
import type { FindingCode } from '../codes.js';
import type { Finding, SessionReport } from '../types.js';
import type { About } from './about.js';
import { type Html, html, NOTHING, section, table } from './html.js';
import { many, shortId } from './text.js';

const MOST = 500;

/** Their places are names of folders, in which participants are told apart. */
const OF_RECEIPTS: ReadonlySet<string> = new Set<FindingCode>([
  'BAD_RECEIPT',
  'LOG_FORKED',
  'NEWER_RECEIPT',
  'HIDDEN_ANSWER',
  'EQUIVOCATION',
  'LATE_MESSAGE',
]);

export function deviationsSection({ verdict, options }: About): Html {
  const { findings, sessions } = verdict;
  const aborted = sessions.filter(({ abort }) => abort !== null);
  const isAuditor = options.copy === 'auditor';
  return section(
    'deviations',
    '8. Deviations, aborted sessions, blame',
    html`${
      findings.length === 0
        ? html`<p>Nothing deviates from the protocol.</p>`
        : findings.slice(0, MOST).map((found) => finding(found, isAuditor))
    }
    ${findings.length > MOST ? html`<p>… and ${many(findings.length - MOST, 'more finding')}: see the JSON output.</p>` : NOTHING}
    ${
      aborted.length === 0
        ? html`<p>No session was aborted.</p>`
        : table(
            'Aborted sessions: no sum was published. Blamed by the coordinator is who it says was at fault',
            ['Session', 'Ended', 'What the coordinator says', 'Opened', 'Blamed'],
            aborted.map((session) => abortRow(session, isAuditor)),
          )
    }`,
  );
}

const finding = (found: Finding, isAuditor: boolean): Html =>
  html`<div class="finding ${found.severity}">
    <p>
      <strong>${found.severity === 'error' ? 'Finding' : 'Warning'}</strong> · <code>${found.code}</code>${
        found.check === null ? '' : ` · ${found.check}`
      }${found.by === 'unknown' ? '' : ` · by the ${found.by}`}
    </p>
    <p>${found.message}</p>
    <p class="small">
      ${isAuditor || !OF_RECEIPTS.has(found.code) ? found.place : receiptOf(found)}${found.records.length < 2 ? '' : ` · records ${found.records.slice(0, 20).join(', ')}${found.records.length > 20 ? ', …' : ''}`}${
        isAuditor && found.identities.length > 0 ? ` · ${found.identities.join(', ')}` : ''
      }
    </p>
  </div>`;

const abortRow = ({ number, id, abort, counts, numbers }: SessionReport, isAuditor: boolean) => [
  html`${number ?? '?'} <code>${shortId(id)}</code>`,
  html`in ${abort?.round ?? ''}: <code>${abort?.code ?? ''}</code>`,
  isAuditor ? (abort?.message ?? '') : meaningOf(abort?.code ?? ''),
  counts.signed > 0 && counts.signed >= (numbers?.quorum ?? 0)
    ? 'a quorum had signed: its sum may have been opened, though none was published'
    : 'no: without a quorum nobody honest answers',
  blame(abort?.blamed ?? [], isAuditor),
];

const receiptOf = ({ session }: Finding): string =>
  session === null ? 'a receipt' : `a receipt of session ${shortId(session)}`;

/** In free text a coordinator may name anybody. */
const meaningOf = (code: string): string =>
  Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as ErrorCode] : 'nothing that the specification knows';

const blame = (blamed: readonly string[], isAuditor: boolean): string => {
  if (blamed.length === 0) return 'nobody';
  return isAuditor ? blamed.join(', ') : many(blamed.length, 'participant');
};
