/** Reads small files with errors a person can act on. */
import { readFileSync } from 'node:fs';
import { BlindsumError } from '../../protocol/errors.js';

/** @throws BlindsumError UNREADABLE_FILE naming the path */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, systemProblem(cause), cause);
  }
}

export const unreadable = (path: string, why: string, cause?: unknown): BlindsumError =>
  new BlindsumError('UNREADABLE_FILE', 'caller', `${path}: ${why}`, { cause });

const SYSTEM_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  EEXIST: 'exists already',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many open files',
  ERR_FS_FILE_TOO_LARGE: 'larger than can be read at once',
};

/** What the file system said, in words and without the path. */
export function systemProblem(cause: unknown): string {
  const code = (cause as { code?: string } | null)?.code ?? 'unknown error';
  return SYSTEM_PROBLEMS[code] ?? code;
}
