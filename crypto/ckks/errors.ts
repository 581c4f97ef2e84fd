/**
 * Why something of ckks/sumkey cannot go on, apart from wrong arguments (TypeError, RangeError). The suite turns these
 * into refusals; the codes are those of PROTOCOL §9. Messages never show a key, a share or a coordinate.
 */
export type CkksErrorCode = 'MISSING_PACKAGE' | 'MALFORMED' | 'OVER_CLIP' | 'TOO_FEW_SHARES' | 'KEY_MISMATCH';

export class CkksError extends Error {
  override readonly name = 'CkksError';
  constructor(
    readonly code: CkksErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
