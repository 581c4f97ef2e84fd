/** 6: what several sums together can say. */
import type { ScopeReport, SessionReport, TaskReport } from '../types.js';
import type { About } from './about.js';
import { bars } from './charts.js';
import { type Html, html, list, NOTHING, section, table } from './html.js';
import { many, shortId } from './text.js';

/** The longest chart. */
const MOST = 200;

export function leakageSection({ verdict, options }: About): Html {
  const { scopes, tasks, sessions } = verdict;
  const overlaps = sessions.filter(({ sharedWithPrevious }) => sharedWithPrevious !== null).slice(-MOST);
  const grants = sessions.filter((session) => session.grants > 0);
  return section(
    'leakage',
    '6. Several sessions together',
    html`<p>
        Two sums over the same data, one with and one without somebody, give that somebody's data away. So
        participants sign, for one set of data, one set of survivors, once and for all:
        <em>one vote per scope</em>.
      </p>
      ${table('Scopes', ['Scope', 'Data', 'Sessions', 'With a vote', 'Different sets', 'One vote held'], scopes.map(scopeRow))}
      ${
        grants.length === 0
          ? html`<p>No session used an exception (grant) of the organiser.</p>`
          : html`<p>
              ${many(grants.length, 'session')} named exceptions that the organiser had signed. Each lets one
              scope be summed over a second set; the difference of the two sums may reveal single inputs.
            </p>`
      }
      ${tasks.flatMap((task) => (task.rank === null ? [] : [rank(task)]))}
      ${bars(
        'Survivors that were also in the opened sum of the same task before',
        overlaps.map((session) => ({
          label: `${session.number ?? '?'} · ${shortId(session.id)}`,
          parts: [
            { name: 'in the sum before, too', value: session.sharedWithPrevious ?? 0, tone: 'main' },
            { name: 'new', value: newcomers(session), tone: 'second' },
          ],
          mark: null,
        })),
      )}
      ${options.copy === 'auditor' ? participation(tasks) : NOTHING}`,
  );
}

const scopeRow = ({ key, dataset, sessions, voted, sets }: ScopeReport) => [
  html`<code>${shortId(key)}</code>`,
  dataset === null ? 'updates for one input' : `label “${dataset}”`,
  sessions,
  voted,
  sets,
  voted === 0
    ? html`<span class="other">no vote</span>`
    : sets === 1
      ? html`<span class="holds">✓ yes</span>`
      : html`<span class="other">${sets} sets: by grant, or see section 8</span>`,
];

const newcomers = ({ counts, sharedWithPrevious }: SessionReport): number =>
  Math.max(0, (counts.survivors ?? 0) - (sharedWithPrevious ?? 0));

function rank({ name, rank: found }: TaskReport): Html {
  if (found === null) return NOTHING;
  const { sums, rank: independent, participants, least, singledOut, smallest } = found;
  const result =
    singledOut === null
      ? `${sums} sums of ${participants} participants are too many to compute.`
      : smallest === null || smallest >= least
        ? `No combination of the ${sums} opened sums (${independent} independent) was found that belongs to fewer than ${least} participants.`
        : `Combinations of the ${sums} opened sums (${independent} independent) single out ${many(singledOut, 'participant')}; the smallest group found has ${smallest}.`;
  return html`<h3>Training task “${name}”: rank test</h3>
    <p>${result}</p>
    <p class="small">
      This is not covered by the one-vote rule: each session sums a new update, and updates of one participant
      resemble one another. The test treats them as if they were equal. Differential privacy would bound it;
      there is none (section 5).
    </p>`;
}

function participation(tasks: readonly TaskReport[]): Html {
  const rows = tasks.flatMap(({ name, participation: who }) =>
    Object.entries(who ?? {}).map(([identity, sessions]) => [
      html`<code>${identity}</code>`,
      name,
      sessions.length,
      html`<code>${sessions.map((id) => shortId(id)).join(' ')}</code>`,
    ]),
  );
  return html`<h3>Who took part (this copy is for the auditor)</h3>
    ${list(['Participation is personal or confidential information: this table is not in the copy for others.'])}
    ${table('Participation', ['Identity', 'Task', 'Sums', 'Sessions'], rows)}`;
}
