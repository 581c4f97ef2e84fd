// Archives on the disk: the same files as a folder and in a tar, plain and compressed; what is no file is none.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ArchiveFiles } from '../../../src/audit/archive/open-archive.js';
import { folderArchive } from '../../../src/cli/audit/folder-archive.js';
import { tarArchive, writeTar } from '../../../src/cli/audit/tar-archive.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindsum-archive-'));
});
afterEach(() => rm(folder, { recursive: true }));

const FILES: Readonly<Record<string, string>> = {
  log: '',
  manifest: 'a list',
  'sessions/long': 'x'.repeat(100_000),
  'sessions/short': 'y',
};
const PATHS = Object.keys(FILES);

async function fill(): Promise<string> {
  const from = join(folder, 'from');
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(from, path)), { recursive: true });
    await writeFile(join(from, path), text);
  }
  return from;
}

/** Twice, reading only a part of each file the first time. */
async function read(archive: ArchiveFiles): Promise<Record<string, string | null>> {
  for await (const { bytes } of archive.files()) await bytes?.[Symbol.asyncIterator]().next();
  const found: Record<string, string | null> = {};
  for await (const { path, bytes } of archive.files()) {
    if (bytes === null) found[path] = null;
    else {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      found[path] = Buffer.concat(chunks).toString();
    }
  }
  return found;
}

test.each(['a.tar', 'a.tar.gz', 'a.tgz'])(
  '%s has the files of the folder, and always the same bytes',
  async (name) => {
    const [from, target] = [await fill(), join(folder, name)];
    expect(await read(folderArchive(from))).toEqual(FILES);
    await writeTar(target, from, PATHS);
    expect(await read(tarArchive(target))).toEqual(FILES);
    const once = await readFile(target);
    await writeTar(target, from, PATHS);
    expect((await readFile(target)).equals(once)).toBe(true);
  },
);

test('the tar of somebody else, with folders and ./ before its names, is the same', async () => {
  const from = await fill();
  const { spawnSync } = await import('node:child_process');
  const target = join(folder, 'theirs');
  expect(spawnSync('tar', ['cf', target, '-C', from, '.']).status).toBe(0);
  expect(await read(tarArchive(target))).toEqual(FILES);
});

test('links are shown and not followed', async () => {
  const from = await fill();
  await symlink('/etc/hostname', join(from, 'link'));
  await symlink('/etc', join(from, 'linked'));
  expect(await read(folderArchive(from))).toEqual({ ...FILES, link: null, linked: null });
});

async function readWhole(archive: ArchiveFiles): Promise<void> {
  for await (const { bytes } of archive.files()) for await (const _ of bytes ?? []);
}

test('what is no tar, or ends too early, cannot be read', async () => {
  const [from, target] = [await fill(), join(folder, 'a.tar.gz')];
  await writeTar(target, from, PATHS);
  const whole = await readFile(target);
  await writeTar(join(folder, 'plain.tar'), from, PATHS);
  const plain = await readFile(join(folder, 'plain.tar'));
  const bad = [
    whole.subarray(0, -30),
    plain.subarray(0, 50_000),
    gzipSync('no tar at all '.repeat(100)),
    Buffer.from('text '.repeat(200)),
  ];
  for (const bytes of bad) {
    await writeFile(target, bytes);
    await expect(read(tarArchive(target))).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
    // Whoever reads each file to its end is told the same.
    await expect(readWhole(tarArchive(target))).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  }
});
