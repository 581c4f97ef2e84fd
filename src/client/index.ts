/** "blindsum/client": take part in secure sums. Portable: runs in Node and in a browser, given a transport. */
export { createClient } from './client.js';
export { fingerprint } from '../protocol/fingerprint.js';
export { createMemoryJournal } from './memory-journal.js';
export { parseTrust, type Trust } from './trust.js';
export type * from './journal.js';
export type * from './types.js';
export {
  BlindsumError,
  ERROR_CODES,
  isBlindsumError,
  refuse,
  type ErrorCode,
  type Fault,
} from '../protocol/errors.js';
export { signerFromSeed, type Signed, type Signer } from '../protocol/signed.js';
export type { ScopeRecord } from '../protocol/scope.js';
export type { BeaconChain, BeaconSource, BeaconValue } from '../protocol/beacon.js';
export type { Task } from '../protocol/documents.js';
export type { Policy } from '../protocol/policy.js';
export type { Opening } from '../protocol/statements.js';
export type { ReceiptFile } from '../protocol/transcript/receipt-files.js';
export type { Witness } from '../protocol/transcript/cosignature.js';
export type { Engine } from '../protocol/suite.js';
export type { ParticipantApi } from '../rpc/participant-api.js';
export { fromHex, toHex } from '../../crypto/bytes.js';
