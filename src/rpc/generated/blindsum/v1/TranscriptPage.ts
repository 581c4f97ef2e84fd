// Original file: protos/blindsum/v1/operator.proto


export interface TranscriptPage {
  /**
   * Each CBOR [payload, signature].
   */
  'leaves'?: (Buffer | Uint8Array | string)[];
  /**
   * In the first page: the lists that the leaves name by hash (PROTOCOL §12.5).
   */
  'head'?: (Buffer | Uint8Array | string);
}

export interface TranscriptPage__Output {
  /**
   * Each CBOR [payload, signature].
   */
  'leaves': (Buffer)[];
  /**
   * In the first page: the lists that the leaves name by hash (PROTOCOL §12.5).
   */
  'head': (Buffer);
}
