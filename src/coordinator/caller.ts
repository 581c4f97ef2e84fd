/** Who calls, as the transport knows it. */
import type { Signed } from '../protocol/signed.js';

export interface Caller {
  /** Proven by the transport; 32 bytes. */
  readonly identity: Uint8Array;
  /** As sent; verified where it counts. */
  readonly certificate: Signed | null;
}
