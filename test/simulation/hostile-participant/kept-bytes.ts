/** What a store keeps of sessions, read back through its port, and the most that a task lets participants fill. */
import { MAX_PACKET_BYTES } from '../../../src/protocol/suites/masking/sharing.js';
import type { RecordKind, SessionRow, Store } from '../../../src/storage/port.js';

const KINDS: readonly RecordKind[] = ['r0', 'r1', 'r2', 'answer', 'r3', 'r4'];

/** Bytes of records, statements and leaves of a session. */
export async function keptBytes(store: Store, sessionId: string): Promise<number> {
  const { opening, statements } = (await store.getSession(sessionId)) as SessionRow;
  let total = 0;
  const add = (...all: readonly (Uint8Array | string | null)[]): void => {
    for (const bytes of all) total += bytes?.length ?? 0;
  };
  add(opening.payload, opening.signature);
  for (const { payload, signature } of Object.values(statements)) add(payload, signature);
  for (const kind of KINDS) {
    for (const { sender, subject, signed, attachment } of await store.readRecords(sessionId, kind)) {
      add(sender, subject, signed.payload, signed.signature, attachment);
    }
  }
  add(...(await store.readInputs(sessionId)), ...(await store.readLeaves(sessionId)));
  return total;
}

/** Of bytes that name, sign and frame: a header of fixed fields, its signature, a sender and a subject in hex. */
const MESSAGE = 700;
const STATEMENTS = 4000;

/** An upper bound of `keptBytes` for any session of `n` with so many vectors and n_C, whatever its participants send. */
export function mostBytes(n: number, vectors: number): number {
  const complaint = 100;
  const packets = n * (MAX_PACKET_BYTES + 2 * 34 + 8);
  const header = MESSAGE + 34 * vectors + complaint * (n - 1);
  const answers = (n - 1) * (MESSAGE + 2 * (MAX_PACKET_BYTES + 8));
  const perParticipant = 3 * MESSAGE + (MESSAGE + packets) + header + answers + (n * 34 + 64);
  // Signed messages are there twice, as records and as leaves; 2 is more than enough for both.
  return 2 * n * perParticipant + STATEMENTS;
}
