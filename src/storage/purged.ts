/** What a purge takes from the records of a session: attachments with shares, sealed (r1) or revealed (answer, r4). */
import type { RecordKind } from './port.js';

export const SHARE_KINDS: readonly RecordKind[] = ['r1', 'answer', 'r4'];
