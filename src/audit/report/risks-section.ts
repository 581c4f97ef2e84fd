/** 10: the remaining risks in the terms of a data protection impact assessment. */
import type { About } from './about.js';
import { type Html, html, section, table } from './html.js';

export function risksSection({ verdict, options }: About): Html {
  const evolving = verdict.tasks.some(({ scope }) => scope.kind === 'evolving');
  // By keys that the auditor knows; an archive can name any.
  const witnessed = verdict.anchors === 'checked' && verdict.log.witnesses.length > 0;
  return section(
    'risks',
    '10. Residual risks (GDPR Art. 35(7))',
    html`<p>
        Measures: data protection by design (Art. 25: inputs leave their owner only hidden; the owner's own
        policy sets the floor), security of processing (Art. 32: end-to-end encryption of shares, signatures
        on every message, an append-only log), accountability (Art. 5(2): this audit).
        <strong>No claim of anonymity is made</strong>: in the sense of EDPB Opinion 28/2024 a sum or a model
        is anonymous only if extraction and inference are insignificantly likely, and this report holds no
        evidence for that. Masked inputs are personal data to whoever holds the keys; mask keys are the
        additional information that participants keep (EDPB Guidelines 01/2025, draft). See also EDPS
        TechDispatch 1/2025 on federated learning.
      </p>
      ${table(
        'Risks that remain',
        ['Risk', 'What limits it', 'What is left', 'What can be done'],
        [
          [
            'The sum reveals a record or a participant',
            'least number of honest inputs in any sum (section 3)',
            evolving
              ? 'high for small groups; sums of a training task follow each other'
              : 'depends on group size and on what is summed',
            'larger groups; coarser statistics; differential privacy outside this system',
          ],
          [
            'Coordinator and more participants collude than assumed',
            'number in the signed task; policy of each participant',
            'organisational',
            'independent operators; a higher number',
          ],
          [
            'The coordinator shows different histories',
            witnessed ? 'receipts, witnesses' : 'receipts',
            witnessed ? 'low while one witness is honest' : 'noticed only when receipts are compared',
            witnessed
              ? 'a second witness'
              : 'have participants run witnesses and demand them in their policy',
          ],
          [
            'A participant sabotages sessions',
            'blame where it is proven; limits on complaints',
            'no data are lost, sessions may be',
            'leave out who was proven at fault; a grant of the organiser where a vote was spent',
          ],
          [
            'A participant’s device or journal is copied or restored from a backup',
            'lock on the journal, session numbers',
            'two installations of one identity can vote twice',
            'no backups of journals; enrol anew instead',
          ],
          [
            'Metadata: who took part when, with how many bytes',
            'sizes are the same for all; weights are hidden',
            'the coordinator sees participation',
            options.copy === 'dpo' ? 'retention; this copy of the report gives totals' : 'retention',
          ],
        ],
      )}`,
  );
}
