/** What the leaves of a session's tree name by hash only, as an auditor is given it (PROTOCOL §12.5). */
import { toHex } from '../../crypto/bytes.js';
import { decodeSigned } from '../protocol/attachments.js';
import { refuse } from '../protocol/errors.js';
import { openingCodec } from '../protocol/statements.js';
import type { SessionHead } from '../protocol/transcript/session-head.js';
import type { Store } from '../storage/port.js';
import type { SessionViews } from './session-views.js';
import { sessionRow } from './shell.js';

/** Never the name of an input: those are hashes only. */
export const grantBlob = (hash: Uint8Array): string => `grant/${toHex(hash)}`;

/** @throws BlindsumError UNKNOWN_SESSION, STORE_FAILED */
export async function sessionHead(
  store: Store,
  views: Pick<SessionViews, 'roster'>,
  sessionId: string,
): Promise<SessionHead> {
  const row = await sessionRow(store, sessionId);
  const entries = row.statements.u1 === undefined ? [] : (await views.roster(row)).entries;
  const grants = openingCodec.decode(row.opening.payload).grants.map(async (hash) => {
    const grant = await store.getBlob(grantBlob(hash));
    if (grant !== null) return decodeSigned(grant);
    refuse('STORE_FAILED', 'environment', 'a grant that the session names was not kept');
  });
  return {
    electorate: [...row.electorate],
    certificates: entries.flatMap(({ certificate }) => certificate ?? []),
    grants: await Promise.all(grants),
  };
}
