// Original file: protos/blindsum/v1/operator.proto


export interface CreateTaskReply {
  'taskId'?: (string);
}

export interface CreateTaskReply__Output {
  'taskId': (string);
}
