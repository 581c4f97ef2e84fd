/** V4: the keys of the session are strong and different (attacks A5, A10, C3). */
import { toHex } from '../../../crypto/bytes.js';
import { isAcceptablePublicKey } from '../../../crypto/key-agreement.js';
import type { AuditedSession } from '../session.js';
import type { CheckResult } from '../types.js';
import { HOLDS, NO_ROSTER } from './states.js';

export function checkKeys({ records, notebook }: AuditedSession): CheckResult {
  const joined = records.of('r0');
  const brought = new Map<string, { sender: string; index: number }>();
  for (const { body, sender, index } of joined) {
    for (const key of [body.shareKey, body.maskKey]) {
      if (!isAcceptablePublicKey(key)) notebook.add('WEAK_KEY', { records: [index], identities: [sender] });
    }
    for (const key of [body.shareKey, body.maskKey].map(toHex)) {
      const before = brought.get(key);
      if (before !== undefined) {
        notebook.add('DUPLICATE_KEY', {
          records: [before.index, index],
          identities: [before.sender, sender],
        });
      }
      brought.set(key, { sender, index });
    }
  }
  return joined.length === 0 ? NO_ROSTER : HOLDS;
}
