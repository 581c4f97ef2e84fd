/**
 * Repeats a call while the network or the coordinator is away. Only those codes: a refusal is final, and what is
 * repeated are always the same bytes. The wait doubles up to 15 s, with jitter, so that participants whose coordinator
 * comes back do not all call at once; it is no shorter than a coordinator without room asks for.
 */
import { BlindsumError, type ErrorCode, isBlindsumError } from '../protocol/errors.js';

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export interface RetryEvent {
  readonly type: 'retry';
  readonly code: ErrorCode;
  readonly message: string;
  readonly inMs: number;
}

export interface Retrying {
  readonly now: () => number;
  readonly sleep: Sleep;
  /** How long nothing may have worked before the last error is thrown. */
  readonly giveUpMs: number;
  readonly signal: AbortSignal;
  readonly onRetry?: (event: RetryEvent, error: BlindsumError) => void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
/** A coordinator may ask for more patience than this, but does not get it. */
const LONGEST_HINT_MS = 60_000;

export const isRetryable = (error: unknown): error is BlindsumError =>
  isBlindsumError(error, 'UNREACHABLE') ||
  isBlindsumError(error, 'STORE_FAILED') ||
  isBlindsumError(error, 'OVERLOADED') ||
  isBlindsumError(error, 'DEADLINE');

export const cancelled = (signal: AbortSignal): BlindsumError =>
  new BlindsumError('CANCELLED', 'caller', 'cancelled', { cause: signal.reason });

/** Counts failures in a row and waits between them; `reset` after a success. */
export function createBackoff(options: Retrying): {
  wait(error: BlindsumError): Promise<void>;
  reset(): void;
} {
  let failures = 0;
  let sinceMs = 0;
  return {
    async wait(error) {
      if (failures === 0) sinceMs = options.now();
      else if (options.now() - sinceMs >= options.giveUpMs) throw error;
      const longest = Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS);
      failures += 1;
      const hintMs = Math.min(error.retryAfterMs ?? 0, LONGEST_HINT_MS);
      const inMs = Math.round(Math.max(hintMs, longest / 2) + (longest / 2) * Math.random());
      options.onRetry?.({ type: 'retry', code: error.code, message: error.message, inMs }, error);
      await options.sleep(inMs, options.signal);
      if (options.signal.aborted) throw cancelled(options.signal);
    },
    reset() {
      failures = 0;
    },
  };
}

/** @throws BlindsumError CANCELLED; the coordinator's refusal; the last failure after `giveUpMs` */
export async function withRetries<T>(
  options: Retrying,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const backoff = createBackoff(options);
  for (;;) {
    if (options.signal.aborted) throw cancelled(options.signal);
    try {
      return await call(options.signal);
    } catch (error) {
      if (options.signal.aborted) throw cancelled(options.signal);
      if (!isRetryable(error)) throw error;
      await backoff.wait(error);
    }
  }
}

export const defaultSleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
