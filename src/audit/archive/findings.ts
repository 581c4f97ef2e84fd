/** What can be wrong with the files of an archive, before anything in them means something (PROTOCOL §12.7). */
import type { Finding } from '../types.js';

export const FILE_CODES = {
  BAD_MANIFEST: 'the list of files does not have the form that the specification gives',
  MISSING_FILE: 'a file is missing that the archive needs, or says it has',
  UNLISTED_FILE: 'there is something that the archive does not say it has',
  CHANGED_FILE: 'the file is not the one that was exported: it was changed since, or the list of files was',
  UNREADABLE_FILE: 'the file does not have the form that the specification gives',
} as const;
export type FileCode = keyof typeof FILE_CODES;

export const fileFinding = (code: FileCode, place: string, detail = ''): Finding => ({
  code,
  severity: 'error',
  check: null,
  session: null,
  place,
  records: [],
  by: 'unknown',
  identities: [],
  message: detail === '' ? `${FILE_CODES[code]}.` : `${FILE_CODES[code]}: ${detail}.`,
});
