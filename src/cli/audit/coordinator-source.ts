/** What an audit reads, from a coordinator that runs: all that is in its log at this moment. */
import { toHex } from '../../../crypto/bytes.js';
import { transcriptPath } from '../../audit/archive/names.js';
import type { Keys, SessionSource, TranscriptSource } from '../../audit/source.js';
import { isBlindsumError, refuse } from '../../protocol/errors.js';
import { logEntryCodec } from '../../protocol/transcript/log-entry.js';
import type { OperatorApi } from '../../rpc/operator-api.js';

type Exports = Pick<OperatorApi, 'exportLog' | 'exportSession'>;

/** @throws BlindsumError WRONG_ROUND: nothing was logged yet */
export async function coordinatorSource(
  operator: Exports,
  keys: Keys,
): Promise<{ readonly source: TranscriptSource; readonly sessions: number }> {
  const { checkpoint, entries } = await operator.exportLog();
  if (checkpoint === null) refuse('WRONG_ROUND', 'environment', 'no session has ended yet');
  return {
    source: {
      scope: { kind: 'all' },
      keys,
      checkpoint,
      log: each(entries),
      sessions: all(operator, entries),
    },
    sessions: entries.length,
  };
}

async function* each(entries: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* entries;
}

async function* all(operator: Exports, entries: readonly Uint8Array[]): AsyncGenerator<SessionSource> {
  for (const entry of entries) {
    const session = await sessionOf(operator, entry);
    if (session !== null) yield session;
  }
}

/** Null: the entry cannot be read, or there is no such session; the audit finds that by itself. */
async function sessionOf(operator: Exports, entry: Uint8Array): Promise<SessionSource | null> {
  try {
    const { number, session } = logEntryCodec.decode(entry);
    const leaves = operator.exportSession(toHex(session))[Symbol.asyncIterator]();
    const head = await leaves.next();
    if (head.done === true) return null;
    const place = transcriptPath(number, toHex(session));
    return { place, head: head.value, leaves: { [Symbol.asyncIterator]: () => leaves } };
  } catch (error) {
    if (isBlindsumError(error, 'MALFORMED') || isBlindsumError(error, 'UNKNOWN_SESSION')) return null;
    throw error;
  }
}
