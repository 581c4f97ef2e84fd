/** The archive of test/vectors/audit/ and its changed copies (audit.json), as a reader of the folder would take them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from './verify.js';

const root = fileURLToPath(new URL('../vectors/', import.meta.url));

export const readJson = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'));

/** By path below test/vectors/audit/. */
export function auditFiles(): Map<string, Buffer> {
  const folder = join(root, 'audit');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.sort().map((path) => [relative(folder, path), readFileSync(path)]));
}

/** Those in one folder, by path below it. */
export const within = (folder: string, files: Files): Map<string, Buffer> =>
  new Map(
    [...files]
      .filter(([path]) => path.startsWith(`${folder}/`))
      .map(([path, bytes]) => [path.slice(folder.length + 1), bytes]),
  );

export interface Changed {
  readonly what: string;
  readonly changes: readonly {
    readonly path: string;
    readonly at: number;
    readonly remove: number;
    readonly insert: string;
  }[];
  readonly removed: readonly string[];
  readonly findings: readonly string[];
}

export function changed(files: Files, { changes, removed }: Changed): Map<string, Buffer> {
  const copy = new Map(files);
  for (const { path, at, remove, insert } of changes) {
    const before = copy.get(path) ?? Buffer.alloc(0);
    copy.set(
      path,
      Buffer.concat([before.subarray(0, at), Buffer.from(insert, 'hex'), before.subarray(at + remove)]),
    );
  }
  for (const path of removed) copy.delete(path);
  return copy;
}

/** The reason codes of PROTOCOL §9, as the document lists them. */
export function reasonCodes(): Set<string> {
  const text = readFileSync(join(root, '../../protos/PROTOCOL.md'), 'utf8');
  const section = text.slice(text.indexOf('\n## 9. '), text.indexOf('\n## 10. '));
  return new Set([...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code as string));
}
