/** Writes an archive of transcripts (PROTOCOL §12.5) of what a coordinator has in its log. It is there whole, or not at all. */
import { mkdir, mkdtemp, open, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { toHex } from '../../../crypto/bytes.js';
import { encodeCanonical } from '../../../crypto/canonical.js';
import { createSha256, sha256 } from '../../../crypto/hash.js';
import { formatManifest } from '../../audit/archive/manifest.js';
import { CHECKPOINT, LOG, MANIFEST, transcriptPath, TRUST } from '../../audit/archive/names.js';
import { formatKeys } from '../../audit/archive/trust-text.js';
import { type ArchiveScope, isInScope, type Keys } from '../../audit/source.js';
import { refuse } from '../../protocol/errors.js';
import { logEntryCodec } from '../../protocol/transcript/log-entry.js';
import type { OperatorApi } from '../../rpc/operator-api.js';
import { usage } from '../errors.js';
import { isTarName, writeTar } from './tar-archive.js';

export interface ArchiveOrder {
  readonly operator: Pick<OperatorApi, 'exportLog' | 'exportSession'>;
  readonly keys: Keys;
  readonly scope: ArchiveScope;
  /** Folder, or file whose name ends in .tar, .tar.gz or .tgz; nothing is written over. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface WrittenArchive {
  readonly path: string;
  readonly sessions: number;
  /** Leaves of all of them. */
  readonly records: number;
}

/** @throws BlindsumError USAGE (the target is there), WRONG_ROUND (nothing of the kind has ended) */
export async function writeArchive(order: ArchiveOrder): Promise<WrittenArchive> {
  const { out } = order;
  await requireFree(out);
  const target = resolve(out);
  await mkdir(dirname(target), { recursive: true });
  const beside = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    const folder = join(beside, 'archive');
    await mkdir(join(folder, 'sessions'), { recursive: true });
    const { digests, ...written } = await fill(folder, order);
    if (isTarName(out)) {
      const file = join(beside, 'archive.tar');
      const renamed = out.endsWith('gz') ? `${file}.gz` : file;
      await writeTar(renamed, folder, [MANIFEST, ...digests.keys()]);
      await rename(renamed, target);
    } else {
      await rmdir(target).catch(() => undefined);
      await rename(folder, target);
    }
    return { path: out, ...written };
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** Before anything is done for nothing. @throws BlindsumError USAGE */
export async function requireFree(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await requireEmpty(path);
}

async function requireEmpty(out: string): Promise<void> {
  const entries = await readdir(out).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') return usage(`--out: ${out} is there already, and nothing is written over`);
    throw error;
  });
  if (entries.length > 0) usage(`--out: ${out} is not empty, and nothing is written over`);
}

async function fill(
  folder: string,
  { operator, keys, scope, signal, onProgress }: ArchiveOrder,
): Promise<{ digests: ReadonlyMap<string, string>; sessions: number; records: number }> {
  const { checkpoint, entries } = await operator.exportLog();
  const wanted = entries
    .map((entry) => logEntryCodec.decode(entry))
    .filter(({ task, session }) => isInScope(scope, toHex(task), toHex(session)));
  if (checkpoint === null || wanted.length === 0) {
    refuse('WRONG_ROUND', 'caller', 'nothing to export: no such session has ended');
  }
  const digests = new Map<string, string>();
  const write = async (path: string, bytes: Uint8Array | string): Promise<void> => {
    const contents = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
    await writeFile(join(folder, path), contents);
    digests.set(path, toHex(sha256(contents)));
  };
  await write(CHECKPOINT, checkpoint);
  await write(LOG, Buffer.concat(entries.map(encodeCanonical)));
  await write(TRUST, formatKeys(keys));
  let records = 0;
  for (const [done, { number, session }] of wanted.entries()) {
    onProgress?.(done, wanted.length);
    const path = transcriptPath(number, toHex(session));
    const written = await writeSequence(join(folder, path), operator.exportSession(toHex(session)), {
      signal,
    });
    digests.set(path, written.digest);
    records += written.items - 1;
  }
  onProgress?.(wanted.length, wanted.length);
  await writeFile(join(folder, MANIFEST), formatManifest({ scope, files: digests }));
  return { digests, sessions: wanted.length, records };
}

/** A CBOR sequence of byte strings; ends with the reason of `signal` when that aborts. */
export async function writeSequence(
  path: string,
  items: AsyncIterable<Uint8Array>,
  { signal, mode }: { readonly signal: AbortSignal; readonly mode?: number },
): Promise<{ digest: string; items: number }> {
  const hash = createSha256();
  const file = await open(path, 'wx', mode);
  let count = 0;
  try {
    for await (const item of items) {
      signal.throwIfAborted();
      const bytes = encodeCanonical(item);
      hash.update(bytes);
      await file.writeFile(bytes);
      count += 1;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { digest: toHex(hash.digest()), items: count };
}
