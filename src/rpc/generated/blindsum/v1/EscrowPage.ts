// Original file: protos/blindsum/v1/operator.proto


export interface EscrowPage {
  /**
   * Items of the escrow file (PROTOCOL §12.6), in order; an upload is cut into pieces of at most 512 KiB.
   */
  'items'?: (Buffer | Uint8Array | string)[];
}

export interface EscrowPage__Output {
  /**
   * Items of the escrow file (PROTOCOL §12.6), in order; an upload is cut into pieces of at most 512 KiB.
   */
  'items': (Buffer)[];
}
