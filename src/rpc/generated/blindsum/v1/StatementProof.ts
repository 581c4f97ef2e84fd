// Original file: protos/blindsum/v1/participant.proto


export interface StatementProof {
  'size'?: (number);
  'consistency'?: (Buffer | Uint8Array | string)[];
}

export interface StatementProof__Output {
  'size': (number);
  'consistency': (Buffer)[];
}
