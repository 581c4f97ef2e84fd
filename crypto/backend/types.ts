/**
 * What the rest of crypto/ needs from a provider of primitives. Two exist with the same answers to the same
 * questions: node.ts (node:crypto, fast) and portable.ts (@noble, everywhere). The build chooses one through
 * the import '#crypto-backend'; nothing outside crypto/ imports a backend.
 *
 * Callers have checked types and lengths: a backend does not check them again. Results are plain Uint8Arrays
 * that nothing else refers to.
 */
export interface HashInProgress {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** Public keys as a provider holds them, by name: those that many private keys meet are imported once. */
export type ImportedKeys = Map<string, object>;

export interface CryptoBackend {
  readonly name: 'node' | 'portable';

  sha256(parts: readonly Uint8Array[]): Uint8Array;
  createSha256(): HashInProgress;
  /** HMAC-SHA256 of the parts as one message. The key may be empty. */
  hmacSha256(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array;

  /** AES-128-CTR of zeros. @param counterBlock 16 bytes, the first block; its last 32 bits must not wrap. */
  aes128CtrKeystream(key: Uint8Array, counterBlock: Uint8Array, length: number): Uint8Array;

  /** AES-256-GCM: ciphertext followed by the 16-byte tag. @param nonce 12 bytes. */
  aes256GcmSeal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** The plaintext, or null when the tag does not verify. @param sealed at least 16 bytes. */
  aes256GcmOpen(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | null;

  /** RFC 7748 with clamping. */
  x25519PublicKey(privateKey: Uint8Array): Uint8Array;
  /**
   * Imports the private key once, for agreements with many: RFC 7748, bit 255 of the public key ignored. Null when the
   * provider refuses, as both do an all-zero result.
   * @param imported keys that were met before; default: none is kept
   */
  x25519(privateKey: Uint8Array, imported?: ImportedKeys): (publicKey: Uint8Array) => Uint8Array | null;

  ed25519PublicKey(seed: Uint8Array): Uint8Array;
  ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /**
   * RFC 8032 without the cofactor: true if and only if S < L and the encoding of [S]B − [k]A equals the bytes
   * of R. Both backends must decide alike, or two honest parties could disagree about who signed.
   */
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;

  /** From the platform's cryptographic generator. */
  randomBytes(length: number): Uint8Array;

  /** For equal lengths only. */
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}
