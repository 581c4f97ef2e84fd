/** One packet as its dealer signed it (PROTOCOL §4.2, §4.4): what is accepted in r2, in an answer and in blame alike. */
import type { SessionContext } from './context.js';
import { type Members, withSelf } from './sets.js';
import { fitLeaves } from './shares.js';
import type { Dealing, Suite } from './suite.js';

/** Who is dealt shares by `dealer`, increasing: its neighbours and itself. */
export const holdersOf = (session: SessionContext, suite: Suite, dealer: number): Members =>
  withSelf(suite.neighbours(session, dealer), dealer);

/**
 * Whose r0 `position` has to be shown: to share and mask with, and of signers to see that they have keys in this session.
 * Of others the hash is enough.
 */
export const keysNeededBy = (session: SessionContext, suite: Suite, position: number): ReadonlySet<number> =>
  new Set([...holdersOf(session, suite, position), ...suite.signers(session)]);

/**
 * Whether shares from `dealer` are those it signed and of a form that can be revealed later. Both: shares of the wrong
 * length may fit their leaves, and a holder that took them would have its whole r4 refused.
 */
export function isUsable(
  session: SessionContext,
  suite: Suite,
  dealer: number,
  holder: number,
  shares: readonly Uint8Array[],
  dealing: Dealing,
): boolean {
  return (
    fitLeaves(session, dealer, holder, suite.shareKinds, shares, dealing.leaves) && // check: B1, B3
    suite.acceptsShares(session, dealer, holder, dealing, shares) // check: B1, B4
  );
}
