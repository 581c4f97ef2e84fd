// Original file: protos/blindsum/v1/operator.proto


/**
 * Accepted messages per round.
 */
export interface AcceptedCounts {
  'r0'?: (number);
  'r1'?: (number);
  'r2'?: (number);
  'r3'?: (number);
  'r4'?: (number);
}

/**
 * Accepted messages per round.
 */
export interface AcceptedCounts__Output {
  'r0': (number);
  'r1': (number);
  'r2': (number);
  'r3': (number);
  'r4': (number);
}
