/** 1: what was looked at, and who is who. */
import { type About } from './about.js';
import { type Html, html, list, section, table } from './html.js';
import { many, shortId, time, unseen } from './text.js';

export function scopeSection({ verdict, options }: About): Html {
  const { totals, tasks, sessions } = verdict;
  const times = sessions.flatMap(({ openedMs }) => (openedMs === null ? [] : [openedMs]));
  const period =
    times.length === 0
      ? ''
      : `, opened between ${time(times.reduce((a, b) => Math.min(a, b)))} and ${time(times.reduce((a, b) => Math.max(a, b)))} by the coordinator's clock`;
  return section(
    'scope',
    '1. Scope and roles',
    html`<p>
        This report covers ${many(totals.sessions, 'session')} of ${many(tasks.length, 'task')}${period}:
        ${totals.closed} ended with a sum, ${totals.aborted} without.
        ${many(totals.participants, 'participant')} took part. A
        <em>task</em> is what is summed again and again; a <em>session</em> is one sum. The records are the
        signed messages of all parties; the data themselves were neither given to the auditor nor needed.
        ${unseen(verdict)}
      </p>
      ${table(
        'Tasks',
        ['Task', 'Id', 'What is summed', 'Data', 'Sessions', 'In opened sums'],
        tasks.map((task) => [
          task.name,
          html`<code class="id">${shortId(task.id)}</code>`,
          `${task.vectors.map(({ name, length }) => `${name} (${length})`).join(', ')}${task.weighted ? ', weighted' : ''}`,
          task.scope.kind === 'static'
            ? `records under the label “${task.scope.dataset}”`
            : 'a new update in every session',
          `${task.sessions} (${task.closed} with a sum)`,
          many(task.participants, 'participant'),
        ]),
      )}
      <h3>Roles (terms of ISO/IEC 4922-1)</h3>
      ${list([
        html`<strong>Input parties</strong>: the participants. Each holds its own data and its own signing
          key, and enforces its own policy.`,
        html`<strong>Computing party</strong>: the coordinator. It relays messages and adds hidden vectors up.
          It is not trusted with data.`,
        html`<strong>Result parties</strong>: the participants of a session and the coordinator's operator,
          who all learn the sum.`,
        html`<strong>Organiser</strong>: signs who may take part and what is summed. Its key does not lie on
          the coordinator.`,
        html`<strong>Auditor</strong>: holds no secret. What was audited: <code>${options.source}</code>.`,
      ])}`,
  );
}
