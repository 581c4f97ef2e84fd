/** An archive in memory as the files that a coordinator's export writes (PROTOCOL §12.5). */
import { toHex, utf8 } from '../../../crypto/bytes.js';
import { encodeCanonical } from '../../../crypto/canonical.js';
import { sha256 } from '../../../crypto/hash.js';
import { formatManifest } from '../../../src/audit/archive/manifest.js';
import { formatKeys } from '../../../src/audit/archive/trust-text.js';
import type { Archive } from './archive.js';

const sequenceOf = (items: readonly Uint8Array[]): Buffer => Buffer.concat(items.map(encodeCanonical));

export function archiveFiles({ scope, keys, checkpoint, log, sessions }: Archive): Map<string, Buffer> {
  const files = new Map<string, Buffer>([
    ['checkpoint', Buffer.from(checkpoint)],
    ['log', sequenceOf(log)],
    ['trust.yaml', Buffer.from(formatKeys(keys))],
    ...sessions.map(({ place, head, leaves }) => [place, sequenceOf([head, ...leaves])] as const),
  ]);
  const digests = new Map([...files].map(([path, bytes]) => [path, toHex(sha256(bytes))]));
  return files.set('manifest', Buffer.from(utf8(formatManifest({ scope, files: digests }))));
}
