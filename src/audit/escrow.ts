/**
 * The escrow of a session (PROTOCOL §12.6), item by item against what the participants signed: only what fits is used.
 * Uploads are added up as they come, so one of them is in memory at a time.
 */
import { concatBytes, equalBytes, toHex } from '../../crypto/bytes.js';
import { CanonicalError, decodeCanonical } from '../../crypto/canonical.js';
import { sha256 } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { holdersOf } from '../protocol/dealing.js';
import { identityAt } from '../protocol/shares.js';
import { type DealerRecord, type RevealRecord, uploadBytes } from '../protocol/suite.js';
import { Randomness } from './randomness.js';
import { type AuditRecord, type MessageKind, MESSAGES, type Records } from './records.js';
import { refusalOf } from './refusals.js';
import { type AuditedSession, memberOf, type Run } from './session.js';

export interface Escrow {
  readonly dealers: DealerRecord[];
  readonly reveals: RevealRecord[];
  /** As the suite's accumulator has it. */
  readonly sum: Uint8Array;
  readonly randomness: Randomness;
  /** Whether all of U2, U3 and those who answered are in it, as they signed. */
  complete: boolean;
}

const HASH_BYTES = 32;

/** Reads to the end whatever is wrong with it; that is in the findings. */
export async function readEscrow(
  items: AsyncIterable<Uint8Array>,
  session: AuditedSession,
  run: Run,
  place: string,
): Promise<Escrow> {
  const reader = new EscrowReader(session, run, place);
  for await (const item of items) reader.read(item);
  return reader.end();
}

class EscrowReader {
  readonly #session: AuditedSession;
  readonly #run: Run;
  readonly #place: string;
  readonly #escrow: Escrow;
  readonly #messages: Messages;
  /** What is still to come, in this order. */
  readonly #expected: { readonly kind: 'dealer' | 'upload' | 'shares'; readonly position: number }[];
  readonly #upload: Uint8Array;
  #offset = 0;
  #begun = false;

  constructor(session: AuditedSession, run: Run, place: string) {
    this.#session = session;
    this.#run = run;
    this.#place = place;
    this.#messages = bySender(session.records);
    const { suite, u2, u3 } = run;
    const { task } = session;
    this.#escrow = {
      dealers: [],
      reveals: [],
      sum: new Uint8Array(suite.accumulator(task).byteLength),
      randomness: new Randomness(),
      complete: true,
    };
    const answered = session.records.of('r4').flatMap(({ sender }) => memberOf(run, sender) ?? []);
    const of = (kind: 'dealer' | 'upload' | 'shares', members: readonly number[]) =>
      members.map((position) => ({ kind, position }));
    this.#expected = [
      ...of('dealer', u2?.members ?? []),
      ...of('upload', u3?.members ?? []),
      ...of('shares', answered),
    ];
    this.#upload = new Uint8Array(uploadBytes(suite, task));
  }

  read(bytes: Uint8Array): void {
    const item = itemOf(bytes);
    if (item === null) this.#unreadable();
    else this.#take(item);
  }

  end(): Escrow {
    if (this.#expected.length > 0) this.#mismatch('something is missing at its end');
    return this.#escrow;
  }

  #unreadable(): void {
    this.#escrow.complete = false;
    this.#session.notebook.add('ESCROW_UNREADABLE', { place: this.#place });
  }

  #mismatch(detail: string, identities: string[] = []): void {
    this.#escrow.complete = false;
    this.#session.notebook.add('ESCROW_MISMATCH', { place: this.#place, detail, identities });
  }

  #take([kind, ...fields]: readonly unknown[]): void {
    if (!this.#begun) {
      this.#begun = true;
      const [id] = fields;
      const same = kind === LABEL.escrow && id instanceof Uint8Array && equalBytes(id, this.#session.id);
      if (!same || fields.length !== 1) this.#mismatch('it is of another session');
      return;
    }
    const next = this.#expected[0];
    const [position, ...rest] = fields;
    if (next === undefined || kind !== next.kind || position !== next.position) {
      this.#mismatch('an item is not the one that has to be there');
      return;
    }
    if (kind === 'upload') {
      this.#takePiece(next.position, rest);
      return;
    }
    this.#expected.shift();
    if (kind === 'dealer') this.#takeDealer(next.position, rest);
    else this.#takeShares(next.position, rest);
  }

  #takeDealer(position: number, [entries]: readonly unknown[]): void {
    const { suite, context } = this.#run;
    const kinds = suite.shareKinds.length;
    const entryBytes = HASH_BYTES * (1 + kinds);
    const r1 = this.#message('r1', position);
    const holders = holdersOf(context, suite, position);
    if (!(entries instanceof Uint8Array) || entries.length !== entryBytes * holders.length) {
      this.#unreadable();
      return;
    }
    const split = holders.map((_, index) => entries.subarray(index * entryBytes, (index + 1) * entryBytes));
    if (r1 === null || !equalBytes(merkleRoot(split), r1.body.shareRoot)) {
      this.#mismatch('a list of dealt shares is not the one that its dealer signed', [r1?.sender ?? '']);
      return;
    }
    const leavesOf = (entry: Uint8Array): Uint8Array[] =>
      suite.shareKinds.map((_, kind) => entry.subarray(HASH_BYTES * (kind + 1), HASH_BYTES * (kind + 2)));
    this.#escrow.dealers.push({
      position,
      commitment: r1.body.commitment,
      leaves: new Map(holders.map((holder, index) => [holder, leavesOf(split[index] as Uint8Array)])),
    });
  }

  #takePiece(position: number, [offset, bytes]: readonly unknown[]): void {
    if (!(bytes instanceof Uint8Array) || offset !== this.#offset || bytes.length === 0) {
      this.#unreadable();
      return;
    }
    if (this.#offset + bytes.length > this.#upload.length) {
      this.#mismatch('an upload is too long');
      return;
    }
    this.#upload.set(bytes, this.#offset);
    this.#offset += bytes.length;
    if (this.#offset < this.#upload.length) return;
    this.#offset = 0;
    this.#expected.shift();
    this.#takeUpload(position);
  }

  #takeUpload(position: number): void {
    const { suite } = this.#run;
    const { task } = this.#session;
    const header = this.#message('r2', position);
    let from = 0;
    for (const [index, vector] of suite.layout(task).entries()) {
      const part = this.#upload.subarray(from, (from += vector.byteLength));
      const signed = header?.body.digests[index] ?? new Uint8Array();
      const refusal = refusalOf(() => {
        suite.checkUpload(task, vector, part);
      });
      if (refusal !== null || !equalBytes(sha256(part), signed)) {
        this.#mismatch('an upload is not the one that its header signs', [header?.sender ?? '']);
        return;
      }
      // The last byte of a vector may have spare bits.
      this.#escrow.randomness.add(header?.sender ?? '', part.subarray(0, -1));
    }
    suite.accumulator(task).fold(this.#escrow.sum, this.#upload);
  }

  #takeShares(position: number, [shares]: readonly unknown[]): void {
    const r4 = this.#message('r4', position);
    // No suite reveals more than one share per participant, and none has as many of them.
    const isList = Array.isArray(shares) && shares.length < 2 ** 16 && shares.every(isBytes);
    if (!isList) {
      this.#unreadable();
      return;
    }
    if (r4 === null || !equalBytes(sha256(concatBytes(...shares)), r4.body.shares)) {
      this.#mismatch('revealed shares are not those that were signed', [r4?.sender ?? '']);
      return;
    }
    this.#escrow.reveals.push({ position, reveal: { kinds: r4.body.kinds, shares } });
  }

  #message<K extends MessageKind>(kind: K, position: number): AuditRecord<K> | null {
    const sender = toHex(identityAt(this.#run.context, position));
    return this.#messages[kind].get(sender) ?? null;
  }
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

type Messages = { readonly [K in MessageKind]: ReadonlyMap<string, AuditRecord<K>> };

/** By sender; of several the first. */
function bySender(records: Records): Messages {
  const found = MESSAGES.map((kind) => {
    const first = [...records.of(kind)].reverse().map((record) => [record.sender, record] as const);
    return [kind, new Map<string, AuditRecord>(first)] as const;
  });
  return Object.fromEntries(found) as unknown as Messages;
}

/** Null: not a list in canonical CBOR. */
function itemOf(bytes: Uint8Array): readonly unknown[] | null {
  try {
    const item = decodeCanonical(bytes);
    return Array.isArray(item) ? item : null;
  } catch (error) {
    if (error instanceof CanonicalError) return null;
    throw error;
  }
}
