/** What no audit of this kind can show. Always there, whatever was found. */
import { type Html, html, list, section } from './html.js';

export const limitsSection = (): Html =>
  section(
    'limits',
    '9. What cannot be proven',
    html`<p>A transcript without findings does not show any of the following:</p>
      ${list([
        'That nobody spoke outside the protocol: a participant can give its data away by telephone.',
        'That no more participants colluded with the coordinator than the task assumes.',
        'That inputs were honest. Within the clip a wrong value counts like a right one.',
        'That the devices of participants were intact, and their keys their own.',
        'What coordinator or participants did with the sum afterwards.',
        'That the coordinator has no further answers in a drawer. Receipts and journals of participants narrow this down: an answer that an honest participant did not give does not exist, and one that it gave is in its journal.',
        'That sums give nothing away. Nothing is added to them (section 5); a model or a statistic can say something about a record.',
      ])}`,
  );
