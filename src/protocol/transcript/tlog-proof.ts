/**
 * Proofs that a record is in a tree, as a text that stands alone (c2sp.org/tlog-proof; PROTOCOL §12.4): the form of the
 * receipts that participants keep. `extra` carries the record itself, which no other line authenticates.
 */
import { fromBase64, toBase64 } from '../../../crypto/base64.js';
import { refuse } from '../errors.js';

const HEAD = 'c2sp.org/tlog-proof@v1';

export interface TlogProof {
  /** Null: no such line. */
  readonly extra: Uint8Array | null;
  /** 0-based. */
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly hashes: readonly Uint8Array[];
  /** Signed note, with cosignatures. */
  readonly checkpoint: string;
}

export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const lines = [HEAD, ...(extra === null ? [] : [`extra ${toBase64(extra)}`]), `index ${index}`];
  return `${[...lines, ...hashes.map(toBase64)].join('\n')}\n\n${checkpoint}`;
}

/** Only the form; what it proves is for the caller to see. @throws BlindsumError MALFORMED (fault peer) */
export function parseTlogProof(text: string): TlogProof {
  const split = text.indexOf('\n\n');
  const [head, ...lines] = text.slice(0, Math.max(split, 0)).split('\n');
  if (head !== HEAD) malformed();
  const extra = lines[0]?.startsWith('extra ') === true ? decoded(lines.shift() as string, 'extra ') : null;
  const [, digits] = /^index (0|[1-9][0-9]{0,9})$/.exec(lines.shift() ?? '') ?? [];
  if (digits === undefined) malformed();
  const hashes = lines.map((line) => decoded(line, ''));
  if (hashes.length > 63 || hashes.some((hash) => hash.length !== 32)) malformed();
  return { extra, index: Number(digits), hashes, checkpoint: text.slice(split + 2) };
}

const decoded = (line: string, prefix: string): Uint8Array =>
  fromBase64(line.slice(prefix.length)) ?? malformed();

const malformed = (): never => refuse('MALFORMED', 'peer', 'not a proof of a transparency log (tlog-proof)');
