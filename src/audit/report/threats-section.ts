/** 2: against whom, and what has to be true for it. */
import { type About } from './about.js';
import { type Html, html, list, section } from './html.js';

export function threatsSection({ verdict }: About): Html {
  const suites = new Set(verdict.tasks.map(({ suite }) => suite));
  return section(
    'threats',
    '2. Threat model and assumptions',
    html`<p>
        The promise: a participant's vector stays hidden, but for the sum over the survivors of the session,
        from the coordinator together with as many colluding participants as the task assumes, whatever they
        send. It rests on:
      </p>
      ${list([
        'No more participants collude with the coordinator than the number that the organiser signed in the task (section 3).',
        'Every honest participant got the keys of organiser and coordinator, and its policy, from a source that the coordinator does not control.',
        'The devices of honest participants keep their keys and run unchanged software; one identity is used by one installation.',
        'Standard cryptography: Ed25519 signatures, X25519 key agreement, AES-128-CTR masks, AES-256-GCM for shares, SHA-256, HKDF, and Shamir secret sharing (as in ISO/IEC 4922-2).',
        ...(suites.has('ckks/sumkey')
          ? [
              'For tasks of the suite ckks/sumkey: the ring learning-with-errors problem with the sum of keys and of noise published; this construction awaits outside review.',
            ]
          : []),
      ])}
      <p>
        ${
          verdict.anchors === 'checked'
            ? 'The keys of organiser and coordinator were given by the auditor, not taken from the archive.'
            : html`<strong>The keys of organiser and coordinator were taken from the archive itself.</strong>
                The verdict then only says that the archive is consistent with itself: compare the two keys
                with those that participants were given, and audit again with them.`
        }
      </p>`,
  );
}
