/**
 * What a sum can be computed from again (PROTOCOL §12.6), for a named auditor: the uploads of the survivors, where they were
 * kept, with the shares that were revealed. It is the coordinator's own view of the session and shows the sum and nothing
 * else, unless somebody adds shares of the other kind from elsewhere; so it is never part of a transcript.
 */
import { concatBytes, fromHex, toHex } from '../../crypto/bytes.js';
import { encodeCanonical } from '../../crypto/canonical.js';
import { LABEL } from '../../crypto/labels.js';
import { decodeShareList } from '../protocol/attachments.js';
import { byPosition } from '../protocol/coordinator/senders.js';
import { refuse } from '../protocol/errors.js';
import type { MemberSet } from '../protocol/sets.js';
import { identityAt, shareEntry } from '../protocol/shares.js';
import type { SessionRow, Store } from '../storage/port.js';
import type { SessionViews } from './session-views.js';
import { sessionRow, type Shell } from './shell.js';

/** Of an upload in one item. */
const PIECE_BYTES = 512 * 1024;

/** @throws BlindsumError UNKNOWN_SESSION, WRONG_ROUND, LATE (purged), BAD_CONFIG (uploads were not kept) */
export async function* escrowItems(
  { store }: Pick<Shell, 'store'>,
  views: SessionViews,
  sessionId: string,
): AsyncGenerator<Uint8Array> {
  const row = await sessionRow(store, sessionId);
  requireClosed(row);
  const frozen = await views.frozen(row);
  const survivors = (frozen.u3 as MemberSet).members.map((position) => ({
    position,
    sender: toHex(identityAt(frozen.session, position)),
  }));
  for (const { sender } of survivors.slice(0, 1)) await uploadOf(store, row, sender);
  yield encodeCanonical([LABEL.escrow, fromHex(row.id)]);
  for (const { position, holders, packets } of await views.dealers(row)) {
    const entries = holders.map((_, index) => shareEntry(packets.at(index)));
    yield encodeCanonical(['dealer', position, concatBytes(...entries)]);
  }
  for (const { position, sender } of survivors) {
    const upload = await uploadOf(store, row, sender);
    for (let offset = 0; offset < upload.length; offset += PIECE_BYTES) {
      yield encodeCanonical(['upload', position, offset, upload.subarray(offset, offset + PIECE_BYTES)]);
    }
  }
  for (const { position, record } of byPosition(frozen, await store.readRecords(row.id, 'r4'))) {
    yield encodeCanonical(['shares', position, decodeShareList(record.attachment as Uint8Array)]);
  }
}

function requireClosed({ phase, purgedMs }: SessionRow): void {
  if (phase !== 'closed')
    refuse('WRONG_ROUND', 'caller', 'only of a session that closed is there a sum to compute again');
  if (purgedMs !== null)
    refuse('LATE', 'caller', 'the session was purged: uploads and shares have been deleted');
}

async function uploadOf(store: Store, { id }: SessionRow, sender: string): Promise<Uint8Array> {
  const upload = await store.readUpload(id, sender);
  if (upload !== null) return upload;
  return refuse(
    'BAD_CONFIG',
    'caller',
    "the uploads of this session were not kept: with `escrow: on` in the coordinator's configuration those of later ones are",
  );
}
