/** 8: what was found, what ended without a sum, and whose fault it is as far as that is proven. */
import type { Finding, SessionReport } from '../types.js';
import type { About } from './about.js';
import { type Html, html, NOTHING, section, table } from './html.js';
import { many, shortId } from './text.js';

const MOST = 500;

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
            'Aborted sessions; nothing of their inputs was opened',
            ['Session', 'Round', 'Code', 'What the coordinator says', 'Proven at fault'],
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
      ${found.place}${found.records.length === 0 ? '' : ` · records ${found.records.slice(0, 20).join(', ')}`}${
        isAuditor && found.identities.length > 0 ? ` · ${found.identities.join(', ')}` : ''
      }
    </p>
  </div>`;

const abortRow = ({ number, id, abort }: SessionReport, isAuditor: boolean) => [
  html`${number ?? '?'} <code>${shortId(id)}</code>`,
  abort?.round ?? '',
  html`<code>${abort?.code ?? ''}</code>`,
  abort?.message ?? '',
  blame(abort?.blamed ?? [], isAuditor),
];

const blame = (blamed: readonly string[], isAuditor: boolean): string => {
  if (blamed.length === 0) return 'nobody';
  return isAuditor ? blamed.join(', ') : many(blamed.length, 'participant');
};
