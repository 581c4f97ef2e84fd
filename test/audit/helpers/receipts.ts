/** What participants keep: proofs under the coordinator's checkpoints, and messages that are in no tree. */
import { utf8 } from '../../../crypto/bytes.js';
import { inclusionProof, merkleRoot } from '../../../crypto/merkle.js';
import type { ReceiptFile } from '../../../src/audit/source.js';
import { type Signed, signedLeaf } from '../../../src/protocol/signed.js';
import { signCheckpoint } from '../../../src/protocol/transcript/checkpoint.js';
import { formatTlogProof } from '../../../src/protocol/transcript/tlog-proof.js';
import { at, coordinator } from '../../helpers/protocol.js';

export const proofOf = (leaves: readonly Uint8Array[], index: number, origin: string): Uint8Array =>
  utf8(
    formatTlogProof({
      extra: at(leaves, index),
      index,
      hashes: inclusionProof(leaves, index),
      checkpoint: signCheckpoint(
        { origin, size: leaves.length, root: merkleRoot(leaves) },
        coordinator.signer,
      ),
    }),
  );

/** @param session id, hex */
export const kept = (name: string, message: Signed, session: string): ReceiptFile => ({
  place: `receipts/${name}.signed`,
  session,
  name: `${name}.signed`,
  bytes: signedLeaf(message),
});
