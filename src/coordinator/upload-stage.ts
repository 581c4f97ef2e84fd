/**
 * Uploads on their way in, in memory (PROTOCOL §8): nothing of an upload is folded before all of it is here. Staging is
 * bounded by bytes; who finds no room waits for it in a line, and after a while is told when to ask again. Losing a staged upload loses nothing: the participant
 * keeps its vector until the commit is acknowledged and starts again at offset 0.
 */
import { isBlindsumError, refuse } from '../protocol/errors.js';
import { type BeginUploadReply, MAX_CHUNK_BYTES } from '../rpc/participant-api.js';
import type { Clock } from './clock.js';
import { FreedBuffers } from './freed-buffers.js';
import { PartDigests } from './part-digests.js';
import { WaitingLine } from './waiting-line.js';

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
  readonly parts: PartDigests;
  length: number;
  /** From then on it may lose its place. Only bytes that come move it. */
  safeUntilMs: number;
  /** Being committed right now. */
  busy: number;
}

/** All of it is here. */
export interface WholeUpload {
  readonly bytes: Uint8Array;
  /** Of its vectors. */
  readonly digests: readonly Uint8Array[];
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
  readonly #line: WaitingLine;
  readonly #freed = new FreedBuffers();

  constructor(clock: Clock, options: StageOptions) {
    this.#clock = clock;
    this.#line = new WaitingLine(clock);
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

  /**
   * Resolves when there may be room for one more, and at the latest after `ms`; first come, first served. A sender that has
   * to pause does not stand in the line.
   */
  waitForRoom(sender: string, ms: number, signal?: AbortSignal): Promise<void> {
    return this.#pauseMs(sender) > 0 ? Promise.resolve() : this.#line.wait(ms, signal);
  }

  /** Reserves room for the parts of an upload, by their bytes, or resumes. */
  begin(sessionId: string, sender: string, parts: readonly number[]): BeginUploadReply {
    const found = this.#staged.get(keyOf(sessionId, sender));
    if (found !== undefined) return { nextOffset: found.length };
    const total = parts.reduce((sum, bytes) => sum + bytes, 0);
    const now = this.#clock.now();
    const pauseMs = this.#pauseMs(sender);
    if (pauseMs > 0) return { retryAfterMs: pauseMs };
    if (!this.#hasRoom(total)) this.#evict();
    if (!this.#hasRoom(total)) return { retryAfterMs: this.#options.retryAfterMs };
    this.#staged.set(keyOf(sessionId, sender), {
      sessionId,
      sender,
      bytes: this.#freed.take(total) ?? new Uint8Array(total),
      parts: new PartDigests(parts),
      length: 0,
      safeUntilMs: now + this.#options.idleMs,
      busy: 0,
    });
    // It may have been called for more room than it needed.
    if (this.#hasRoom(total)) this.#line.callNext();
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
    staged.parts.update(chunk);
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
  async commit<T>(
    sessionId: string,
    sender: string,
    commit: (upload: WholeUpload) => Promise<T>,
  ): Promise<T> {
    const key = keyOf(sessionId, sender);
    const staged = this.#staged.get(key);
    if (staged === undefined || staged.length < staged.bytes.length) {
      const missing = staged === undefined ? 'all' : `${staged.bytes.length - staged.length}`;
      refuse('OUT_OF_ORDER', 'peer', `the upload is not complete here: ${missing} bytes are missing`);
    }
    staged.busy += 1;
    const forget = (): void => {
      if (this.#staged.get(key) !== staged) return;
      this.#staged.delete(key);
      this.#line.callNext();
    };
    try {
      const result = await commit({ bytes: staged.bytes, digests: staged.parts.digests });
      // Nobody reads it any more, unless it was committed twice at once.
      if (staged.busy === 1) this.#freed.put(staged.bytes, this.#options.budgetBytes - this.stagedBytes);
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
    this.#freed.clear();
    this.#line.callAll();
  }

  clear(): void {
    this.#staged.clear();
    this.#paused.clear();
    this.#freed.clear();
    this.#line.callAll();
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

  #pauseMs(sender: string): number {
    const now = this.#clock.now();
    return (this.#paused.get(sender)?.untilMs ?? now) - now;
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
