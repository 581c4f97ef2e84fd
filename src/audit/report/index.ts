/**
 * The report of an audit for people: one HTML file that asks the network for nothing and runs nothing (PROTOCOL §12.7). It
 * says what the verdict says, what that means, and what it does not.
 */
import type { Verdict } from '../types.js';
import type { About, ReportOptions } from './about.js';
import { checkedSentence, checksSection } from './checks-section.js';
import { deviationsSection } from './deviations-section.js';
import { type Html, html, NOTHING } from './html.js';
import { leakageSection } from './leakage-section.js';
import { limitsSection } from './limits-section.js';
import { logSection } from './log-section.js';
import { parametersSection } from './parameters-section.js';
import { privacySection } from './privacy-section.js';
import { reproduceSection } from './reproduce-section.js';
import { risksSection } from './risks-section.js';
import { scopeSection } from './scope-section.js';
import { STYLE } from './style.js';
import { many, time, unseen } from './text.js';
import { threatsSection } from './threats-section.js';

export type { ReportOptions };

const CONTENTS = [
  ['scope', 'Scope and roles'],
  ['threats', 'Threat model and assumptions'],
  ['parameters', 'Suites, parameters, failure probabilities'],
  ['checks', 'Checks'],
  ['dp', 'Differential privacy'],
  ['leakage', 'Several sessions together'],
  ['log', 'Integrity of the log'],
  ['deviations', 'Deviations, aborted sessions, blame'],
  ['limits', 'What cannot be proven'],
  ['risks', 'Residual risks'],
  ['reproduce', 'How to reproduce this'],
] as const;

/** @returns a whole HTML document, the same for the same arguments */
export function renderReport(verdict: Verdict, options: ReportOptions): string {
  const about = { verdict, options };
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="referrer" content="no-referrer" />
        <title>Audit of secure aggregation, ${time(options.madeMs)}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <header>
          <h1>Audit of secure aggregation</h1>
          <p class="lead">
            ${options.source} · ${time(options.madeMs)} · blindsum ${options.version} · ${copyOf(options)}
          </p>
        </header>
        <main>
          ${conclusion(about)}
          <nav aria-label="Contents">
            <ol>
              ${CONTENTS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ol>
          </nav>
          ${[
            scopeSection(about),
            threatsSection(about),
            parametersSection(about),
            checksSection(about),
            privacySection(),
            leakageSection(about),
            logSection(about),
            deviationsSection(about),
            limitsSection(),
            risksSection(about),
            reproduceSection(about),
          ]}
        </main>
      </body>
    </html>`.text
  }\n`;
}

const copyOf = ({ copy }: ReportOptions): string =>
  copy === 'auditor'
    ? 'copy for the auditor: names who took part'
    : 'copy without participation per participant';

function conclusion(about: About): Html {
  const { verdict } = about;
  const { errors, warnings } = verdict.totals;
  return html`<div class="verdict ${verdict.holds ? 'good' : 'bad'}" role="status">
    ${
      verdict.holds
        ? 'No finding: as far as the records show, the server learned the sums and nothing more.'
        : `${many(errors, 'finding')}: the records do not show that the server learned only the sums. See section 8.`
    }
    <p>
      ${checkedSentence(about)} ${warnings === 0 ? NOTHING : html`${many(warnings, 'warning')} in section 8.`}
    </p>
    ${
      verdict.anchors === 'checked'
        ? NOTHING
        : html`<p>
            <strong>Self-consistent, anchors not checked:</strong> the keys come from the archive itself
            (section 2).
          </p>`
    }
    ${notChecked(about)} ${unseen(verdict) === '' ? NOTHING : html`<p>${unseen(verdict)}</p>`}
  </div>`;
}

/** What a reader may take for checked and was not. */
function notChecked({ verdict }: About): Html {
  const { closed, replayed } = verdict.totals;
  if (closed === 0 || replayed === closed) return NOTHING;
  return html`<p>
    ${closed - replayed} of ${many(closed, 'sum')} were not computed again from the hidden inputs (escrow):
    that the published numbers are these sums is the coordinator's word, signed.
  </p>`;
}
