/** What a simulated hierarchy found out, as JSON and as text. */
import { COHORT_INPUTS, COHORT_WEIGHT } from '../../operator/index.js';
import type { Round } from '../../protocol/phase.js';
import { median } from '../median.js';
import { byteSize } from '../output.js';
import type { CohortOutcome, CohortsOptions } from './cohort-types.js';
import { inSeconds, lossText, type Measured } from './report.js';

type Dropped = Readonly<Record<Round, number>>;

export interface CohortsReport {
  readonly cohorts: number;
  /** Of each cohort. */
  readonly participants: number;
  readonly length: number;
  readonly suite: string;
  /** Inputs in the parent's sum, and cohorts. */
  readonly survivors: number;
  readonly cohortsInSum: number;
  /** Σ w; null when inputs have no weights. */
  readonly weight: number | null;
  /** Cohorts whose session aborted, by code. */
  readonly abortedCohorts: Readonly<Record<string, number>>;
  /** Vanished before the message of the round: participants, in all cohorts, and delegates. */
  readonly dropped: { readonly participants: Dropped; readonly delegates: Dropped };
  /** Every coordinate of the parent's sum is the plain sum over all inputs in it, and of each cohort's sum its own. */
  readonly exact: boolean;
  /** Of the parent session. */
  readonly aborted: { readonly code: string; readonly message: string } | null;
  /** Of a cohort: several ran at a time. */
  readonly seconds: {
    readonly cohortMedian: number;
    readonly cohortLongest: number;
    readonly parent: number;
    readonly total: number;
  };
  /** Of everybody, both directions, and of the delegates alone. */
  readonly protocolBytes: { readonly up: number; readonly down: number };
  readonly parentBytes: { readonly up: number; readonly down: number };
  /** Of this process. */
  readonly peakRssBytes: number;
}

export function cohortsReport(
  options: CohortsOptions,
  outcomes: readonly CohortOutcome[],
  parent: Measured,
  totalMs: number,
): CohortsReport {
  const { session, plain, members } = parent;
  const closed = outcomes.filter(({ sum }) => sum !== null);
  const times = outcomes.map((outcome) => outcome.totalMs);
  const parentBytes = bytesOf(members.map(({ bytes }) => bytes));
  const cohortBytes = bytesOf(outcomes.map(({ bytes }) => bytes));
  const abortedCohorts: Record<string, number> = {};
  for (const { abort } of outcomes)
    if (abort !== null) abortedCohorts[abort] = (abortedCohorts[abort] ?? 0) + 1;
  return {
    cohorts: options.cohorts,
    participants: options.participants,
    length: options.length,
    suite: options.suite,
    survivors: plain?.vectors[COHORT_INPUTS]?.[0] ?? 0,
    cohortsInSum: plain === null ? 0 : (session.u3?.length ?? 0),
    weight: plain?.vectors[COHORT_WEIGHT]?.[0] ?? null,
    abortedCohorts,
    dropped: { participants: droppedOf(outcomes), delegates: parent.dropped },
    exact: parent.exact && closed.every(({ exact }) => exact),
    aborted: session.abort === null ? null : { code: session.abort.code, message: session.abort.message },
    seconds: {
      cohortMedian: inSeconds(median(times)),
      cohortLongest: inSeconds(Math.max(...times)),
      parent: inSeconds(parent.totalMs),
      total: inSeconds(totalMs),
    },
    protocolBytes: bytesOf([parentBytes, cohortBytes]),
    parentBytes,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

type Bytes = CohortOutcome['bytes'];

const bytesOf = (all: readonly Bytes[]): Bytes => ({
  up: all.reduce((sum, { up }) => sum + up, 0),
  down: all.reduce((sum, { down }) => sum + down, 0),
});

function droppedOf(outcomes: readonly CohortOutcome[]): Dropped {
  const total = (round: Round): number => outcomes.reduce((sum, { dropped }) => sum + dropped[round], 0);
  return { r0: total('r0'), r1: total('r1'), r2: total('r2'), r3: total('r3'), r4: total('r4') };
}

export function describeCohorts(report: CohortsReport): string {
  const { cohorts, participants, seconds, protocolBytes, parentBytes, aborted } = report;
  const lost = Object.entries(report.abortedCohorts).map(([code, count]) => `${count} aborted, ${code}`);
  const weight = report.weight === null ? '' : ` of weight ${report.weight}`;
  const outcome =
    aborted === null
      ? `sum of ${report.survivors} inputs${weight} in ${report.cohortsInSum} cohorts, ${report.exact ? 'every integer as expected' : 'WRONG'}`
      : `aborted, ${aborted.code}: ${aborted.message}`;
  return [
    `${report.suite}, ${cohorts} cohorts of ${participants} participants, ${report.length} coordinates`,
    `outcome       ${outcome}`,
    `dropped       ${lossText(report.dropped.participants)}; of the delegates ${lossText(report.dropped.delegates)}`,
    `cohorts       ${[...lost, `${seconds.cohortMedian.toFixed(3)} s each (median, several at a time), ${seconds.cohortLongest.toFixed(3)} s at most`].join('; ')}`,
    `parent        ${seconds.parent.toFixed(3)} s; everything ${seconds.total.toFixed(1)} s`,
    `bytes         ${byteSize(protocolBytes.up)} up, ${byteSize(protocolBytes.down)} down; of these the delegates ${byteSize(parentBytes.up)} up, ${byteSize(parentBytes.down)} down`,
    `peak memory   ${byteSize(report.peakRssBytes)} (everybody in one process)`,
  ].join('\n');
}
