// Original file: protos/blindsum/v1/operator.proto


export interface TranscriptPage {
  /**
   * Each CBOR [payload, signature].
   */
  'leaves'?: (Buffer | Uint8Array | string)[];
}

export interface TranscriptPage__Output {
  /**
   * Each CBOR [payload, signature].
   */
  'leaves': (Buffer)[];
}
