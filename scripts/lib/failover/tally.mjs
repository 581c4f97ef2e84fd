/** What is reported in the end. */
export class Tally {
  #sessions = 0;
  #killsPerRound = { r0: 0, r1: 0, r2: 0, r3: 0, r4: 0 };
  #dbRestarts = 0;
  #sumsExact = 0;
  #sumsWrong = 0;
  #ackedLost = 0;
  #duplicateSends = 0;
  #secondSets = 0;
  #takeovers = [];

  count({ isExact, isWrong, lost, duplicates, secondSets }) {
    this.#sessions += 1;
    this.#sumsExact += isExact ? 1 : 0;
    this.#sumsWrong += isWrong ? 1 : 0;
    this.#ackedLost += lost;
    this.#duplicateSends += duplicates;
    this.#secondSets += secondSets;
  }

  killed(round) {
    this.#killsPerRound[round] += 1;
  }

  databaseRestarted() {
    this.#dbRestarts += 1;
  }

  tookOver(ms) {
    this.#takeovers.push(Math.round(ms));
  }

  result() {
    const takeovers = this.#takeovers.sort((a, b) => a - b);
    return {
      sessions: this.#sessions,
      kills: Object.values(this.#killsPerRound).reduce((a, b) => a + b),
      killsPerRound: this.#killsPerRound,
      dbRestarts: this.#dbRestarts,
      sumsExact: this.#sumsExact,
      sumsWrong: this.#sumsWrong,
      ackedLost: this.#ackedLost,
      duplicateSends: this.#duplicateSends,
      secondSets: this.#secondSets,
      takeoverMs: { p50: takeovers[Math.floor(takeovers.length / 2)] ?? null, max: takeovers.at(-1) ?? null },
    };
  }

  isLost() {
    const { sessions, sumsExact, ackedLost, secondSets } = this.result();
    return sumsExact < sessions || ackedLost > 0 || secondSets > 0;
  }

  text() {
    const { takeoverMs, killsPerRound, ...counts } = this.result();
    const rounds = Object.entries(killsPerRound).map(([round, kills]) => `${round}: ${kills}`);
    const lines = Object.entries(counts).map(([name, value]) => `${name.padEnd(15)}${value}`);
    return [
      ...lines,
      `killsPerRound  ${rounds.join(', ')}`,
      `takeoverMs     ${takeoverMs.p50}, at most ${takeoverMs.max}`,
    ].join('\n');
  }
}
