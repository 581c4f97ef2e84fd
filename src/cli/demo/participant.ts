/** The demo's view of one hospital: its process, which may be killed and started again, and what it told. */
import { BlindsumError } from '../../protocol/errors.js';
import { ROUNDS, type Round } from '../../protocol/phase.js';
import { type Child, startChild } from './child.js';
import type { FromParticipant, PausePoint, ToParticipant } from './messages.js';
import type { TrueUpdate } from './plain.js';

export type Connect = Omit<Extract<ToParticipant, { type: 'connect' }>, 'type'>;
export type Start = Omit<Extract<ToParticipant, { type: 'start' }>, 'type'>;
type Ended = Extract<FromParticipant, { type: 'ended' }>;

const ENTRY = new URL('./participant-process.js', import.meta.url);
/** After a session has ended, a participant needs a moment to fetch the result. */
const RESULT_MS = 20_000;

export class Participant {
  readonly name: string;
  readonly updates = new Map<string, TrueUpdate>();
  readonly #lastRound = new Map<string, Round>();
  readonly #ended = new Map<string, Ended>();
  #waiting: (() => void) | null = null;
  #child: Child<ToParticipant, FromParticipant>;
  #sentBytes = 0;

  /** @param onCrash the process ended by itself, or says that it cannot go on */
  constructor(
    readonly start: Start,
    readonly onCrash: (error: BlindsumError) => void,
  ) {
    this.name = `hospital-${start.index + 1}`;
    this.#child = this.#fork();
  }

  /** @returns its public key */
  async identity(): Promise<Uint8Array> {
    const identity = this.#child.next('identity');
    this.#child.send({ type: 'start', ...this.start });
    return (await identity).publicKey;
  }

  async connect(connect: Connect): Promise<void> {
    const ready = this.#child.next('ready');
    this.#child.send({ type: 'connect', ...connect });
    await ready;
  }

  statistics(task: string): void {
    this.#child.send({ type: 'statistics', task });
  }

  /** Takes part in all sessions of the task from now on. */
  train(task: string): void {
    this.#child.send({ type: 'train', task });
  }

  async pauseAt(point: PausePoint | null): Promise<void> {
    const isSet = this.#child.next('pauseIsSet');
    this.#child.send({ type: 'pauseAt', point });
    await isSet;
  }

  /** All that its journal keeps. */
  async writeReceipts(folder: string): Promise<void> {
    const written = this.#child.next('receiptsWritten');
    this.#child.send({ type: 'receipts', folder });
    await written;
  }

  /** Resolves when the process stands still at the chosen point. There is no limit of time. */
  paused(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.onMessage((message) => {
        if (message.type === 'paused') resolve();
      });
    });
  }

  kill(): Promise<void> {
    return this.#child.kill();
  }

  killNow(): void {
    this.#child.killNow();
  }

  /** A new process with the same key and journal. */
  async revive(connect: Connect): Promise<void> {
    this.#child = this.#fork();
    this.#sentBytes = 0;
    await this.identity();
    await this.connect(connect);
  }

  /** The last round of the session for which its message was accepted; null for none. */
  lastRound(session: string): Round | null {
    return this.#lastRound.get(session) ?? null;
  }

  /** Whether it took part to the end and has the result. */
  hasClosed(session: string): boolean {
    return this.#ended.get(session)?.outcome === 'closed';
  }

  /** Waits for what became of the session here. @throws BlindsumError DEADLINE */
  async ended(session: string): Promise<Ended & { readonly sessionBytes: number }> {
    if (!this.#ended.has(session)) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new BlindsumError('DEADLINE', 'environment', `${this.name} does not come to an end`)),
          RESULT_MS,
        ).unref();
        this.#waiting = () => {
          if (!this.#ended.has(session)) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const ended = this.#ended.get(session) as Ended;
    const sessionBytes = ended.sentBytes - this.#sentBytes;
    this.#sentBytes = ended.sentBytes;
    return { ...ended, sessionBytes };
  }

  #fork(): Child<ToParticipant, FromParticipant> {
    const child = startChild<ToParticipant, FromParticipant>(ENTRY, this.name, this.onCrash);
    child.onMessage((message) => {
      if (message.type === 'update') this.updates.set(message.session, message);
      else if (message.type === 'round') this.#lastRound.set(message.session, message.round);
      else if (message.type === 'ended') {
        this.#ended.set(message.session, message);
        this.#waiting?.();
      }
    });
    return child;
  }
}

/** The first round without an accepted message, of a participant that did not see the end. */
export function missedRound(last: Round | null): Round {
  return ROUNDS[last === null ? 0 : ROUNDS.indexOf(last) + 1] ?? 'r4';
}
