// Original file: protos/blindsum/v1/participant.proto


/**
 * Sealed shares for one recipient.
 */
export interface SharePacket {
  /**
   * Place of the recipient among those whom the dealer deals to, in roster order, itself among them.
   */
  'position'?: (number);
  'ciphertext'?: (Buffer | Uint8Array | string);
  /**
   * One hash per kind of share.
   */
  'leaves'?: (Buffer | Uint8Array | string)[];
}

/**
 * Sealed shares for one recipient.
 */
export interface SharePacket__Output {
  /**
   * Place of the recipient among those whom the dealer deals to, in roster order, itself among them.
   */
  'position': (number);
  'ciphertext': (Buffer);
  /**
   * One hash per kind of share.
   */
  'leaves': (Buffer)[];
}
