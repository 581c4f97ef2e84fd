/** Many generated plays, and how many of them came to what: plays in which nothing happens prove nothing. */
import fc from 'fast-check';
import { judge, type Verdict } from './oracle.js';
import { anyPlay, type Play } from './play.js';
import { perform, type StageOptions } from './stage.js';

export interface Tally {
  plays: number;
  closed: number;
  /** Plays in which somebody was blamed. */
  blamed: number;
  /** Aborted plays by code and round. */
  readonly aborted: Map<string, number>;
  /** Calls of hostile participants by how they ended. */
  readonly outcomes: Map<string, number>;
}

/** @throws with the play, shrunk and ready to be kept as a scenario, when something is wrong */
export async function runPlays(beyond: boolean, numRuns: number, seed: number): Promise<Tally> {
  const tally: Tally = { plays: 0, closed: 0, blamed: 0, aborted: new Map(), outcomes: new Map() };
  await fc.assert(
    fc.asyncProperty(anyPlay(beyond), async (play) => {
      const { verdict, outcomes } = await playOut(play);
      count(tally, verdict, outcomes);
      if (verdict.problems.length > 0) throw new Error(verdict.problems.join('\n'));
    }),
    { numRuns, seed },
  );
  return tally;
}

export async function playOut(
  play: Play,
  options?: StageOptions,
): Promise<{ verdict: Verdict; outcomes: ReadonlyMap<string, number> }> {
  const seen = await perform(play, options);
  try {
    return { verdict: await judge(seen), outcomes: seen.outcomes };
  } finally {
    await seen.store.close();
  }
}

function count(tally: Tally, { ending, blamed }: Verdict, outcomes: ReadonlyMap<string, number>): void {
  tally.plays += 1;
  if (ending === 'closed') tally.closed += 1;
  else add(tally.aborted, ending, 1);
  if (blamed > 0) tally.blamed += 1;
  for (const [outcome, times] of outcomes) add(tally.outcomes, outcome, times);
}

const add = (to: Map<string, number>, key: string, times: number): void =>
  void to.set(key, (to.get(key) ?? 0) + times);
