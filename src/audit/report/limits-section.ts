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
        'That there was no other session, message or log than those given here: that is as good as the receipts and the independent witnesses (section 7).',
        'That participants are who the organiser says, and independent: it may have enrolled one network of persons with several identities. They count as colluders.',
        'The times: they are those of clocks of the coordinator and of witnesses.',
        'That those whom the coordinator blames for what they sent in secret are at fault: the shares that would show it are in no transcript.',
        'That sums give nothing away. Nothing is added to them (section 5); a model or a statistic can say something about a record.',
      ])}`,
  );
