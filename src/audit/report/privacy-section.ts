/** 5: differential privacy, in the points that NIST SP 800-226 asks about. */
import { type Html, html, section, table } from './html.js';

export const privacySection = (): Html =>
  section(
    'dp',
    '5. Differential privacy (NIST SP 800-226)',
    html`<p>
        <strong>None.</strong> Nothing is added to the sums. Secure aggregation hides who contributed what; it
        does not limit what the sum itself says about a single record or participant.
      </p>
      ${table(
        'Points of the evaluation',
        ['Point', 'Here'],
        [
          ['Privacy parameters ε, δ', 'none'],
          ['Unit of privacy', 'none'],
          ['Neighbouring data sets', 'not defined'],
          ['Trust model', 'would be distributed: no party adds noise'],
          ['Mechanism and noise', 'none'],
          ['Composition over sessions', 'not bounded; see section 6'],
          [
            'Floating point',
            'inputs are rounded to integers, or encoded with a stated error, before they are hidden; no noise depends on it',
          ],
          ['Side channels', 'timing of JavaScript is not excluded; message sizes are constant for a task'],
        ],
      )}`,
  );
