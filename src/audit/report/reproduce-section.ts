/** 11: how somebody else comes to the same verdict. */
import type { About } from './about.js';
import { type Html, html, NOTHING, section } from './html.js';
import { time } from './text.js';

export const reproduceSection = ({ verdict, options }: About): Html =>
  section(
    'reproduce',
    '11. How to reproduce this',
    html`<p>Everything above follows from the archive and the keys. With blindsum ${options.version}:</p>
      <pre><code>${options.command}</code></pre>
      <p>
        ${options.manifest === null ? NOTHING : html`SHA-256 of the archive's manifest: <code>${options.manifest}</code>.<br />`}
        Root of the log: <code>${verdict.log.root}</code>, ${verdict.log.size} entries. The formats are
        specified in PROTOCOL.md, §3 and §12, with test vectors: a verifier that shares no code with blindsum
        can be written from them.
      </p>
      <p class="small">Made at ${time(options.madeMs)}.</p>`,
  );
