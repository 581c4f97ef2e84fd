/**
 * Every metric of a coordinator, in one table: code, dashboards and alerts name nothing else. Names and units as Prometheus
 * wants them.
 *
 * No label tells participants, tasks or sessions apart: their number has no bound, and counts per participant would tell
 * who was in which sum (attack A11). A witness is one of the few that the configuration names.
 */
import { ROUNDS } from '../../protocol/phase.js';

export const SERVICES = ['participant', 'operator', 'witness', 'open'] as const;
export const DROP_REASONS = ['absent', 'unfinished', 'blamed'] as const;

interface Definition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Values of each label; null where they come from a list elsewhere. */
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  /** Upper bounds, seconds. */
  readonly buckets?: readonly number[];
}

const SHORT = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LONG = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 21_600, 86_400];

export const METRICS = {
  blindsum_build_info: {
    kind: 'gauge',
    help: 'Always 1: version of the package and revision of the calls.',
    labels: { version: null, revision: null },
  },
  blindsum_store_up: {
    kind: 'gauge',
    help: '1 when the last look at the store succeeded in time.',
    labels: {},
  },

  blindsum_sessions_opened_total: {
    kind: 'counter',
    help: 'Sessions opened at this node.',
    labels: {},
  },
  blindsum_sessions_ended_total: {
    kind: 'counter',
    help: 'Sessions that this node ended; code is the reason of an abort, else none.',
    labels: { outcome: ['closed', 'aborted'], code: null },
  },
  blindsum_sessions_open: {
    kind: 'gauge',
    help: 'Sessions that this node watches over, by the round they are in; several nodes may watch over one.',
    labels: { round: ROUNDS },
  },
  blindsum_leases_held: {
    kind: 'gauge',
    help: 'Leases that this node holds and that have not run out: one per session that it runs, one for the retention.',
    labels: { kind: ['session', 'retention'] },
  },
  blindsum_takeovers_total: {
    kind: 'counter',
    help: 'Open sessions that this node took over because their node died or was stopped; also its own after a restart.',
    labels: { reason: ['died', 'stopped'] },
  },
  blindsum_round_seconds: {
    kind: 'histogram',
    help: 'From the begin of a round to its end, of rounds that this node ended.',
    labels: { round: ROUNDS },
    buckets: LONG,
  },
  blindsum_messages_accepted_total: {
    kind: 'counter',
    help: 'Messages of participants that this node accepted; in r2 complete uploads.',
    labels: { round: ROUNDS },
  },
  blindsum_participants_dropped_total: {
    kind: 'counter',
    help: 'Participants that were awaited in a round and missing at its end: absent, unfinished (upload), blamed.',
    labels: { round: ROUNDS, reason: DROP_REASONS },
  },

  blindsum_log_entries: {
    kind: 'gauge',
    help: 'Entries of the log when this node looked last: somebody asked for a checkpoint, or a witness cosigned one.',
    labels: {},
  },
  blindsum_cosigned_entries: {
    kind: 'gauge',
    help: 'Entries of the largest head that each witness of the configuration cosigned, as far as this node knows; 0: none.',
    labels: { witness: null },
  },
  blindsum_cosigned_timestamp_seconds: {
    kind: 'gauge',
    help: 'When it did, by its own clock, seconds since 1970.',
    labels: { witness: null },
  },

  blindsum_unmask_streams_total: {
    kind: 'counter',
    help: 'Mask streams expanded to unmask sums.',
    labels: {},
  },
  blindsum_unmask_seconds: {
    kind: 'histogram',
    help: 'Time to expand and subtract the masks of one sum.',
    labels: {},
    buckets: LONG,
  },

  blindsum_calls_open: {
    kind: 'gauge',
    help: 'Calls in progress; stream: server streams, watches among them.',
    labels: { service: SERVICES, kind: ['unary', 'stream'] },
  },
  blindsum_call_seconds: {
    kind: 'histogram',
    help: 'Time of calls that have ended, without watches.',
    labels: { service: SERVICES, method: null },
    buckets: SHORT,
  },
  blindsum_refusals_total: {
    kind: 'counter',
    help: 'Calls that were refused, by reason code.',
    labels: { service: SERVICES, code: null },
  },
  blindsum_connections: {
    kind: 'gauge',
    help: 'Connections: known when somebody has logged in on them.',
    labels: { state: ['known', 'stranger'] },
  },
  blindsum_received_bytes_total: {
    kind: 'counter',
    help: 'Bytes that came in on the gRPC port, with TLS.',
    labels: {},
  },
  blindsum_sent_bytes_total: {
    kind: 'counter',
    help: 'Bytes that went out on the gRPC port, with TLS.',
    labels: {},
  },

  blindsum_receiving_bytes: {
    kind: 'gauge',
    help: 'Requests on their way in, in memory.',
    labels: {},
  },
  blindsum_staged_uploads: {
    kind: 'gauge',
    help: 'Uploads on their way in or waiting for their commit, in memory.',
    labels: {},
  },
  blindsum_staged_upload_bytes: {
    kind: 'gauge',
    help: 'Room that they take.',
    labels: {},
  },
  blindsum_staged_upload_limit_bytes: {
    kind: 'gauge',
    help: 'Room that they may take (limits.stagedUploadsMiB).',
    labels: {},
  },
  blindsum_commits_waiting: {
    kind: 'gauge',
    help: 'Complete uploads that wait for the store.',
    labels: {},
  },

  blindsum_store_operation_seconds: {
    kind: 'histogram',
    help: 'Time of the operations of the store, also of those that failed.',
    labels: { operation: null },
    buckets: SHORT,
  },
  blindsum_store_failures_total: {
    kind: 'counter',
    help: 'Operations of the store that failed.',
    labels: { operation: null },
  },
} as const satisfies Record<string, Definition>;

type All = typeof METRICS;
export type MetricName = keyof All;
/** Names of one kind. */
export type NameOf<Kind extends Definition['kind']> = {
  [Name in MetricName]: All[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** What each label of a metric may say. */
export type LabelsOf<Name extends MetricName> = {
  readonly [Label in keyof All[Name]['labels']]: All[Name]['labels'][Label] extends readonly (infer Value)[]
    ? Value
    : string;
};
