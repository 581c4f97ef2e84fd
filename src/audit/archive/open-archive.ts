/**
 * An archive of transcripts (PROTOCOL §12.5) as what an audit reads. Every file is compared with the manifest; what is
 * missing, changed or not listed is a finding that names it. Portable: how the files are reached is the caller's business.
 *
 * Security: all of it is controlled by whoever made the archive. What a file says is judged even if it was changed, so that
 * the audit can also say which record it was.
 */
import { concatBytes, toHex } from '../../../crypto/bytes.js';
import { createSha256, type Sha256, sha256 } from '../../../crypto/hash.js';
import { refuse } from '../../protocol/errors.js';
import type { Keys, SessionSource, TranscriptSource } from '../source.js';
import type { FindingCode } from '../codes.js';
import { Notebook } from '../findings.js';
import type { Finding } from '../types.js';
import { type Manifest, parseManifest } from './manifest.js';
import { CHECKPOINT, isTranscript, LOG, MANIFEST, MAX_BYTES, SMALL_FILES, TRUST } from './names.js';
import { readSequence } from './sequence.js';
import { parseKeys } from './trust-text.js';

export interface ArchiveFile {
  /** With '/' between its parts. */
  readonly path: string;
  /** Need not be read. Null: it is there, but no file that can be read as one. */
  readonly bytes: AsyncIterable<Uint8Array> | null;
}

export interface ArchiveFiles {
  /** For messages. */
  readonly name: string;
  /** All of them, in any order; from the beginning with every call. */
  files(): AsyncIterable<ArchiveFile>;
}

export interface OpenedArchive {
  /** Null: the archive does not say what it holds, or for which keys. */
  readonly source: TranscriptSource | null;
  /** SHA-256 of the manifest, hex; null: there is none. */
  readonly manifest: string | null;
  /** Transcripts that it lists. */
  readonly sessions: number;
  /** About the files; all of them once the sessions have been read. */
  readonly findings: () => readonly Finding[];
}

/**
 * @param anchors keys from elsewhere; null: those that the archive names
 * @throws BlindsumError UNREADABLE_FILE: there is nothing of an archive; and what reading the files throws
 */
export async function openArchive(archive: ArchiveFiles, anchors: Keys | null): Promise<OpenedArchive> {
  const book = new Notebook('archive');
  const note: Note = (code, place, detail = '') => {
    book.add(code, { place, detail });
  };
  const { paths, small } = await survey(archive, note);
  if (![...paths].some((path) => path === MANIFEST || path === CHECKPOINT || isTranscript(path))) {
    refuse(
      'UNREADABLE_FILE',
      'caller',
      `${archive.name} is not an archive of transcripts: there is no ${MANIFEST} in it`,
    );
  }
  const bytes = small.get(MANIFEST);
  const manifest = manifestOf(bytes, note);
  if (manifest !== null) compare(manifest, paths, small, note);
  const keys = keysOf(small, note) ?? anchors;
  const about = {
    manifest: bytes === undefined ? null : toHex(sha256(bytes)),
    sessions: [...(manifest?.files.keys() ?? [])].filter(isTranscript).length,
    findings: () => book.findings(false),
  };
  if (manifest === null || keys === null) return { ...about, source: null };
  return {
    ...about,
    source: {
      scope: manifest.scope,
      keys,
      checkpoint: new TextDecoder().decode(small.get(CHECKPOINT) ?? new Uint8Array(0)),
      log: readSequence(oneChunk(small.get(LOG) ?? new Uint8Array(0)), ({ item, why }) =>
        note('UNREADABLE_FILE', `${LOG}, entry ${item}`, why),
      ),
      sessions: sessionsIn(archive, manifest, note),
    },
  };
}

type Note = (code: FindingCode, place: string, detail?: string) => void;

const isKnown = (path: string): boolean =>
  path === MANIFEST || SMALL_FILES.includes(path) || isTranscript(path);

interface Survey {
  readonly paths: ReadonlySet<string>;
  /** Contents of all files but the transcripts. */
  readonly small: ReadonlyMap<string, Uint8Array>;
}

async function survey(archive: ArchiveFiles, note: Note): Promise<Survey> {
  const paths = new Set<string>();
  const small = new Map<string, Uint8Array>();
  for await (const { path, bytes } of archive.files()) {
    if (paths.has(path)) note('UNLISTED_FILE', path, 'it is there twice');
    if (paths.has(path)) continue;
    paths.add(path);
    if (bytes === null) note('UNREADABLE_FILE', path, 'it is not a file');
    else if (isKnown(path) && !isTranscript(path)) {
      const contents = await collect(bytes, MAX_BYTES[path] as number);
      if (contents === null) note('UNREADABLE_FILE', path, 'it is too large');
      else small.set(path, contents);
    }
  }
  return { paths, small };
}

async function collect(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array | null> {
  const held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    if (size > maxBytes) return null;
  }
  return concatBytes(...held);
}

function manifestOf(bytes: Uint8Array | undefined, note: Note): Manifest | null {
  if (bytes === undefined) {
    note('MISSING_FILE', MANIFEST);
    return null;
  }
  // A character per byte: whatever was put there has a line, and is none that the manifest can have.
  const parsed = parseManifest(new TextDecoder('latin1').decode(bytes));
  if ('files' in parsed) return parsed;
  note('BAD_MANIFEST', `${MANIFEST}, line ${parsed.line}`, parsed.why);
  return null;
}

function compare(manifest: Manifest, paths: Survey['paths'], small: Survey['small'], note: Note): void {
  const { files } = manifest;
  for (const path of new Set([...SMALL_FILES, ...files.keys()])) {
    if (!files.has(path)) note('MISSING_FILE', path, `the ${MANIFEST} does not list it`);
    else if (!paths.has(path)) note('MISSING_FILE', path, `it is listed in ${lineOf(path, manifest)}`);
  }
  for (const path of paths) {
    if (path !== MANIFEST && !files.has(path))
      note('UNLISTED_FILE', path, `the ${MANIFEST} does not list it`);
  }
  for (const [path, bytes] of small) {
    const listed = files.get(path);
    if (listed !== undefined && toHex(sha256(bytes)) !== listed)
      note('CHANGED_FILE', path, `its digest is not that in ${lineOf(path, manifest)}`);
  }
}

const lineOf = (path: string, { lines }: Manifest): string =>
  `line ${lines.get(path) ?? 0} of the ${MANIFEST}`;

function keysOf(small: Survey['small'], note: Note): Keys | null {
  const bytes = small.get(TRUST);
  if (bytes === undefined) return null;
  const keys = parseKeys(new TextDecoder().decode(bytes));
  if (keys === null) note('UNREADABLE_FILE', TRUST);
  return keys;
}

async function* sessionsIn(
  archive: ArchiveFiles,
  manifest: Manifest,
  note: Note,
): AsyncGenerator<SessionSource> {
  const seen = new Set<string>();
  for await (const { path, bytes } of archive.files()) {
    const listed = isTranscript(path) && !seen.has(path) ? manifest.files.get(path) : undefined;
    if (listed === undefined || bytes === null) continue;
    seen.add(path);
    const file = new HashedFile(bytes);
    const items = readSequence(file, ({ item, why }) =>
      note('UNREADABLE_FILE', `${path}, ${item === 0 ? 'head' : `record ${item - 1}`}`, why),
    );
    const head = await items.next();
    if (head.done !== true) yield { place: path, head: head.value, leaves: items };
    else if (file.isEmpty) note('UNREADABLE_FILE', `${path}, head`, 'there is nothing in the file');
    if (toHex(await file.digest()) !== listed)
      note('CHANGED_FILE', path, `its digest is not that in ${lineOf(path, manifest)}`);
  }
}

/** A file that is hashed to its end, also when its reader gives up before. */
class HashedFile implements AsyncIterableIterator<Uint8Array> {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #hash: Sha256 = createSha256();
  isEmpty = true;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const step = await this.#chunks.next();
    if (step.done === true) return { done: true, value: undefined };
    this.isEmpty = false;
    this.#hash.update(step.value);
    return step;
  }

  async digest(): Promise<Uint8Array> {
    while ((await this.next()).done !== true);
    return this.#hash.digest();
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
