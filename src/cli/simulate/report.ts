/** What a simulation found out, as JSON and as text. */
import { type Round, ROUNDS } from '../../protocol/phase.js';
import type { SessionOutcome, SessionSummary } from '../../rpc/operator-api.js';
import { byteSize } from '../output.js';
import type { Comparison } from './compare.js';
import type { SimulationOptions } from './options.js';
import type { PlainSum } from './simulated-inputs.js';
import { median } from '../median.js';

export interface SimulationReport {
  readonly participants: number;
  readonly length: number;
  readonly suite: string;
  /** Whose input is in the sum. */
  readonly survivors: number;
  /** Vanished before the message of the round. */
  readonly dropped: Readonly<Record<Round, number>>;
  /** Every coordinate of the sum is within errorBound (0 for sums of integers) of the one that the harness kept apart; false when the session aborted. */
  readonly exact: boolean;
  /** Largest absolute error of a coordinate; null when there is no sum to compare. */
  readonly maxAbsError: number | null;
  /** What the suite promises: 0 where it sums integers; null when the session aborted. */
  readonly errorBound: number | null;
  readonly aborted: { readonly code: string; readonly message: string } | null;
  /**
   * Whether participants took from one another what is the same for all of them (signatures, roster, sets) and, of what two
   * of them agree on, the secret that the other one had computed.
   */
  readonly sharedVerification: boolean;
  /** Medians over those, some ten, who did everything themselves; null where everybody did. */
  readonly secondsAlone: { readonly clientShare: number; readonly clientMask: number } | null;
  /** The first two are medians over participants: from the roster to r1, and from the shares to the masked input. */
  readonly seconds: {
    readonly clientShare: number;
    readonly clientMask: number;
    readonly coordinatorUnmask: number;
    readonly total: number;
  };
  /** Of all participants, both directions. */
  readonly protocolBytes: { readonly up: number; readonly down: number };
  /** Median over the survivors, all rounds. */
  readonly uploadBytesPerParticipant: number;
  /** Of the masked or encrypted input itself. */
  readonly uploadBytesPerCoordinate: number;
  /** Of this process: all participants, the coordinator and the harness. */
  readonly peakRssBytes: number;
}

export interface MeasuredSession {
  readonly session: SessionSummary;
  readonly totalMs: number;
  readonly dropped: Readonly<Record<Round, number>>;
  /** Of the participants that did not vanish. */
  readonly sums: readonly PlainSum[];
  readonly members: readonly {
    readonly bytes: { readonly up: number; readonly down: number };
    readonly shareMs: number | null;
    readonly maskMs: number | null;
    readonly uploadMs: number | null;
    readonly vanishes: Round | null;
    /** Whether it checked and computed everything itself. */
    readonly isAlone: boolean;
  }[];
}

export interface Measured extends MeasuredSession, Comparison {
  /** As the coordinator signed it. */
  readonly outcome: SessionOutcome;
  readonly unmaskMs: number;
  /** Bytes of one participant's masked or encrypted input. */
  readonly inputBytes: number;
}

export function reportOf(options: SimulationOptions, measured: Measured): SimulationReport {
  const { session, members } = measured;
  const { abort } = session;
  const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  const medianOf = (of: 'shareMs' | 'maskMs', among: Measured['members']): number =>
    inSeconds(median(present(among.map((member) => member[of]))));
  const alone = members.filter(({ isAlone }) => isAlone);
  const sharedVerification = alone.length < members.length;
  const whole = members.filter(({ vanishes }) => vanishes === null);
  return {
    participants: options.participants,
    length: options.length,
    suite: options.suite,
    survivors: session.phase === 'closed' ? (session.u3?.length ?? 0) : 0,
    dropped: measured.dropped,
    exact: measured.exact,
    maxAbsError: measured.maxAbsError,
    errorBound: measured.errorBound,
    aborted: abort === null ? null : { code: abort.code, message: abort.message },
    sharedVerification,
    secondsAlone: sharedVerification
      ? { clientShare: medianOf('shareMs', alone), clientMask: medianOf('maskMs', alone) }
      : null,
    seconds: {
      clientShare: medianOf('shareMs', members),
      clientMask: medianOf('maskMs', members),
      coordinatorUnmask: inSeconds(measured.unmaskMs),
      total: inSeconds(measured.totalMs),
    },
    protocolBytes: {
      up: members.reduce((sum, { bytes }) => sum + bytes.up, 0),
      down: members.reduce((sum, { bytes }) => sum + bytes.down, 0),
    },
    uploadBytesPerParticipant: Math.round(median(whole.map(({ bytes }) => bytes.up))),
    uploadBytesPerCoordinate: measured.inputBytes / options.length,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

export const inSeconds = (ms: number): number => Math.round(ms * 1000) / 1e6;

export function describeReport(report: SimulationReport): string {
  const { seconds, secondsAlone, protocolBytes, dropped, aborted } = report;
  const outcome =
    aborted !== null
      ? `aborted, ${aborted.code}: ${aborted.message}`
      : `sum of ${report.survivors} inputs, ${accuracy(report)}`;
  return [
    `${report.suite}, ${report.participants} participants, ${report.length} coordinates`,
    `outcome       ${outcome}`,
    `dropped       ${lossText(dropped)}`,
    `client        share ${seconds.clientShare.toFixed(3)} s, hide ${seconds.clientMask.toFixed(3)} s (median)`,
    ...(secondsAlone === null
      ? []
      : [
          `              without what they took from one another: share ${secondsAlone.clientShare.toFixed(3)} s, hide ${secondsAlone.clientMask.toFixed(3)} s (median of ten)`,
        ]),
    `coordinator   open ${seconds.coordinatorUnmask.toFixed(3)} s; whole session ${seconds.total.toFixed(1)} s`,
    `bytes         ${byteSize(protocolBytes.up)} up, ${byteSize(protocolBytes.down)} down, ${byteSize(report.uploadBytesPerParticipant)} up per participant, ${Number(report.uploadBytesPerCoordinate.toFixed(2))} B per coordinate`,
    `peak memory   ${byteSize(report.peakRssBytes)} (everybody in one process)`,
  ].join('\n');
}

export function lossText(dropped: Readonly<Record<Round, number>>): string {
  const lost = ROUNDS.filter((round) => dropped[round] > 0).map((round) => `${round}: ${dropped[round]}`);
  return lost.length === 0 ? 'nobody' : lost.join(', ');
}

function accuracy({ exact, maxAbsError, errorBound }: SimulationReport): string {
  if (!exact) return 'WRONG';
  return errorBound === 0
    ? 'every integer as expected'
    : `every coordinate within ${maxAbsError?.toPrecision(2)} of the expected one (promised: ${errorBound?.toPrecision(2)})`;
}
