/** Findings about the files of an archive, before anything in them means something (PROTOCOL §12.7). */
import { FINDING_CODES } from '../codes.js';
import type { Finding } from '../types.js';

export type FileCode = 'BAD_MANIFEST' | 'MISSING_FILE' | 'UNLISTED_FILE' | 'CHANGED_FILE' | 'UNREADABLE_FILE';

export function fileFinding(code: FileCode, place: string, detail = ''): Finding {
  const { severity, check, by, message } = FINDING_CODES[code];
  return {
    ...{ code, severity, check, by, place },
    session: null,
    records: [],
    identities: [],
    message: detail === '' ? `${message}.` : `${message}: ${detail}.`,
  };
}
