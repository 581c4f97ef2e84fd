// Tells whether dist/ was built from the sources as they are now. Worker threads and child processes in the tests
// run from dist/, so a stale dist would test yesterday's code without a word.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const stampPath = join(root, 'dist', '.stamp.json');

/** One hash over the paths and bytes of everything the build reads. Content, not mtime: a checkout sets mtimes anew. */
export function sourceHash() {
  const files = ['package.json', 'tsconfig.json'];
  for (const folder of ['src', 'crypto', 'protos']) {
    for (const entry of listFiles(join(root, folder))) files.push(entry.slice(root.length));
  }
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

export function readStamp() {
  try {
    return JSON.parse(readFileSync(stampPath, 'utf8')).sourceHash;
  } catch {
    return undefined;
  }
}

export const stampFile = stampPath;

function listFiles(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
