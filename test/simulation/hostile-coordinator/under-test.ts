/**
 * What the harness plays against: the client with its journal, and the rounds that colluders run as well. The sound
 * protocol is this file as it is; `variants.ts` bundles it from weakened sources.
 */
export { createClient } from '../../../src/client/client.js';
export { createMemoryJournal } from '../../../src/client/memory-journal.js';
export { openSession } from '../../../src/protocol/client/open.js';
export { advertiseKeys } from '../../../src/protocol/client/r0-advertise-keys.js';
export { shareKeys } from '../../../src/protocol/client/r1-share-keys.js';
export { suitesWithSparse } from './sparse-suite.js';
