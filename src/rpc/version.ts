/**
 * Which versions of the calls work together (PROTOCOL §10): neighbours do, so that a coordinator and its participants can
 * be upgraded one after the other. Both sides name their version with every call and every reply, and each refuses a
 * peer that is further away before it uses anything else of it. Not signed: whoever changes it on the way can only
 * keep the two from talking, and no check of a round depends on it.
 */
import { BlindsumError } from '../protocol/errors.js';

/** Counted up with every change that an older peer would notice. */
export const PROTOCOL_REVISION = 1;

/** Metadata of requests and replies: a decimal integer. */
export const VERSION = 'blindsum-version';

const FORM = /^(?:0|[1-9]\d{0,8})$/;

/** @returns null unless there is exactly one value and it is a decimal integer without sign and leading zeros */
export function readRevision(values: readonly unknown[]): number | null {
  const [value] = values;
  return values.length === 1 && typeof value === 'string' && FORM.test(value) ? Number(value) : null;
}

/** Null: the peer named none, or something that is none. */
interface Revisions {
  readonly client: number | null;
  readonly coordinator: number | null;
}

/** @returns UNSUPPORTED_VERSION, which says who has to be upgraded; null when the two work together */
export function versionProblem({ client, coordinator }: Revisions): BlindsumError | null {
  if (client !== null && coordinator !== null && Math.abs(client - coordinator) <= 1) return null;
  const isClientOlder = client === null || (coordinator !== null && client < coordinator);
  return new BlindsumError(
    'UNSUPPORTED_VERSION',
    'environment',
    `the client speaks protocol version ${client ?? '(none named)'}, the coordinator ${coordinator ?? '(none named)'}: ` +
      `upgrade the ${isClientOlder ? 'client' : 'coordinator'}`,
  );
}
