/** The `witnesses` of a serve configuration as the coordinator takes them: keys read, and each somebody else. */
import { equalBytes } from '../../../crypto/bytes.js';
import type { Witness } from '../../coordinator/index.js';
import { isBlindsumError, refuse } from '../../protocol/errors.js';
import { readParticipantKey } from '../participant-key.js';
import type { Resolved } from './resolve.js';

/** @param coordinator its own public key @throws BlindsumError BAD_CONFIG, UNREADABLE_FILE naming the witness */
export function readWitnesses({ settings, originOf }: Resolved, coordinator: Uint8Array): Witness[] {
  const { where, folder } = originOf(['witnesses']);
  const witnesses: Witness[] = [];
  for (const { name, key } of settings.witnesses ?? []) {
    const place = `${where}: witnesses: ${name}`;
    const publicKey = keyFrom(key, folder, place);
    const other = witnesses.find((known) => known.name === name || equalBytes(known.publicKey, publicKey));
    if (other !== undefined)
      refuse(
        'BAD_CONFIG',
        'caller',
        `${place}: has the name or the key of ${other.name}; each is somebody else`,
      );
    if (equalBytes(publicKey, coordinator))
      refuse('BAD_CONFIG', 'caller', `${place}: is the coordinator itself; a witness is somebody else`);
    witnesses.push({ name, publicKey });
  }
  return witnesses;
}

function keyFrom(entry: string, folder: string, place: string): Uint8Array {
  try {
    return readParticipantKey(entry, folder);
  } catch (error) {
    if (!isBlindsumError(error)) throw error;
    return refuse(error.code, error.fault, `${place}: ${error.message}`);
  }
}
