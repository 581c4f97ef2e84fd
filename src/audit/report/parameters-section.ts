/** 3: suites and numbers, with what they withstand. */
import { MAX_PARTICIPANTS } from '../../protocol/documents.js';
import type { SessionNumbers, SessionReport } from '../types.js';
import type { About } from './about.js';
import { abortChance } from './dropouts.js';
import { type Html, html, section, table } from './html.js';
import { chance } from './text.js';

const RATES = [0.05, 0.1, 0.2] as const;

/** Rows; an honest task has one for each number of invited. */
const MOST = 200;

interface Group {
  readonly task: string;
  readonly suite: string;
  readonly numbers: SessionNumbers;
  sessions: number;
}

export function parametersSection({ verdict }: About): Html {
  const names = new Map(verdict.tasks.map(({ id, name }) => [id, name]));
  const groups = grouped(verdict.sessions);
  const isPacked = verdict.tasks.some(({ suite }) => suite === 'ckks/sumkey');
  return section(
    'parameters',
    '3. Suites, parameters, failure probabilities',
    html`<p>
        <em>Quorum</em>: how many participants must sign one set of survivors before anything is revealed. Two
        quorums always share an honest signer, so the coordinator cannot have two sets opened.
        <em>Threshold</em>: how many must answer to open the sum; fewer learn nothing.
        ${
          isPacked
            ? 'In ckks/sumkey more answers than the assumed colluders and fewer than the threshold tell something.'
            : ''
        }
        Privacy does not fail by chance here: within the assumed number of colluders it holds for every choice
        of who drops out. What can fail by chance is the session itself, when too many participants drop out.
      </p>
      ${table(
        'Numbers of the sessions',
        [
          'Task',
          'Suite',
          'Invited',
          'Colluders assumed',
          'Quorum',
          'Threshold',
          'Survivors needed',
          'Honest in any sum, at least',
          'May drop out',
          'Sessions',
        ],
        groups.map(({ task, suite, numbers, sessions }) => [
          names.get(task) ?? task,
          suite,
          numbers.electorate,
          numbers.maxColluders,
          numbers.quorum,
          numbers.threshold,
          numbers.needed,
          Math.max(0, numbers.needed - numbers.maxColluders),
          Math.max(0, numbers.electorate - numbers.needed),
          sessions,
        ]),
      )}
      ${table(
        'Chance that a session ends without a sum because too many drop out, if each participant drops out by itself with this chance',
        ['Task', ...RATES.map((rate) => chance(rate))],
        groups.map(({ task, numbers }) => [
          `${names.get(task) ?? task} (${numbers.electorate} invited)`,
          ...RATES.map((rate) =>
            numbers.electorate > MAX_PARTICIPANTS
              ? '–'
              : chance(abortChance(numbers.electorate, numbers.needed, rate)),
          ),
        ]),
      )}
      <p class="small">
        Chance that cryptography fails although nobody breaks its assumptions: guessing a mask, a share key or
        a signature is below 2⁻¹²⁸ per try; a participant whose shares of a ckks/sumkey key do not fit passes
        their proof with at most 2⁻¹⁵³.
      </p>`,
  );
}

/** Sessions of one task with the same numbers are one row. */
function grouped(sessions: readonly SessionReport[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { task, suite, numbers } of sessions) {
    if (task === null || numbers === null) continue;
    const key = JSON.stringify([task, numbers]);
    const group = groups.get(key) ?? { task, suite: suite ?? 'unreadable', numbers, sessions: 0 };
    group.sessions += 1;
    groups.set(key, group);
  }
  return [...groups.values()].slice(0, MOST);
}
