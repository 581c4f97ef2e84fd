/** 7: whether everybody was shown the same history. */
import type { CheckResult } from '../types.js';
import type { About } from './about.js';
import { type Html, html, section, table } from './html.js';
import { time } from './text.js';

export function logSection({ verdict }: About): Html {
  const { log, receipts } = verdict;
  return section(
    'log',
    '7. Integrity of the log',
    html`<p>
        The coordinator enters every session that ends into one log that can only grow, and signs its state (a
        <em>checkpoint</em>). Participants keep proofs of what they saw (<em>receipts</em>); witnesses sign
        only what continues what they saw before.
      </p>
      ${table(
        'Log',
        ['Point', 'Found'],
        [
          ['Log', html`<code>${log.origin ?? 'unreadable'}</code>`],
          ['Entries', log.size],
          ['Root', html`<code>${log.root}</code>`],
          ['Log check', state(log.check)],
          [
            'Witnesses',
            log.witnesses.length === 0
              ? 'none cosigned: that everybody saw the same log rests on receipts alone'
              : `${log.witnesses.map(({ name, seconds }) => `${name} (${time(seconds * 1000)})`).join(', ')}${
                  verdict.anchors === 'checked' ? '' : ': keys from the archive itself'
                }`,
          ],
          [
            'Receipts',
            receipts === null
              ? 'none were given: a second log, shown to others, is noticed by witnesses only'
              : html`${receipts.verified} of ${receipts.files} proofs for ${receipts.sessions} sessions
                verified · ${state(receipts.check)}`,
          ],
        ],
      )}`,
  );
}

const state = ({ state: found, why }: CheckResult): Html =>
  html`<span class="${found === 'holds' || found === 'fails' ? found : 'other'}">${found}</span
    >${why === '' ? '' : ` (${why})`}`;
