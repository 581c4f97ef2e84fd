/** A session's transcript as a file: its signed messages and statements in the order of the session tree. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCanonical } from '../../crypto/canonical.js';
import type { SessionSummary } from '../rpc/operator-api.js';

export interface WrittenTranscript {
  readonly path: string;
  readonly entries: number;
}

/** `session-<number>-<id prefix>.cbor`: a CBOR sequence (RFC 8742) of byte strings, the head and one leaf each. */
export async function writeTranscript(
  folder: string,
  session: Pick<SessionSummary, 'sessionId' | 'number'>,
  items: AsyncIterable<Uint8Array>,
): Promise<WrittenTranscript> {
  await mkdir(folder, { recursive: true });
  const path = join(
    folder,
    `session-${String(session.number).padStart(6, '0')}-${session.sessionId.slice(0, 16)}.cbor`,
  );
  const file = await open(path, 'w');
  let entries = 0;
  try {
    for await (const item of items) {
      await file.write(encodeCanonical(item));
      entries += 1;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, entries };
}
