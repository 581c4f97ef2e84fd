// Original file: protos/blindsum/v1/operator.proto


export interface CreateTaskReply {
  'taskId'?: (Buffer | Uint8Array | string);
}

export interface CreateTaskReply__Output {
  'taskId': (Buffer);
}
