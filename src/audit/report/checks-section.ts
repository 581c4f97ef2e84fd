/** 4: every check in plain words, then session by session. */
import { CHECKS, type CheckId, type CheckResult, type CheckState, type SessionReport } from '../types.js';
import type { About } from './about.js';
import { bars } from './charts.js';
import { type Html, html, NOTHING, section, table } from './html.js';
import { many, shortId, time } from './text.js';

/** Sessions with a row or a bar of their own; of more, those where something does not hold come first. */
const MOST = 200;

const MARKS: Readonly<Record<CheckState, string>> = {
  holds: '✓',
  fails: '✗',
  'not checked': '?',
  'not applicable': '–',
};

export function checksSection({ verdict }: About): Html {
  const { sessions } = verdict;
  const shown = shownOf(sessions);
  const ids = Object.keys(CHECKS) as CheckId[];
  return section(
    'checks',
    '4. Checks',
    html`${table(
      'What was checked, over all sessions',
      ['Check', 'What it means', 'Holds', 'Fails', 'Not checked', 'Does not apply'],
      ids.map((id) => [
        id,
        sentence(CHECKS[id]),
        ...(['holds', 'fails', 'not checked', 'not applicable'] as const).map((state) =>
          count(sessions, id, state),
        ),
      ]),
    )}
    ${reasons(sessions, ids)}
    ${
      shown.length < sessions.length
        ? html`<p>
            ${shown.length} of ${sessions.length} sessions are shown below: those where something does not
            hold, then the latest. The JSON output of the audit has all of them.
          </p>`
        : NOTHING
    }
    ${table(
      'Session by session: ✓ holds, ✗ fails, ? not checked, – does not apply',
      ['Session', 'Opened', 'Outcome', ...ids],
      shown.map((session) => [
        html`${session.number ?? '?'} <code>${shortId(session.id)}</code>`,
        time(session.openedMs),
        session.abort === null ? session.outcome : `aborted in ${session.abort.round}: ${session.abort.code}`,
        ...ids.map((id) => mark(session.checks[id])),
      ]),
    )}
    ${bars(
      'Survivors and dropped participants of each session; the line marks how many survivors it needed',
      shown.map(survivorsBar),
    )}
    ${bars('Shares that were revealed, by kind', shown.map(revealedBar))}`,
  );
}

function shownOf(sessions: readonly SessionReport[]): SessionReport[] {
  if (sessions.length <= MOST) return [...sessions];
  const fails = sessions.filter(({ checks }) => Object.values(checks).some(({ state }) => state === 'fails'));
  const rest = sessions.filter((session) => !fails.includes(session));
  return [...fails.slice(0, MOST), ...rest.slice(-Math.max(1, MOST - fails.length))].slice(0, MOST);
}

const count = (sessions: readonly SessionReport[], id: CheckId, state: CheckState): number =>
  sessions.filter(({ checks }) => checks[id].state === state).length;

/** 'signatures and membership: …' begins with a capital. */
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function mark({ state, why }: CheckResult): Html {
  const tone = state === 'holds' || state === 'fails' ? state : 'other';
  return html`<span class="${tone}" role="img" aria-label="${state}" title="${why}">${MARKS[state]}</span>`;
}

function reasons(sessions: readonly SessionReport[], ids: readonly CheckId[]): Html {
  const rows = ids.flatMap((id) => {
    const whys = new Set(
      sessions.flatMap(({ checks }) =>
        checks[id].state === 'not checked' && checks[id].why !== '' ? [checks[id].why] : [],
      ),
    );
    return [...whys].map((why) => [id, why]);
  });
  return rows.length === 0 ? NOTHING : table('Why something was not checked', ['Check', 'Why'], rows);
}

const labelOf = ({ number, id }: SessionReport): string => `${number ?? '?'} · ${shortId(id)}`;

const survivorsBar = (session: SessionReport): Parameters<typeof bars>[1][number] => {
  const survivors = session.counts.survivors ?? 0;
  return {
    label: labelOf(session),
    parts: [
      { name: 'survivors', value: survivors, tone: 'main' },
      { name: 'dropped', value: Math.max(0, session.counts.roster - survivors), tone: 'pale' },
    ],
    mark: session.numbers?.needed ?? null,
  };
};

const TONES = ['main', 'second', 'pale'] as const;

const revealedBar = (session: SessionReport): Parameters<typeof bars>[1][number] => ({
  label: labelOf(session),
  parts: Object.entries(session.revealed).map(([name, value], index) => ({
    name: nameOfKind(name),
    value,
    tone: TONES[Math.min(index, 2)] as 'main' | 'second' | 'pale',
  })),
  mark: null,
});

const nameOfKind = (kind: string): string => {
  switch (kind) {
    case 'maskKey':
      return 'of mask keys of those who dropped out';
    case 'selfMask':
      return 'of self masks of survivors';
    case 'withheld':
      return 'withheld';
    default:
      return `of ${kind}`;
  }
};

/** For the head of the report. */
export const checkedSentence = ({ verdict: { totals } }: About): string =>
  `${many(totals.records, 'signed record')} of ${many(totals.sessions, 'session')} were read, ${many(totals.signatures, 'signature')} checked, ${many(totals.replayed, 'sum')} computed again.`;
