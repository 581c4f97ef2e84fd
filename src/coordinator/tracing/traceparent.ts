/** The header `traceparent` (W3C Trace Context, version 00). Attacker-controlled: anything else counts as absent. */

/** Metadata key. */
export const TRACEPARENT = 'traceparent';

export interface RemoteParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
}

const FORM = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** The flag that asks for sampling is not read: what is sampled is the coordinator's decision alone. */
export function parseTraceparent(header: string | undefined): RemoteParent | null {
  const [, traceId, spanId] = FORM.exec(header ?? '') ?? [];
  return traceId === undefined || spanId === undefined ? null : { traceId, spanId };
}
