/**
 * Who has done what in which round, seen from outside: it tells the harness when nothing more can come, so that it may
 * turn the clock past a deadline that nobody alive needs.
 */
import { type Round, ROUNDS } from '../../protocol/phase.js';

const LOOKED_AT_PER_MS = 100;

export class RoundTracker {
  readonly #accepted: Readonly<Record<Round, Set<number>>>;
  readonly #vanished = new Map<number, Round>();
  /** Have sent the header of r2 and are told to wait with the upload. */
  readonly #waits = new Set<number>();
  /** Ended, one way or another: nothing more will come from them. */
  readonly #settled = new Set<number>();
  #waiting: (() => void)[] = [];
  #looking = false;

  constructor(readonly participants: number) {
    this.#accepted = { r0: new Set(), r1: new Set(), r2: new Set(), r3: new Set(), r4: new Set() };
  }

  accepted(participant: number, round: Round): void {
    this.#accepted[round].add(participant);
    this.#changed();
  }

  /** It will not send the message of `round`, nor any later one. */
  vanished(participant: number, round: Round): void {
    this.#vanished.set(participant, round);
    this.#changed();
  }

  waits(participant: number): void {
    this.#waits.add(participant);
    this.#changed();
  }

  settled(participant: number): void {
    this.#settled.add(participant);
    this.#changed();
  }

  /** Accepted messages so far, of all rounds. */
  get messages(): number {
    return ROUNDS.reduce((sum, round) => sum + this.#accepted[round].size, 0);
  }

  /** How many vanished before the message of each round. */
  get dropped(): Record<Round, number> {
    const counts = { r0: 0, r1: 0, r2: 0, r3: 0, r4: 0 };
    for (const round of this.#vanished.values()) counts[round] += 1;
    return counts;
  }

  /** Resolves with how many messages the round will never get, once all others were accepted. */
  async complete(round: Round): Promise<number> {
    for (;;) {
      const open = this.#open(round);
      if (open.every((participant) => this.#isLost(participant))) return open.length;
      await this.#change();
    }
  }

  /** Resolves once nobody alive has still to send the header of r2. @returns whether somebody who has sent it has to wait */
  async headersSent(): Promise<boolean> {
    for (;;) {
      const alive = this.#open('r2').filter((participant) => !this.#isLost(participant));
      if (alive.every((participant) => this.#waits.has(participant))) return alive.length > 0;
      await this.#change();
    }
  }

  #open(round: Round): number[] {
    return this.#expected(round).filter((participant) => !this.#accepted[round].has(participant));
  }

  #isLost(participant: number): boolean {
    return this.#vanished.has(participant) || this.#settled.has(participant);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Whom the coordinator may wait for: those whose message of the round before it has; in r4 also who did not sign r3, as
   * a suite may want more answers than it needs.
   */
  #expected(round: Round): number[] {
    const before = round === 'r4' ? 'r2' : ROUNDS[ROUNDS.indexOf(round) - 1];
    if (before !== undefined) return [...this.#accepted[before]];
    return Array.from({ length: this.participants }, (_, index) => index);
  }

  /** A look takes as long as there are participants: so does the time between two. */
  #changed(): void {
    if (this.#looking || this.#waiting.length === 0) return;
    this.#looking = true;
    setTimeout(() => {
      this.#looking = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    }, this.participants / LOOKED_AT_PER_MS);
  }
}
