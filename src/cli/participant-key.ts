/** How task specs and configurations name a participant. */
import { resolve } from 'node:path';
import { fromHex } from '../../crypto/bytes.js';
import { readPublicKey } from '../client/node/key-files.js';

/**
 * @param entry a public key in hex, or its file
 * @param folder what the file is relative to
 * @throws BlindsumError UNREADABLE_FILE
 */
export const readParticipantKey = (entry: string, folder: string): Uint8Array =>
  /^[0-9a-f]{64}$/i.test(entry) ? fromHex(entry) : readPublicKey(resolve(folder, entry));
