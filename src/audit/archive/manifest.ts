/**
 * The manifest of an archive (PROTOCOL §12.5): what the archive claims to hold, and the digest of every other file. It has
 * one form, so that no byte of it can be changed unseen. Attacker-controlled when read.
 */
import type { ArchiveScope } from '../source.js';
import { isTranscript, SMALL_FILES } from './names.js';

export interface ArchiveContents {
  readonly scope: ArchiveScope;
  /** SHA-256 by path, hex. */
  readonly files: ReadonlyMap<string, string>;
}

export interface Manifest extends ArchiveContents {
  /** By path, from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

export interface ManifestProblem {
  /** From 1. */
  readonly line: number;
  readonly why: string;
}

const FIRST = 'blindsum/v1/manifest';
const SCOPE = /^scope (?:(all)|(task|session) ([0-9a-f]{64}))$/;
const FILE = /^([0-9a-f]{64}) {2}([A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)?)$/;

/** Lines that each end with a newline. */
export function formatManifest({ scope, files }: ArchiveContents): string {
  const paths = [...files.keys()].sort();
  const lines = [FIRST, scopeLine(scope), ...paths.map((path) => `${files.get(path) ?? ''}  ${path}`)];
  return lines.map((line) => `${line}\n`).join('');
}

function scopeLine(scope: ArchiveScope): string {
  switch (scope.kind) {
    case 'all':
      return 'scope all';
    case 'task':
      return `scope task ${scope.task}`;
    case 'session':
      return `scope session ${scope.session}`;
  }
}

/** @param text a character per byte */
export function parseManifest(text: string): Manifest | ManifestProblem {
  const lines = text.split('\n');
  const [first = '', second = '', ...rest] = lines;
  if (first !== FIRST) return { line: 1, why: `expected ${FIRST}` };
  const scope = parseScope(second);
  if (scope === null) return { line: 2, why: 'expected what the archive claims to hold' };
  if (rest.pop() !== '') return { line: lines.length, why: 'the last line has no end' };
  const files = new Map<string, string>();
  const numbers = new Map<string, number>();
  let before = '';
  for (const [index, line] of rest.entries()) {
    const [, digest, path] = FILE.exec(line) ?? [];
    const problem = (why: string): ManifestProblem => ({ line: index + 3, why });
    if (digest === undefined || path === undefined) return problem('expected a SHA-256 digest and a path');
    if (!isTranscript(path) && !SMALL_FILES.includes(path))
      return problem('no file of an archive has this name');
    if (path <= before) return problem('the paths are not in increasing order');
    files.set(path, digest);
    numbers.set(path, index + 3);
    before = path;
  }
  return { scope, files, lines: numbers };
}

function parseScope(line: string): ArchiveScope | null {
  const [, all, kind, id = ''] = SCOPE.exec(line) ?? [];
  if (all !== undefined) return { kind: 'all' };
  if (kind === 'task') return { kind, task: id };
  return kind === 'session' ? { kind, session: id } : null;
}
