/** The demo's end of a child process: starts it, talks to it, waits for what it says, and kills it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

import { BlindsumError, ERROR_CODES, type ErrorCode } from '../../protocol/errors.js';
import { deferred } from './deferred.js';
import type { Failed } from './messages.js';

/** Longest time for any single answer of a child: a machine that is slower than this cannot show the demo. */
const ANSWER_MS = 60_000;
const STDERR_CHARACTERS = 2000;

export interface Child<Sent, Received extends { readonly type: string }> {
  send(message: Sent): void;
  /** Every message from now on. */
  onMessage(listener: (message: Received | Failed) => void): void;
  /**
   * The next message of this type, from now on.
   * @throws BlindsumError why the child ended before; DEADLINE
   */
  next<T extends Received['type']>(type: T): Promise<Extract<Received, { readonly type: T }>>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGKILL, without waiting. */
  killNow(): void;
}

/**
 * @param entry compiled file
 * @param name for messages to people
 * @param onCrash it ended without being killed, or says that it cannot go on
 */
export function startChild<Sent extends object, Received extends { readonly type: string }>(
  entry: URL,
  name: string,
  onCrash: (error: BlindsumError) => void,
): Child<Sent, Received> {
  const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const listeners = new Set<(message: Received | Failed) => void>();
  const crash = deferred<never>();
  let stderr = '';
  let isKilled = false;
  const ended = (error: BlindsumError): void => {
    crash.reject(error);
    if (!isKilled) onCrash(error);
    isKilled = true;
  };

  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_CHARACTERS);
  });
  child.on('message', (message) => {
    const received = message as Received | Failed;
    if (received.type === 'failed') ended(failure(name, received as Failed));
    for (const listener of [...listeners]) listener(received);
  });
  child.on('error', (cause) =>
    ended(new BlindsumError('INTERNAL', 'environment', `${name}: ${cause.message}`)),
  );
  child.on('exit', (code, signal) => {
    const why = `${name} ended (${signal ?? `exit code ${code ?? ''}`}) ${stderr}`.trim();
    ended(new BlindsumError('INTERNAL', 'environment', why));
  });

  function nextOf<T extends Received['type']>(type: T) {
    const found = deferred<Extract<Received, { readonly type: T }>>();
    const listener = (message: Received | Failed): void => {
      if (message.type === type) found.resolve(message as Extract<Received, { readonly type: T }>);
    };
    const timer = setTimeout(() => {
      found.reject(new BlindsumError('DEADLINE', 'environment', `${name} does not answer: no ${type}`));
    }, ANSWER_MS).unref();
    listeners.add(listener);
    return Promise.race([found.promise, crash.promise]).finally(() => {
      clearTimeout(timer);
      listeners.delete(listener);
    });
  }

  const killNow = (): void => {
    isKilled = true;
    child.kill('SIGKILL');
  };
  return {
    send(message) {
      // A message to somebody who has just died is lost, which its exit event reports.
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage: (listener) => void listeners.add(listener),
    next: nextOf,
    killNow,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      killNow();
      await exited;
    },
  };
}

function failure(name: string, { code, message }: Failed): BlindsumError {
  const known: ErrorCode = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'INTERNAL';
  return new BlindsumError(known, 'environment', `${name}: ${message}`);
}
