/**
 * Follows the phase of one session through reconnects. What it hears is a hint from the coordinator, never trusted:
 * whether a round is closed follows from signed statements only.
 */
import { BlindsumError } from '../protocol/errors.js';
import { isEnded, type Phase } from '../protocol/phase.js';
import type { ParticipantApi, PhaseEvent } from '../rpc/participant-api.js';
import { cancelled, createBackoff, isRetryable, type Retrying } from '../rpc/retry.js';

const ORDER: readonly Phase[] = ['r0', 'r1', 'r2', 'r3', 'r4', 'closed', 'aborted'];
export const rank = (phase: Phase): number => ORDER.indexOf(phase);

export interface NumberedEvent extends PhaseEvent {
  /** Counts events, from 1. */
  readonly sequence: number;
}

export interface Phases {
  current(): NumberedEvent | null;
  /** The first event, from the present one on, that `test` accepts. @throws BlindsumError CANCELLED, or why the watch failed */
  until(test: (event: NumberedEvent) => boolean): Promise<NumberedEvent>;
  /** Aborts when the caller cancels or the session ended. */
  readonly over: AbortSignal;
  stop(): void;
}

interface Waiter {
  readonly test: (event: NumberedEvent) => boolean;
  readonly resolve: (event: NumberedEvent) => void;
  readonly reject: (error: Error) => void;
}

export function followPhases(transport: ParticipantApi, sessionId: string, options: Retrying): Phases {
  const stopped = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  let current: NumberedEvent | null = null;
  let failure: Error | null = null;
  let waiters: Waiter[] = [];

  function publish(event: PhaseEvent): void {
    // Phases only go forward; an older one comes from a node that lags behind.
    if (current !== null && rank(event.phase) < rank(current.phase)) return;
    const numbered = { ...event, sequence: (current?.sequence ?? 0) + 1 };
    current = numbered;
    if (isEnded(event.phase)) ended.abort();
    const ready = waiters.filter(({ test }) => test(numbered));
    waiters = waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve(numbered);
  }

  function fail(reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error('the watch failed', { cause: reason });
    failure = error;
    for (const { reject } of waiters) reject(error);
    waiters = [];
  }

  async function follow(): Promise<void> {
    const backoff = createBackoff({ ...options, signal });
    for (;;) {
      let lost = new BlindsumError('UNREACHABLE', 'environment', 'the coordinator ended the watch');
      try {
        for await (const event of transport.watchSession(sessionId, signal)) {
          backoff.reset();
          publish(event);
          if (isEnded(event.phase)) return;
        }
      } catch (error) {
        if (!signal.aborted && !isRetryable(error)) throw error;
        if (isRetryable(error)) lost = error;
      }
      if (signal.aborted) throw cancelled(options.signal);
      await backoff.wait(lost);
    }
  }

  follow().catch(fail);

  return {
    current: () => current,
    until: (test) =>
      new Promise((resolve, reject) => {
        if (current !== null && test(current)) resolve(current);
        else if (failure !== null) reject(failure);
        else waiters.push({ test, resolve, reject });
      }),
    over: AbortSignal.any([options.signal, ended.signal]),
    stop: () => stopped.abort(),
  };
}
