/** Archives of transcripts as tar files, plain or compressed by gzip. Nothing of what is read is ever written to the disk. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type Entry, extract, pack } from 'tar-stream';
import type { ArchiveFile, ArchiveFiles } from '../../audit/archive/open-archive.js';
import { refuse } from '../../protocol/errors.js';

export const isTarName = (path: string): boolean => /\.(tar|tar\.gz|tgz)$/.test(path);
const isCompressed = (path: string): boolean => path.endsWith('gz');

export const tarArchive = (path: string): ArchiveFiles => ({ name: path, files: () => entriesOf(path) });

/** @throws BlindsumError UNREADABLE_FILE: it is not, or not to its end, a tar file */
async function* entriesOf(path: string): AsyncGenerator<ArchiveFile> {
  const isNone = (cause: unknown): never =>
    refuse('UNREADABLE_FILE', 'caller', `${path} is not a whole tar file`, { cause });
  const files = extract();
  const source = createReadStream(path);
  const fed = (await isGzip(path)) ? pipeline(source, createGunzip(), files) : pipeline(source, files);
  // Told by the iteration below.
  fed.catch(() => undefined);
  try {
    for await (const entry of files) {
      const { name, type } = entry.header;
      const bytes = unending(entry, isNone);
      if (type !== 'directory') {
        const isFile = type === 'file' || type === 'contiguous-file';
        yield { path: name.replace(/^(\.\/)+/, ''), bytes: isFile ? bytes : null };
      }
      while ((await bytes.next()).done !== true);
    }
    await fed;
  } catch (cause) {
    isNone(cause);
  } finally {
    files.destroy();
    source.destroy();
  }
}

/** Of which the rest can be read after its reader gave up. What goes wrong is told to whoever reads. */
function unending(entry: Entry, onError: (cause: unknown) => never): AsyncIterableIterator<Uint8Array> {
  const chunks = (entry as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const iterator = {
    next: () => chunks.next().catch(onError),
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const start = new Uint8Array(2);
    await file.read(start, 0, 2, 0);
    return start[0] === 0x1f && start[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** The same files give the same bytes. @param paths below `folder`, in the order they are to have */
export async function writeTar(target: string, folder: string, paths: readonly string[]): Promise<void> {
  const files = pack();
  const written = isCompressed(target)
    ? pipeline(files, createGzip(), createWriteStream(target))
    : pipeline(files, createWriteStream(target));
  const packed = packAll(folder, paths).catch((error: unknown) => {
    files.destroy(error as Error);
    throw error;
  });
  await Promise.all([written, packed]);

  async function packAll(from: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const path = join(from, name);
      const { size } = await stat(path);
      await pipeline(createReadStream(path), files.entry({ name, size, mode: 0o644, mtime: new Date(0) }));
    }
    files.finalize();
  }
}
