/** What can be done when a session has aborted, in words: who voted may be summed again only over the same set (PROTOCOL §7). */
import { printable } from './errors.js';
import type { Abort } from './statements.js';

/** The rounds before anybody signs what is summed. */
const BEFORE_VOTES: readonly string[] = ['r0', 'r1', 'r2'];

/** For everybody who asks how the session ended. */
export const abortText = ({ code, round, message }: Pick<Abort, 'code' | 'round' | 'message'>): string =>
  `the session aborted in ${printable(round)}: ${printable(message)}${afterAbort(code, !BEFORE_VOTES.includes(round))}`;

/**
 * What to do next, beginning with its own punctuation; empty where the reason says it, or nobody can know.
 * @param voted whether votes may be spent: from r3 on
 */
export function afterAbort(code: string, voted: boolean): string {
  switch (code) {
    case 'TOO_FEW_PARTICIPANTS':
    case 'TOO_FEW_SURVIVORS':
    case 'TOO_FEW_SHARES':
    case 'CERTIFICATE_REVOKED':
      return `; ${voted ? SAME_SET : ANYBODY}`;
    case 'KEY_MISMATCH':
      return `; do not leave participants out to find which: their data would be summed over two sets. See that all run the same version; then ${SAME_SET}`;
    default:
      return '';
  }
}

const ANYBODY =
  'nobody has voted, so the operator can open another session, with more time for those who were late (session open --join, --round)';
const SAME_SET =
  'the operator can open another session, in which those who voted sign only for the same participants, with the same values';
