// Original file: protos/blindsum/v1/common.proto


/**
 * Bytes that were signed once and then travel, are stored and are proven byte for byte (PROTOCOL §3).
 */
export interface Signed {
  /**
   * Deterministic CBOR of an array that begins with a label `blindsum/v1/<kind>`.
   */
  'payload'?: (Buffer | Uint8Array | string);
  /**
   * Ed25519 over payload, 64 bytes.
   */
  'signature'?: (Buffer | Uint8Array | string);
}

/**
 * Bytes that were signed once and then travel, are stored and are proven byte for byte (PROTOCOL §3).
 */
export interface Signed__Output {
  /**
   * Deterministic CBOR of an array that begins with a label `blindsum/v1/<kind>`.
   */
  'payload': (Buffer);
  /**
   * Ed25519 over payload, 64 bytes.
   */
  'signature': (Buffer);
}
