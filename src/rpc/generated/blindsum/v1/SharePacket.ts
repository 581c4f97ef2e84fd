// Original file: protos/blindsum/v1/participant.proto


/**
 * Sealed shares for one recipient.
 */
export interface SharePacket {
  /**
   * Roster position of the recipient.
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
   * Roster position of the recipient.
   */
  'position': (number);
  'ciphertext': (Buffer);
  /**
   * One hash per kind of share.
   */
  'leaves': (Buffer)[];
}
