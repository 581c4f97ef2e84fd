/**
 * Requests on their way in. gRPC keeps what has come of a request until it is whole, and a caller decides how much comes
 * and how fast: the bytes are bounded per request, per caller and for all together.
 */
import { BlindsumError } from '../../protocol/errors.js';

export interface ReceivingLimits {
  readonly maxReceivingBytes: number;
  readonly maxReceivingBytesPerCaller: number;
}

export interface Reception {
  /** For every piece that comes. @throws BlindsumError TOO_LARGE, OVERLOADED */
  add(bytes: number): void;
  /** Frees what was counted; calling again does nothing. */
  done(): void;
}

/** What a piece takes besides its bytes: without it, a request sent byte by byte would take a hundred times its length. */
const PIECE_OVERHEAD = 256;
/** Compression flag and length before a message. */
const FRAME_BYTES = 5;
const RETRY_AFTER_MS = 1000;

export class Receiving {
  readonly #limits: ReceivingLimits;
  readonly #byCaller = new Map<string, number>();
  #total = 0;

  constructor(limits: ReceivingLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#total;
  }

  /** @param maxBytes of the request's message */
  begin(caller: string, maxBytes: number): Reception {
    let received = 0;
    let counted = 0;
    return {
      add: (bytes) => {
        received += bytes;
        if (received > maxBytes + FRAME_BYTES) {
          throw new BlindsumError('TOO_LARGE', 'peer', `a request of more than ${maxBytes} bytes`);
        }
        this.#reserve(caller, bytes + PIECE_OVERHEAD);
        counted += bytes + PIECE_OVERHEAD;
      },
      done: () => {
        this.#count(caller, -counted);
        counted = 0;
      },
    };
  }

  #reserve(caller: string, bytes: number): void {
    const { maxReceivingBytes, maxReceivingBytesPerCaller } = this.#limits;
    const own = (this.#byCaller.get(caller) ?? 0) + bytes;
    if (own > maxReceivingBytesPerCaller || this.#total + bytes > maxReceivingBytes) {
      throw new BlindsumError('OVERLOADED', 'peer', 'too many requests are on their way in', {
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    this.#count(caller, bytes);
  }

  #count(caller: string, bytes: number): void {
    if (bytes === 0) return;
    const own = (this.#byCaller.get(caller) ?? 0) + bytes;
    this.#total += bytes;
    if (own === 0) this.#byCaller.delete(caller);
    else this.#byCaller.set(caller, own);
  }
}
