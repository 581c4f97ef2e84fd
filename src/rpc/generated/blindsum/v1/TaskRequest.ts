// Original file: protos/blindsum/v1/common.proto


export interface TaskRequest {
  /**
   * H(task payload), 32 bytes.
   */
  'taskId'?: (Buffer | Uint8Array | string);
}

export interface TaskRequest__Output {
  /**
   * H(task payload), 32 bytes.
   */
  'taskId': (Buffer);
}
