/**
 * Uploads on their way in, in memory (PROTOCOL §8): nothing of an upload is folded before all of it is here. Staging is
 * bounded by bytes; who finds no room is told when to ask again. Losing a staged upload loses nothing: the participant
 * keeps its vector until the commit is acknowledged and starts again at offset 0.
 */
import { isBlindsumError, refuse } from '../protocol/errors.js';
import { type BeginUploadReply, MAX_CHUNK_BYTES } from '../rpc/participant-api.js';
import type { Clock } from './clock.js';

export interface StageOptions {
  readonly budgetBytes: number;
  /** Without bytes for so long, an upload may lose its place to another. */
  readonly idleMs?: number;
  /** Slower than this, likewise: one participant must not keep the others out until the deadline. */
  readonly minBytesPerSecond?: number;
  readonly retryAfterMs?: number;
}

/** Longest pause, in times of `idleMs`. */
const MAX_PAUSES = 32;

interface Staged {
  readonly sessionId: string;
  readonly sender: string;
  readonly bytes: Uint8Array;
  length: number;
  /** From then on it may lose its place. Only bytes that come move it. */
  safeUntilMs: number;
  /** Being committed right now. */
  busy: number;
}

/** A sender that lost its place lets the others go first: twice as long each time, until one of its uploads is done. */
interface Pause {
  readonly ms: number;
  readonly untilMs: number;
}

export class UploadStage {
  readonly #clock: Clock;
  readonly #options: Required<StageOptions>;
  readonly #staged = new Map<string, Staged>();
  /** By sender: in another session it is the same one. */
  readonly #paused = new Map<string, Pause>();

  constructor(clock: Clock, options: StageOptions) {
    this.#clock = clock;
    this.#options = { idleMs: 10_000, minBytesPerSecond: 65_536, retryAfterMs: 1000, ...options };
  }

  get stagedUploads(): number {
    return this.#staged.size;
  }

  get stagedBytes(): number {
    let total = 0;
    for (const { bytes } of this.#staged.values()) total += bytes.length;
    return total;
  }

  /** Whether an upload has a place, with or without bytes. */
  has(sessionId: string, sender: string): boolean {
    return this.#staged.has(keyOf(sessionId, sender));
  }

  /** Reserves room for `total` bytes, or resumes. */
  begin(sessionId: string, sender: string, total: number): BeginUploadReply {
    const found = this.#staged.get(keyOf(sessionId, sender));
    if (found !== undefined) return { nextOffset: found.length };
    const now = this.#clock.now();
    const pauseMs = (this.#paused.get(sender)?.untilMs ?? now) - now;
    if (pauseMs > 0) return { retryAfterMs: pauseMs };
    if (!this.#hasRoom(total)) this.#evict();
    if (!this.#hasRoom(total)) return { retryAfterMs: this.#options.retryAfterMs };
    this.#staged.set(keyOf(sessionId, sender), {
      sessionId,
      sender,
      bytes: new Uint8Array(total),
      length: 0,
      safeUntilMs: now + this.#options.idleMs,
      busy: 0,
    });
    return { nextOffset: 0 };
  }

  /** @returns the next offset. @throws BlindsumError TOO_LARGE, OUT_OF_ORDER (begin again to learn the offset) */
  append(sessionId: string, sender: string, offset: number, chunk: Uint8Array): number {
    if (chunk.length > MAX_CHUNK_BYTES) {
      refuse('TOO_LARGE', 'peer', `a chunk has at most ${MAX_CHUNK_BYTES} bytes, not ${chunk.length}`);
    }
    const staged = this.#staged.get(keyOf(sessionId, sender));
    if (staged === undefined)
      refuse('OUT_OF_ORDER', 'peer', 'no upload was begun here, or it lost its place');
    if (offset !== staged.length) {
      refuse('OUT_OF_ORDER', 'peer', `the next chunk starts at ${staged.length}, not at ${offset}`);
    }
    if (offset + chunk.length > staged.bytes.length) {
      refuse('TOO_LARGE', 'peer', `the upload has ${staged.bytes.length} bytes and no more`);
    }
    staged.bytes.set(chunk, offset);
    staged.length += chunk.length;
    this.#prolong(staged, chunk.length);
    return staged.length;
  }

  /** By the time that the bytes may take, so that a few of them do not keep a place; what came early is not saved up. */
  #prolong(staged: Staged, bytes: number): void {
    const { idleMs, minBytesPerSecond } = this.#options;
    const now = this.#clock.now();
    const paidMs = (bytes / minBytesPerSecond) * 1000;
    staged.safeUntilMs = Math.min(Math.max(staged.safeUntilMs, now) + paidMs, now + idleMs);
  }

  /**
   * Hands the complete upload to `commit`. It is forgotten when that succeeds or refuses it (it must then be sent again
   * from the start), but kept when the store failed. @throws BlindsumError OUT_OF_ORDER when bytes are missing
   */
  async commit<T>(sessionId: string, sender: string, commit: (upload: Uint8Array) => Promise<T>): Promise<T> {
    const key = keyOf(sessionId, sender);
    const staged = this.#staged.get(key);
    if (staged === undefined || staged.length < staged.bytes.length) {
      const missing = staged === undefined ? 'all' : `${staged.bytes.length - staged.length}`;
      refuse('OUT_OF_ORDER', 'peer', `the upload is not complete here: ${missing} bytes are missing`);
    }
    staged.busy += 1;
    const forget = (): void => {
      if (this.#staged.get(key) === staged) this.#staged.delete(key);
    };
    try {
      const result = await commit(staged.bytes);
      forget();
      this.#paused.delete(sender);
      return result;
    } catch (error) {
      if (isBlindsumError(error) && error.code !== 'STORE_FAILED') forget();
      throw error;
    } finally {
      staged.busy -= 1;
    }
  }

  dropSession(sessionId: string): void {
    for (const [key, staged] of this.#staged) if (staged.sessionId === sessionId) this.#staged.delete(key);
  }

  clear(): void {
    this.#staged.clear();
    this.#paused.clear();
  }

  #hasRoom(total: number): boolean {
    return this.#staged.size === 0 || this.stagedBytes + total <= this.#options.budgetBytes;
  }

  /** Makes room by dropping uploads whose senders went away or hardly send. */
  #evict(): void {
    const now = this.#clock.now();
    for (const [key, { sender, safeUntilMs, busy }] of this.#staged) {
      if (busy > 0 || now < safeUntilMs) continue;
      this.#staged.delete(key);
      this.#pause(sender, now);
    }
  }

  #pause(sender: string, now: number): void {
    const before = this.#paused.get(sender);
    // It lost several places at once.
    if (before !== undefined && now < before.untilMs) return;
    const { idleMs } = this.#options;
    const ms = before === undefined ? idleMs : Math.min(2 * before.ms, MAX_PAUSES * idleMs);
    this.#paused.set(sender, { ms, untilMs: now + ms });
  }
}

const keyOf = (sessionId: string, sender: string): string => `${sessionId}/${sender}`;
