// Original file: protos/blindsum/v1/operator.proto


export interface LogPage {
  /**
   * In the first page: signed note over all entries, with the cosignatures that are there. Empty: the log is.
   */
  'checkpoint'?: (string);
  'entries'?: (Buffer | Uint8Array | string)[];
}

export interface LogPage__Output {
  /**
   * In the first page: signed note over all entries, with the cosignatures that are there. Empty: the log is.
   */
  'checkpoint': (string);
  'entries': (Buffer)[];
}
