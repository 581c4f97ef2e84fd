// Original file: protos/blindsum/v1/common.proto


export interface TaskRequest {
  /**
   * Task hash, lower-case hex.
   */
  'taskId'?: (string);
}

export interface TaskRequest__Output {
  /**
   * Task hash, lower-case hex.
   */
  'taskId': (string);
}
