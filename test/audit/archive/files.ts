/** Archives in memory: a map of paths, handed out in pieces. */
import { toHex, utf8 } from '../../../crypto/bytes.js';
import { encodeCanonical } from '../../../crypto/canonical.js';
import { sha256 } from '../../../crypto/hash.js';
import { formatManifest } from '../../../src/audit/archive/manifest.js';
import type { ArchiveFiles } from '../../../src/audit/archive/open-archive.js';
import { formatKeys } from '../../../src/audit/archive/trust-text.js';
import type { ArchiveScope } from '../../../src/audit/source.js';
import { coordinator, organiser } from '../../helpers/protocol.js';

export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

/** @param files null: something that is no file */
export const inMemory = (files: ReadonlyMap<string, Uint8Array | null>, size = 7): ArchiveFiles => ({
  name: 'memory',
  async *files() {
    for (const [path, bytes] of files) yield { path, bytes: bytes && inPieces(bytes, size) };
  },
});

export const sequence = (...items: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(items.map(encodeCanonical)));

export const FIRST = `sessions/000001-${'a1'.repeat(8)}.transcript`;
export const SECOND = `sessions/000002-${'b2'.repeat(8)}.transcript`;

/** Well formed, with nothing in it that means anything. */
export function someArchive(scope: ArchiveScope = { kind: 'all' }): Map<string, Uint8Array> {
  const keys = { organiser: organiser.identity, coordinator: coordinator.identity, witnesses: [] };
  const files = new Map([
    ['checkpoint', utf8('a note')],
    ['log', sequence(utf8('entry 0'), utf8('entry 1'))],
    ['trust.yaml', utf8(formatKeys(keys))],
    [FIRST, sequence(utf8('head'), utf8('leaf 0'), utf8('leaf 1'))],
    [SECOND, sequence(utf8('head of the second'), utf8('leaf'))],
  ]);
  const digests = new Map([...files].map(([path, bytes]) => [path, toHex(sha256(bytes))]));
  return files.set('manifest', utf8(formatManifest({ scope, files: digests })));
}
