/** Receipts as files, in a folder named by the session (PROTOCOL §12.4): for auditors, and for offline checks. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReceiptFile } from '../../protocol/transcript/receipt-files.js';
import { systemProblem, unreadable } from './files.js';

/** Makes the folder; before a session, so that one that cannot be written costs none. @throws BlindsumError UNREADABLE_FILE */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw unreadable(path, systemProblem(cause), cause);
  }
}

/**
 * Writes over what is there: a receipt that came later has more in it.
 * @param session hex
 * @returns the folder of the session
 * @throws BlindsumError UNREADABLE_FILE
 */
export function writeReceipt(folder: string, session: string, files: readonly ReceiptFile[]): string {
  const path = join(folder, session);
  makeFolder(path);
  for (const { name, bytes } of files) {
    const file = join(path, name);
    try {
      writeFileSync(file, bytes);
    } catch (cause) {
      throw unreadable(file, systemProblem(cause), cause);
    }
  }
  return path;
}
