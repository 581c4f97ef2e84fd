/** Reads small files with errors a person can act on. */
import { readFileSync } from 'node:fs';
import { BlindsumError } from '../../protocol/errors.js';

/** @throws BlindsumError UNREADABLE_FILE naming the path */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    throw unreadable(path, code === 'ENOENT' ? 'no such file' : message, cause);
  }
}

export const unreadable = (path: string, why: string, cause?: unknown): BlindsumError =>
  new BlindsumError('UNREADABLE_FILE', 'caller', `${path}: ${why}`, { cause });
