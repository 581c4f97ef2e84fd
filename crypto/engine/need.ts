/** What a task will ask of an engine, to be said before anybody relies on it. */
import type { EncodingKind } from '../ckks/parameters.js';
import type { Ring } from '../ckks/ring.js';

export type EngineNeed =
  { readonly kind: 'mask' } | { readonly kind: 'ckks'; readonly ring: Ring; readonly encoding: EncodingKind };

/** Why an engine cannot do it, and what to do about it. */
export interface Lack {
  readonly code: 'MISSING_PACKAGE' | 'UNSUPPORTED';
  readonly message: string;
}
