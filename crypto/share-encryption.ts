/**
 * Sealing one participant's secret shares for one peer, in r1 (PROTOCOL §4 "Share encryption").
 *
 * Security: key and nonce are derived together, from both share-encryption keys, both identities in their
 * roles and the session, and serve exactly ONE message; a second message under the same pair would break
 * AES-GCM. The ciphertext does not commit to its key: a dealer could make one that opens under two keys, which
 * is why the protocol compares what was opened with the leaves of the signed share tree.
 */
import { backend } from '#crypto-backend';
import { isBytes, requireBytes, wipe } from './bytes.js';
import { withCanonical } from './canonical.js';
import { type HkdfExpand, withHkdf } from './hash.js';
import { KEY_BYTES } from './key-agreement.js';
import { LABEL } from './labels.js';
import { redacted } from './redacted.js';

const CIPHER_KEY_BYTES = 32;
const NONCE_BYTES = 12;

/** Ciphertext bytes beyond those of the plaintext. */
const SEAL_OVERHEAD_BYTES = 16;

export interface ShareKey {
  /** 32 bytes. Secret. */
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
}

export interface ShareKeyInput {
  /** Of the two share-encryption keys, 32 bytes: see `agree`. Secret; not wiped here. */
  readonly agreed: Uint8Array;
  /** The session's context hash, 32 bytes. */
  readonly ctx: Uint8Array;
  /** Identities, 32 bytes each: who seals, who opens. The same at both ends. */
  readonly sender: Uint8Array;
  readonly recipient: Uint8Array;
  /** Share-encryption public keys of sender and recipient, 32 bytes each. */
  readonly senderKey: Uint8Array;
  readonly recipientKey: Uint8Array;
}

/** HKDF-SHA256 of the agreed secret: key and nonce for the one message from sender to recipient. */
export function deriveShareKey(input: ShareKeyInput): ShareKey {
  return withAgreed(input, (expand) => expandShareKey(expand, input));
}

/** Both directions between two who have agreed: from sender to recipient, and back. */
export function deriveShareKeys(input: ShareKeyInput): { readonly there: ShareKey; readonly back: ShareKey } {
  const { sender, recipient, senderKey, recipientKey } = input;
  return withAgreed(input, (expand) => ({
    there: expandShareKey(expand, input),
    back: expandShareKey(expand, {
      sender: recipient,
      recipient: sender,
      senderKey: recipientKey,
      recipientKey: senderKey,
    }),
  }));
}

function withAgreed<T>(input: ShareKeyInput, work: (expand: HkdfExpand) => T): T {
  for (const name of ['agreed', 'ctx', 'sender', 'recipient', 'senderKey', 'recipientKey'] as const) {
    requireBytes(input[name], name, KEY_BYTES);
  }
  return withHkdf(
    {
      ikm: input.agreed,
      salt: input.ctx, // check: C1, C4
    },
    work,
  );
}

type Roles = Omit<ShareKeyInput, 'agreed' | 'ctx'>;

function expandShareKey(expand: HkdfExpand, { sender, recipient, senderKey, recipientKey }: Roles): ShareKey {
  const info = [
    LABEL.shareKey, // check: C4
    sender, // check: C1, C4
    recipient, // check: C1, C4
    senderKey, // check: C1, C4
    recipientKey, // check: C1, C4
  ];
  const output = withCanonical(info, (bytes) => expand(bytes, CIPHER_KEY_BYTES + NONCE_BYTES));
  try {
    return redacted({ key: output.slice(0, CIPHER_KEY_BYTES), nonce: output.slice(CIPHER_KEY_BYTES) });
  } finally {
    wipe(output); // check: C13
  }
}

/** AES-256-GCM: ciphertext followed by a 16-byte tag. @param aad bytes both ends know; not sent along. */
export function sealShares(
  input: ShareKey & { readonly aad: Uint8Array; readonly plaintext: Uint8Array },
): Uint8Array {
  const { key, nonce, aad, plaintext } = input;
  requireBytes(key, 'key', CIPHER_KEY_BYTES);
  requireBytes(nonce, 'nonce', NONCE_BYTES);
  requireBytes(aad, 'aad');
  requireBytes(plaintext, 'plaintext');
  return backend.aes256GcmSeal(key, nonce, aad, plaintext);
}

/** The plaintext, or null when the ciphertext is too short or was not made by `sealShares` with the same input. */
export function openShares(
  input: ShareKey & { readonly aad: Uint8Array; readonly ciphertext: Uint8Array },
): Uint8Array | null {
  const { key, nonce, aad, ciphertext } = input;
  requireBytes(key, 'key', CIPHER_KEY_BYTES);
  requireBytes(nonce, 'nonce', NONCE_BYTES);
  requireBytes(aad, 'aad');
  if (!isBytes(ciphertext) || ciphertext.length < SEAL_OVERHEAD_BYTES) return null;
  return backend.aes256GcmOpen(key, nonce, aad, ciphertext);
}
