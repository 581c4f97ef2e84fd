// Original file: protos/blindsum/v1/participant.proto


/**
 * RFC 9162, from the entry's sibling up.
 */
export interface InclusionPath {
  'hashes'?: (Buffer | Uint8Array | string)[];
}

/**
 * RFC 9162, from the entry's sibling up.
 */
export interface InclusionPath__Output {
  'hashes': (Buffer)[];
}
