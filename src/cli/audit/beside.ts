/** What lies beside an archive: receipts that participants kept, and escrow. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { toHex } from '../../../crypto/bytes.js';
import { decodeCanonical } from '../../../crypto/canonical.js';
import { LABEL } from '../../../crypto/labels.js';
import { readSequence } from '../../audit/archive/sequence.js';
import type { ReceiptFile } from '../../audit/source.js';
import { refuse } from '../../protocol/errors.js';
import { contents } from './folder-archive.js';

const isReceipt = (path: string): boolean => /\.(tlog-proof|signed)$/.test(path);

/** Of one participant or of several, in folders below. @throws BlindsumError UNREADABLE_FILE: there are none */
export async function receiptsIn(folder: string): Promise<AsyncIterable<ReceiptFile>> {
  const paths = (await filesIn(folder)).filter(isReceipt);
  if (paths.length === 0)
    refuse('UNREADABLE_FILE', 'caller', `--receipts: there are no receipts in ${folder}`);
  return read(folder, paths);
}

async function* read(folder: string, paths: readonly string[]): AsyncGenerator<ReceiptFile> {
  for (const path of paths) {
    yield {
      place: relative(folder, path),
      session: basename(dirname(path)),
      name: basename(path),
      bytes: new Uint8Array(await readFile(path)),
    };
  }
}

/** What reads it, by session id, hex. @throws BlindsumError UNREADABLE_FILE: there is none */
export async function escrowIn(path: string): Promise<ReadonlyMap<string, () => AsyncIterable<Uint8Array>>> {
  const found = new Map<string, string>();
  for (const file of await filesIn(path)) {
    const session = await escrowSession(file);
    if (session !== null) found.set(session, file);
  }
  if (found.size === 0) refuse('UNREADABLE_FILE', 'caller', `--escrow: there is no escrow in ${path}`);
  // An item that cannot be read is missed by the audit.
  return new Map(
    [...found].map(([session, file]) => [session, () => readSequence(contents(file), () => undefined)]),
  );
}

/** Null: the file does not begin like an escrow. */
async function escrowSession(path: string): Promise<string | null> {
  for await (const item of readSequence(contents(path), () => undefined)) {
    try {
      const [label, session] = decodeCanonical(item) as [unknown, unknown];
      return label === LABEL.escrow && session instanceof Uint8Array ? toHex(session) : null;
    } catch {
      return null;
    }
  }
  return null;
}

/** All below a folder, by name; or the one file itself. */
async function filesIn(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
