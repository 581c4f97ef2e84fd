/** A participant's side of a statistics session: the plan comes from the session's input, the records stay here. */
import type { Client, ContributeOptions } from '../client/index.js';
import { decodePlan, type StatisticsPlan } from './plan.js';
import { readStatistics, type Records, type Statistics, statisticsVectors } from './vectors.js';

export interface ContributeRecords extends Omit<ContributeOptions, 'vectors' | 'weight'> {
  readonly records: Records;
  /** Looks at what is asked before anything is sent; throw to refuse. */
  readonly review?: (plan: StatisticsPlan) => void;
}

/** Takes part in one session; resolves with the statistics over all participants' records. */
export async function contributeRecords(
  client: Client,
  { records, review, ...options }: ContributeRecords,
): Promise<Statistics> {
  let plan: StatisticsPlan | null = null;
  const result = await client.contribute({
    ...options,
    vectors: (input) => {
      plan = decodePlan(input);
      review?.(plan); // check: A2
      return Promise.resolve({ vectors: statisticsVectors(plan, records) });
    },
  });
  return readStatistics(plan as unknown as StatisticsPlan, result);
}
