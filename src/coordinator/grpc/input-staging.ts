/**
 * Puts together the inputs that an operator sends in chunks (PutInput). In memory and on this node only: whoever finds
 * nothing here answers offset 0, and the operator's client sends again.
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { BlindsumError } from '../../protocol/errors.js';
import { inputHash } from '../../protocol/statements.js';
import { BlobCollector } from '../../rpc/pages.js';

export interface InputChunk {
  /** inputHash of the whole, 32 bytes. */
  readonly digest: Uint8Array;
  readonly totalBytes: number;
  readonly offset: number;
  readonly chunk: Uint8Array;
}

interface Staged {
  readonly collector: BlobCollector;
  readonly totalBytes: number;
  filled: number;
  touchedMs: number;
}

const MAX_STAGED = 4;
const IDLE_MS = 10 * 60_000;

export class InputStaging {
  private readonly staged = new Map<string, Staged>();

  constructor(
    private readonly maxBytes: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /**
   * @returns the whole input once its last chunk is here, else where to go on
   * @throws BlindsumError TOO_LARGE, OVERLOADED, DIGEST_MISMATCH, MALFORMED
   */
  put(part: InputChunk): { readonly blob: Uint8Array } | { readonly nextOffset: number } {
    if (part.digest.length !== 32) throw new BlindsumError('MALFORMED', 'peer', 'the digest has 32 bytes');
    const key = `${toHex(part.digest)}:${part.totalBytes}`;
    const upload = this.staged.get(key) ?? this.begin(key, part);
    if (part.offset !== upload.filled) return { nextOffset: upload.filled };
    try {
      upload.collector.add(part.totalBytes, part.chunk);
    } catch (error) {
      // It cannot become what it was announced as; it must not keep its place either.
      this.staged.delete(key);
      throw error;
    }
    upload.filled += part.chunk.length;
    upload.touchedMs = this.nowMs();
    if (upload.filled < upload.totalBytes) return { nextOffset: upload.filled };
    this.staged.delete(key);
    const blob = upload.collector.finish();
    if (!equalBytes(inputHash(blob), part.digest)) {
      throw new BlindsumError(
        'DIGEST_MISMATCH',
        'peer',
        'the input does not have the digest it was announced with',
      );
    }
    return { blob };
  }

  private begin(key: string, { totalBytes }: InputChunk): Staged {
    for (const [other, { touchedMs }] of this.staged) {
      if (this.nowMs() - touchedMs > IDLE_MS) this.staged.delete(other);
    }
    const others = [...this.staged.values()];
    const bytes = others.reduce((sum, other) => sum + other.totalBytes, 0);
    // What is too long by itself is refused below, for good.
    const isTooMuch = totalBytes <= this.maxBytes && bytes + totalBytes > this.maxBytes;
    if (others.length >= MAX_STAGED || isTooMuch) {
      throw new BlindsumError('OVERLOADED', 'self', `${others.length} inputs are being uploaded already`);
    }
    const collector = new BlobCollector(this.maxBytes);
    collector.add(totalBytes, new Uint8Array(0));
    const upload = { collector, totalBytes, filled: 0, touchedMs: this.nowMs() };
    this.staged.set(key, upload);
    return upload;
  }
}
