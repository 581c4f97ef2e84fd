/** The trust file with all of it checked: the curve of its beacon's key, too, which `read-trust.ts` leaves out. */
import { isBeaconKey } from '../../../crypto/beacon-signature.js';
import type { Trust } from '../trust.js';
import { readTrust } from './read-trust.js';

/** @throws BlindsumError NO_TRUST, UNREADABLE_FILE, BAD_CONFIG naming file and key */
export const loadTrust = (path: string | undefined): Trust => readTrust(path, isBeaconKey);
