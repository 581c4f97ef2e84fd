/**
 * A receipt as files that stand alone (PROTOCOL §12.4): proofs in the form of C2SP, which others can check without
 * this participant, its journal or the coordinator.
 */
import { utf8 } from '../../../crypto/bytes.js';
import { encodeSigned } from '../attachments.js';
import type { Signed } from '../signed.js';
import type { ReceiptReply } from './replies.js';
import { formatTlogProof } from './tlog-proof.js';

export interface ReceiptFile {
  /** 'r0.tlog-proof' */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ReceiptContents {
  /** Verified. */
  readonly reply: ReceiptReply;
  /** Of the leaves, in their order. */
  readonly names: readonly string[];
  /** Sent, and not in the record of the session. */
  readonly missing: readonly { readonly name: string; readonly signed: Signed }[];
}

export function receiptFiles({ reply, names, missing }: ReceiptContents): ReceiptFile[] {
  const { log, entry, index, inclusion, sessionCheckpoint: checkpoint } = reply;
  return [
    ...reply.leaves.map((leaf, at) => {
      const hashes = leaf.inclusion;
      return proofFile(names[at] as string, { extra: leaf.leaf, index: leaf.index, hashes, checkpoint });
    }),
    ...missing.map(messageFile),
    proofFile('session', { extra: entry, index, hashes: inclusion, checkpoint: log.checkpoint as string }),
  ];
}

/** A message that nothing proves to be in the record. */
export const messageFile = ({ name, signed }: ReceiptContents['missing'][number]): ReceiptFile => ({
  name: `${name}.signed`,
  bytes: encodeSigned(signed),
});

const proofFile = (name: string, proof: Parameters<typeof formatTlogProof>[0]): ReceiptFile => ({
  name: `${name}.tlog-proof`,
  bytes: utf8(formatTlogProof(proof)),
});
