/** The demo's first session: mean and spread of every measurement over all hospitals, by secure statistics. */
import { runSession } from '../../operator/index.js';
import { uploadBytes } from '../../protocol/suite.js';
import { suiteById } from '../../protocol/suites/index.js';
import { encodePlan, readStatistics, statisticsVectorSpecs } from '../../statistics/index.js';
import type { Cluster } from './cluster.js';
import type { Hospital } from './hospitals.js';
import { largestStatisticsError } from './plain.js';
import { type DemoSession, droppedOf, survivorsOf } from './result.js';
import {
  DATASET,
  recordsOf,
  type Standardisation,
  standardisationOf,
  statisticsPlan,
} from './standardisation.js';
import { LIMITS_MS } from './timing.js';

export interface Prepared {
  readonly session: DemoSession;
  readonly patients: number;
  readonly standardisation: Standardisation;
}

/** @param hospitals only to compare the secure result with the plain one */
export async function prepare(
  cluster: Cluster,
  hospitals: readonly Hospital[],
  { suite, signal }: { readonly suite: string; readonly signal: AbortSignal },
): Promise<Prepared> {
  const startMs = Date.now();
  const { signed, task, taskId } = await cluster.createTask({
    name: 'demo: mean and spread of the measurements',
    suite,
    scope: { kind: 'static', dataset: DATASET },
    vectors: statisticsVectorSpecs(statisticsPlan),
  });
  for (const { process } of cluster.participants) process.statistics(taskId);
  const { session, aggregate } = await runSession(cluster.operator, {
    task: signed,
    taskId,
    input: encodePlan(statisticsPlan),
    ...LIMITS_MS,
    coordinator: cluster.coordinator,
    signal,
  });
  const sum = Object.fromEntries(
    Object.entries(aggregate.vectors).map(([name, vector]) => [name, vector.sum]),
  );
  const statistics = readStatistics(statisticsPlan, { sum, survivors: aggregate.survivors });
  const seconds = (Date.now() - startMs) / 1000;
  await Promise.all(cluster.participants.map(({ process }) => process.ended(session.sessionId)));

  const survivors = survivorsOf(cluster, session).map(
    ({ process }) => hospitals[process.start.index] as Hospital,
  );
  const columns = recordsOf({ features: survivors.flatMap(({ features }) => features) });
  return {
    patients: statistics.count,
    standardisation: standardisationOf(statistics),
    session: {
      number: session.number,
      roster: session.u1?.length ?? 0,
      survivors: aggregate.survivors,
      dropped: droppedOf(cluster, session),
      maxAbsErrorVsPlain: largestStatisticsError(statisticsPlan, statistics, columns),
      seconds,
      uploadBytesPerParticipant: uploadBytes(suiteById(task.suite), task),
    },
  };
}
