/** When something is killed, and how long it takes until the session goes on. */
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';

const ROUNDS = ['r0', 'r1', 'r2', 'r3', 'r4'];
/** Between a kill and the new start. */
const LEAST_DOWN_MS = 200;
const MOST_DOWN_MS = 1000;
const DATABASE_DOWN_MS = 1000;
/** When nobody is up to be killed, or the fault of the store does not show yet: until it is looked again. */
const AGAIN_MS = 100;

/** @returns for each session the rounds in which something happens to it: a kill, or the crash of the database */
export function planKills({ sessions, kills, break: broken }, hasDatabase) {
  const plan = Array.from({ length: sessions }, () => []);
  for (let kill = 0; kill < kills; kill += 1) {
    const number = Math.floor((kill * sessions) / kills);
    plan[number].push(
      broken === 'none'
        ? { what: 'node', round: ROUNDS[kill % 5] }
        : { what: 'node', round: 'r2', isOnlyThen: true },
    );
  }
  if (hasDatabase) plan[Math.floor(sessions / 2)].push({ what: 'database', round: 'r2' });
  for (const due of plan) due.sort((a, b) => ROUNDS.indexOf(a.round) - ROUNDS.indexOf(b.round));
  return plan;
}

/** A fault of the store shows in the first kill. */
const isReleased = (struck, due) => struck.isOnlyThen || due[0]?.round !== struck.round;

export class Kills {
  #options;
  /** The kill whose session has not gone on yet: when it was, and how the session looked. */
  #pending = null;
  #timer = null;
  /** The state that was told last. */
  #seen = null;
  #databaseStart = Promise.resolve();

  /** @param options nodes, database, tally, say, draw, pace */
  constructor(options) {
    this.#options = options;
  }

  /**
   * To be told of each state of the session.
   * @param due what is to happen to it; what has happened is taken off
   * @param hooks release: is told the round in which nothing is left to happen, it may end; showsFault: whether a kill would
   * show the fault of the store now
   */
  look(session, due, { release, showsFault }) {
    const { tally, draw, pace } = this.#options;
    const state = JSON.stringify([session.phase, session.accepted]);
    if (this.#pending !== null && this.#pending.state !== state) {
      tally.tookOver(performance.now() - this.#pending.atMs);
      this.#pending = null;
    }
    this.#seen = { session, state };
    // One whose round ended at its deadline comes in the next one; a fault of the store shows in its own round only.
    while (due[0]?.isOnlyThen && ROUNDS.indexOf(session.phase) > ROUNDS.indexOf(due[0].round)) due.shift();
    const next = due[0];
    if (
      next === undefined ||
      this.#timer !== null ||
      ROUNDS.indexOf(session.phase) < ROUNDS.indexOf(next.round)
    )
      return;
    const strike = () => {
      this.#timer = null;
      if (next.isOnlyThen && this.#seen.session.phase !== next.round) return;
      if ((next.isOnlyThen && !showsFault()) || !this.#strike(next)) {
        this.#timer = setTimeout(strike, AGAIN_MS);
        return;
      }
      due.shift();
      if (isReleased(next, due)) release(next.round);
    };
    this.#timer = setTimeout(strike, next.isOnlyThen ? AGAIN_MS : pace * (0.15 + draw(50) / 100));
  }

  /** The session is over. */
  async settle() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#pending = null;
    await this.#databaseStart;
  }

  /** @returns false when it cannot be done yet */
  #strike({ what }) {
    if (what === 'node') return this.#kill();
    void this.#crashDatabase();
    return true;
  }

  /** @returns false when there is nobody to kill just now */
  #kill() {
    const { nodes, tally, say, draw } = this.#options;
    const { session, state } = this.#seen;
    const index = nodes.holderOf(session.sessionId, draw);
    if (index === null || !ROUNDS.includes(session.phase)) return false;
    nodes.kill(index);
    tally.killed(session.phase);
    this.#pending ??= { atMs: performance.now(), state };
    say(`  coordinator ${index} killed in ${session.phase}`);
    setTimeout(
      () => {
        nodes.restart(index).catch((error) => say(String(error)));
      },
      LEAST_DOWN_MS + draw(MOST_DOWN_MS - LEAST_DOWN_MS),
    );
    return true;
  }

  async #crashDatabase() {
    const { database, tally, say } = this.#options;
    say(`  PostgreSQL crashes in ${this.#seen.session.phase}`);
    tally.databaseRestarted();
    const crash = async () => {
      await database.stop('immediate');
      await new Promise((resolve) => setTimeout(resolve, DATABASE_DOWN_MS));
      await database.start();
    };
    this.#databaseStart = crash();
    await this.#databaseStart;
  }
}
