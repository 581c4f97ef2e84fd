/** The trust file that `--trust` names. */
import type { Trust } from '../client/trust.js';

/**
 * Only a file that names a beacon waits for the curve of its key, which takes some 50 ms to load.
 * @throws BlindsumError NO_TRUST, UNREADABLE_FILE, BAD_CONFIG naming file and key
 */
export async function trustFrom(path: string | undefined): Promise<Trust> {
  const { readTrust } = await import('../client/node/read-trust.js');
  const trust = readTrust(path);
  if (trust.anchors.beacon === null) return trust;
  return (await import('../client/node/trust-file.js')).loadTrust(path);
}
