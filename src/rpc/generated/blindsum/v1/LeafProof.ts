// Original file: protos/blindsum/v1/participant.proto


export interface LeafProof {
  /**
   * CBOR [payload, signature].
   */
  'leaf'?: (Buffer | Uint8Array | string);
  'index'?: (number);
  'inclusion'?: (Buffer | Uint8Array | string)[];
}

export interface LeafProof__Output {
  /**
   * CBOR [payload, signature].
   */
  'leaf': (Buffer);
  'index': (number);
  'inclusion': (Buffer)[];
}
