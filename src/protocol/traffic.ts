/**
 * What one session costs a participant in bytes, from the forms of its messages (PROTOCOL §3, §4): everybody invited comes
 * and stays, nobody complains, the task lists its participants. Without the framing of the wire, and without certificates.
 */
import { toHex } from '../../crypto/bytes.js';
import type { Codec } from './codec.js';
import { type Task, taskCodec } from './documents.js';
import {
  advertiseKeysCodec,
  consistencyCodec,
  maskedInputCodec,
  shareKeysCodec,
  unmaskCodec,
} from './messages.js';
import { placeBytes } from './shares.js';
import type { Signer } from './signed.js';
import { openingCodec, resultCodec, setCodec } from './statements.js';
import { type Suite, uploadBytes } from './suite.js';
import { logOrigin, sessionOrigin, signCheckpoint, type TreeHead } from './transcript/checkpoint.js';
import { logEntryCodec } from './transcript/log-entry.js';

const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** AES-GCM's tag. */
const SEAL_BYTES = 16;
/** Each call but one names its task or session; an upload of more than one chunk has a call more for each. */
const CALLS = 17;
/** U1, U2, U3 and the result. */
const STATEMENTS = 4;

export interface Traffic {
  /** All rounds. */
  readonly uploadBytes: number;
  /** Of these: the masked or encrypted vectors, with a hidden weight. */
  readonly inputBytes: number;
  /** Of these: the sealed shares for the others. */
  readonly shareBytes: number;
  /** All rounds, the aggregate and the receipt, without a session's input and the cosignatures of witnesses. */
  readonly downloadBytes: number;
}

/** What of a suite its traffic follows from. */
export type TrafficSuite = Pick<Suite, 'sparse' | 'sizes' | 'layout' | 'derive' | 'aggregateLengths'>;

/** @param participants all of the electorate, at least 3 */
export function trafficOf(suite: TrafficSuite, task: Task, participants: number): Traffic {
  const { shares, neighbours, commitment, signers, kinds, revealed } = suite.sizes(task, participants);
  const layout = suite.layout(task);
  const digests = layout.map(() => HASH);
  const sender = { sender: HASH, ctx: HASH };
  const sets = { u1: HASH, u2: HASH, u3: HASH };
  const root = { size: participants, root: HASH };

  const r0 = signedBytes(advertiseKeysCodec, {
    sender: HASH,
    opening: HASH,
    shareKey: HASH,
    maskKey: HASH,
    nonce: HASH,
  });
  const r1 = signedBytes(shareKeysCodec, {
    ...sender,
    rosterRoot: HASH,
    commitment: new Uint8Array(commitment),
    shareRoot: HASH,
  });
  const header = signedBytes(maskedInputCodec, { ...sender, u1: HASH, u2: HASH, digests, complaints: [] });
  const r3 = signedBytes(consistencyCodec, { ...sender, ...sets, uploads: HASH });
  const r4 = signedBytes(unmaskCodec, { ...sender, ...sets, kinds: new Uint8Array(kinds), shares: HASH });
  const leaves = shares.length * HASH_BYTES;
  const packet = sealedBytes(shares, participants) + leaves;
  const inputBytes = uploadBytes(suite, task);
  const shareBytes = neighbours * packet + leaves;

  const statement = signedBytes(setCodec, {
    ctx: HASH,
    set: 1,
    members: new Uint8Array(Math.ceil(participants / 8)),
    ...root,
    parameters: suite.derive(task, participants, participants),
  });
  // Of a tree that is not full some are shorter.
  const proof = (size: number): number => Math.ceil(Math.log2(size)) * HASH_BYTES;
  const documents =
    signedBytes(taskCodec, task) + openingBytes(task, participants) + 2 * participants * HASH_BYTES;
  // Keys of neighbours, and of signers to show that they are of this session; of everybody else a hash.
  const shown = Math.min(participants, neighbours + 1 + signers);
  const roster = statement + participants * 2 * HASH_BYTES + shown * r0;
  const packets = statement + neighbours * (packet + r1 + proof(neighbours + 1));
  // Who has only some digests of uploads needs a path for each to their common root.
  const paths = suite.sparse ? HASH_BYTES + (neighbours + 1) * proof(participants) : 0;
  const headers = statement + (neighbours + 1) * header + paths;
  const result = signedBytes(resultCodec, {
    ctx: HASH,
    u3: HASH,
    survivors: participants,
    digests,
    ...root,
  });
  const receipt = receiptBytes([r0, r1, header, r3, r4, result], participants);
  const aggregate = suite.aggregateLengths(task).reduce((total, length) => total + length, 0);
  return {
    uploadBytes: CALLS * HASH_BYTES + r0 + r1 + shareBytes + header + inputBytes + r3 + r4 + revealed,
    inputBytes,
    shareBytes,
    downloadBytes: documents + roster + packets + headers + signers * r3 + result + aggregate + receipt,
  };
}

const HASH = new Uint8Array(HASH_BYTES);
const ANYBODY: Signer = { publicKey: HASH, sign: () => new Uint8Array(SIGNATURE_BYTES) };

const signedBytes = <T>(codec: Codec<T>, body: T): number => codec.encode(body).length + SIGNATURE_BYTES;

/** A packet's ciphertext: from whom, for whom, the shares. */
const sealedBytes = (shares: readonly number[], participants: number): number =>
  2 * placeBytes(participants) + shares.reduce((total, length) => total + length, 0) + SEAL_BYTES;

/** @param leaves bytes of this participant's messages and of the result */
function receiptBytes(leaves: readonly number[], participants: number): number {
  const { length } = leaves;
  // A message of each in each round, the sets, the result.
  const size = (length - 1) * participants + STATEMENTS;
  const depth = Math.ceil(Math.log2(size));
  const entry = { task: HASH, number: 1, session: HASH, size, root: HASH, closed: true };
  const log = noteBytes({ origin: logOrigin(HASH), size: 1, root: HASH });
  const session = noteBytes({ origin: sessionOrigin(HASH, toHex(HASH)), size, root: HASH });
  const messages = leaves.reduce((total, each) => total + each + depth * HASH_BYTES, 0);
  return log + logEntryCodec.encode(entry).length + session + messages + STATEMENTS * depth * HASH_BYTES;
}

const noteBytes = (head: TreeHead): number => signCheckpoint(head, ANYBODY).length;

const openingBytes = ({ suite }: Task, size: number): number =>
  signedBytes(openingCodec, {
    suite,
    task: HASH,
    session: 1,
    nonce: HASH,
    input: null,
    electorate: { hash: HASH, size },
    openedMs: 2 ** 40,
    joinMs: 60_000,
    roundMs: 60_000,
    previous: [],
    grants: [],
    keyTypes: ['x25519'],
    privacy: null,
    critical: [],
  });
