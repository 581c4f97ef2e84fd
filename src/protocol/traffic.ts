/**
 * What one session costs a participant in bytes, from the forms of its messages (PROTOCOL §3, §4): everybody invited comes
 * and stays, nobody complains, the task lists its participants. Without the framing of the wire, and without certificates.
 */
import { encodeCanonical } from '../../crypto/canonical.js';
import { LABEL } from '../../crypto/labels.js';
import type { Codec } from './codec.js';
import { type Task, taskCodec } from './documents.js';
import {
  advertiseKeysCodec,
  consistencyCodec,
  maskedInputCodec,
  shareKeysCodec,
  unmaskCodec,
} from './messages.js';
import { openingCodec, resultCodec, setCodec } from './statements.js';
import { type Suite, uploadBytes } from './suite.js';

const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** AES-GCM's tag. */
const SEAL_BYTES = 16;
/** Each call names its task or session; an upload of more than one chunk has a call more for each. */
const CALLS = 16;

export interface Traffic {
  /** All rounds. */
  readonly uploadBytes: number;
  /** Of these: the masked or encrypted vectors, with a hidden weight. */
  readonly inputBytes: number;
  /** Of these: the sealed shares for the others. */
  readonly shareBytes: number;
  /** All rounds and the aggregate, without a session's input. */
  readonly downloadBytes: number;
}

/** @param participants all of the electorate, at least 3 */
export function trafficOf(suite: Suite, task: Task, participants: number): Traffic {
  const { shares, neighbours, commitment, kinds, revealed } = suite.sizes(task, participants);
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
  const packet = sealedBytes(shares) + leaves;
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
  const proof = Math.ceil(Math.log2(participants)) * HASH_BYTES;
  const documents =
    signedBytes(taskCodec, task) + openingBytes(task, participants) + 2 * participants * HASH_BYTES;
  const roster = statement + participants * (2 * HASH_BYTES + r0);
  const packets = statement + neighbours * (packet + r1 + proof);
  const headers = statement + participants * header;
  const result = signedBytes(resultCodec, {
    ctx: HASH,
    u3: HASH,
    survivors: participants,
    digests,
    ...root,
  });
  const aggregate = suite.aggregateLengths(task).reduce((total, length) => total + length, 0);
  return {
    // The header begins the upload, and commits it.
    uploadBytes: CALLS * HASH_BYTES + r0 + r1 + shareBytes + 2 * header + inputBytes + r3 + r4 + revealed,
    inputBytes,
    shareBytes,
    downloadBytes: documents + roster + packets + headers + participants * r3 + result + aggregate,
  };
}

const HASH = new Uint8Array(HASH_BYTES);

const signedBytes = <T>(codec: Codec<T>, body: T): number => codec.encode(body).length + SIGNATURE_BYTES;

/** A packet's ciphertext. */
function sealedBytes(shares: readonly number[]): number {
  const plain = [LABEL.sharePlaintext, HASH, HASH, shares.map((length) => new Uint8Array(length))];
  return encodeCanonical(plain).length + SEAL_BYTES;
}

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
