/** An archive of transcripts as a folder. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveFile, ArchiveFiles } from '../../audit/archive/open-archive.js';

export const folderArchive = (folder: string): ArchiveFiles => ({
  name: folder,
  files: () => filesBelow(folder, ''),
});

/** Links are not followed: what they lead to is not in the archive. */
async function* filesBelow(folder: string, prefix: string): AsyncGenerator<ArchiveFile> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [path, place] = [`${prefix}${entry.name}`, join(folder, entry.name)];
    if (entry.isDirectory()) yield* filesBelow(place, `${path}/`);
    else yield { path, bytes: entry.isFile() ? contents(place) : null };
  }
}

/** Opened when it is read, and not before. */
export async function* contents(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
}
