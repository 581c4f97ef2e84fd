/**
 * A small hierarchy of real parts: three cohorts of three under a coordinator each, and a parent session whose delegates
 * keep their journals in files.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { partiesOf, partyOf, randomOf, setUpTask } from '../../src/cli/simulate/setup.js';
import { createClient, type ProgressEvent } from '../../src/client/index.js';
import { openFileJournal } from '../../src/client/node/file-journal.js';
import { createCoordinator, createMemoryStore } from '../../src/coordinator/index.js';
import {
  cohortSum,
  type CohortSum,
  parseTaskSpec,
  planHierarchy,
  runSession,
} from '../../src/operator/index.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';
import { createTestFederation, manualClock, type TestFederation } from '../../src/testing/index.js';

export const vectors = [{ name: 'x', length: 3, clip: 100, scale: 16 }];
export const spec = parseTaskSpec({ name: 'survey', participants: 'enrolled', maxParticipants: 3, vectors });
/** Of participant `index` of `cohort`. */
export const inputOf = (cohort: number, index: number): number[] => [1, cohort, -index - 0.25];

export type Cohorts = readonly TestFederation[];
export const COHORTS = 3;
const seedOf = (cohort: number): string => `cohort ${cohort}`;

export const makeCohorts = (): Promise<TestFederation[]> =>
  Promise.all(
    Array.from({ length: COHORTS }, (_, cohort) => createTestFederation({ vectors, seed: seedOf(cohort) })),
  );

/** One session of a cohort: everybody's input, or of only so many. @returns the session's id, however it ended */
export async function sumCohort(cohorts: Cohorts, cohort: number, absent = 0): Promise<string> {
  const federation = cohorts[cohort] as TestFederation;
  const { clients, taskId: task, operator } = federation;
  const contributions = clients
    .slice(absent)
    .map((client, index) => client.contribute({ task, vectors: { x: inputOf(cohort, absent + index) } }));
  const finished = federation.runSession({ absent }).catch(() => undefined);
  await Promise.allSettled([...contributions, finished]);
  return (await operator.listSessions(task)).at(-1)?.sessionId as string;
}

export const coordinatorOf = (cohort: number): Uint8Array =>
  partyOf(seedOf(cohort), 'coordinator').signer.publicKey;

/** As its delegate gets it. */
export async function sumOf(cohorts: Cohorts, cohort: number, sessionId: string): Promise<CohortSum> {
  const { operator, taskId } = cohorts[cohort] as TestFederation;
  const { task } = await operator.getTask(taskId);
  return cohortSum(task, await operator.getOutcome(sessionId), coordinatorOf(cohort));
}

/** A parent session's coordinator and its delegates. */
export async function makeParent(cohorts: Cohorts) {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-hierarchy-'));
  const delegates = partiesOf('parent', COHORTS);
  const { parent } = planHierarchy(
    spec,
    cohorts.map(({ identities }, cohort) => ({
      participants: identities,
      delegate: (delegates[cohort] as (typeof delegates)[number]).signer.publicKey,
    })),
  );
  const setup = setUpTask(maskingComplete, parent, delegates, 'parent');
  const clock = manualClock();
  const engine = createReferenceEngine();
  const coordinator = createCoordinator({
    store: createMemoryStore({ now: clock.now }),
    signer: setup.coordinator.signer,
    organiser: setup.organiser.signer.publicKey,
    engine,
    clock,
    random: randomOf('parent', 'coordinator'),
  });
  const { operator } = coordinator;
  const { taskId } = await operator.createTask(setup.task.signed, setup.task.pinned);
  /** A delegate's process: opens its journal, contributes, closes it. */
  async function delegate(
    cohort: number,
    { dataset, vectors: values }: CohortSum,
    {
      pinned = dataset,
      onProgress = () => undefined,
    }: { pinned?: string; onProgress?: (event: ProgressEvent) => void } = {},
  ) {
    const identity = (delegates[cohort] as (typeof delegates)[number]).signer;
    const journal = openFileJournal(join(folder, `${cohort}.journal`), identity.publicKey);
    try {
      const client = createClient({
        transport: coordinator.participant({ identity: identity.publicKey, certificate: null }),
        ...{ journal, identity, engine, certificate: null, trust: setup.trustFor(pinned) },
        now: clock.now,
        sleep: clock.sleep,
      });
      return await client.contribute({ task: taskId, vectors: values, dataset, onProgress });
    } finally {
      await journal.close();
    }
  }
  return {
    operator,
    delegate,
    run: () =>
      runSession(operator, {
        ...{ task: setup.task.signed, taskId, input: null, joinMs: 60_000, roundMs: 60_000 },
        coordinator: setup.coordinator.signer.publicKey,
      }),
    async close() {
      await coordinator.stop();
      await engine.close();
      rmSync(folder, { recursive: true });
    },
  };
}
export type Parent = Awaited<ReturnType<typeof makeParent>>;
