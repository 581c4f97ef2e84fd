/**
 * What an audit says (PROTOCOL §12.7). Plain data: the command prints it as JSON, the report is made from it.
 */

/** What is checked; the numbers are those of PROTOCOL §12.7. */
export const CHECKS = {
  V1: 'signatures and membership: every record is signed by who it names, and everybody on the roster was enrolled and invited',
  V2: 'context: every record belongs to exactly this session',
  V3: 'numbers: quorum, threshold and survivors are those that task and policy demand',
  V4: 'keys: no session key is weak or was brought twice',
  V5: 'sets: each is a part of the one before and says who really sent something',
  V6: 'votes: a quorum signed the one set of survivors, and there is no vote for another',
  V7: 'unmasking: each answer reveals only the kind of share that the signed sets allow, there is one per participant, and for a sum there are enough',
  V8: 'both kinds: by the records, for nobody were enough shares of both kinds revealed to read its input',
  V9: 'graph: who shares with whom follows from the seed, with enough survivors in each window',
  V10: 'commitments: the seeds that were reconstructed are those that were committed to',
  V11: 'replay: the published sum is what the uploads and the revealed seeds give',
  V12: 'differential privacy: the noise and its accounting',
  V13: 'one vote per scope: among these sessions no two sums over different sets of the same data, but where the organiser allowed it',
  V14: 'log: the records are exactly those that the coordinator signed for and logged, and nothing that was given contradicts its log',
  V15: 'uploads: their bytes look random',
  V16: 'headers: every survivor declared the same sets before it uploaded, and the votes sign the uploads that were counted',
} as const;
export type CheckId = keyof typeof CHECKS;

/** fails: there is a finding; not checked: what it needs was not given; not applicable: the session has nothing of the kind. */
export type CheckState = 'holds' | 'fails' | 'not checked' | 'not applicable';

export interface CheckResult {
  readonly state: CheckState;
  /** Why it was not checked or does not apply; else ''. */
  readonly why: string;
}

export type Severity = 'error' | 'warning';

export interface Finding {
  /** One of FINDING_CODES. */
  readonly code: string;
  readonly severity: Severity;
  /** Null: of the files, before anything in them means something. */
  readonly check: CheckId | null;
  /** Id, hex; null when it concerns no single session. */
  readonly session: string | null;
  /** Where: a file of the archive, with the record or line in it when one can be told. */
  readonly place: string;
  /** Indices of the leaves in the session's tree. */
  readonly records: readonly number[];
  /** Who did it, as far as it is proven. */
  readonly by: 'coordinator' | 'organiser' | 'participant' | 'unknown';
  /** Identities, hex. */
  readonly identities: readonly string[];
  /** For somebody who is no cryptographer: what was found and what it means. */
  readonly message: string;
}

/** All that an audit found, in the order of the archive. Plain data. */
export interface Verdict {
  /** No finding of severity `error`. */
  readonly holds: boolean;
  readonly findings: readonly Finding[];
  /** Whether the keys were given from outside; otherwise all is only consistent with itself. */
  readonly anchors: 'checked' | 'not checked';
  readonly log: LogReport;
  readonly sessions: readonly SessionReport[];
  readonly tasks: readonly TaskReport[];
  readonly scopes: readonly ScopeReport[];
  /** Null: none were given. */
  readonly receipts: ReceiptsReport | null;
  readonly totals: Totals;
}

export interface Totals {
  readonly sessions: number;
  readonly closed: number;
  readonly aborted: number;
  /** Different identities on rosters. */
  readonly participants: number;
  readonly records: number;
  readonly signatures: number;
  readonly replayed: number;
  readonly errors: number;
  readonly warnings: number;
}

export interface SessionReport {
  /** Hex; null when the opening cannot be read. */
  readonly id: string | null;
  readonly place: string;
  /** Task id, hex. */
  readonly task: string | null;
  readonly number: number | null;
  readonly suite: string | null;
  readonly openedMs: number | null;
  /** Hash of the input, hex; null: the session has none. */
  readonly input: string | null;
  /** `unknown`: there is no readable result or abort at its end. */
  readonly outcome: 'closed' | 'aborted' | 'unknown';
  readonly abort: AbortReport | null;
  /** Leaves of the session's tree, and its root, hex. */
  readonly records: number;
  readonly root: string;
  /** N, n_C, q, t, and the least survivors; null where they cannot be read. */
  readonly numbers: SessionNumbers | null;
  /** How many sent each message. */
  readonly counts: SessionCounts;
  /** What r4 and answers revealed, by kind of share (a suite's `shareKinds`), plus `withheld`. */
  readonly revealed: Readonly<Record<string, number>>;
  /** Key of the scope, hex; null when it cannot be read. */
  readonly scope: string | null;
  /** Organiser-signed exceptions of the one-vote rule that the opening names. */
  readonly grants: number;
  /** Of U3, how many were also in U3 of the opened session of this task before it; null: none was before. */
  readonly sharedWithPrevious: number | null;
  /** Whether the sum was computed again from escrow. */
  readonly replayed: boolean;
  readonly checks: Readonly<Record<CheckId, CheckResult>>;
}

export interface AbortReport {
  readonly round: string;
  readonly code: string;
  readonly message: string;
  /** Identities, hex. */
  readonly blamed: readonly string[];
}

export interface SessionNumbers {
  readonly electorate: number;
  readonly maxColluders: number;
  readonly quorum: number;
  readonly threshold: number;
  readonly needed: number;
}

export interface SessionCounts {
  /** U1, U2, U3: members of the stated sets; of U3 null when it was never stated. */
  readonly roster: number;
  readonly shared: number;
  readonly survivors: number | null;
  readonly headers: number;
  readonly complaints: number;
  readonly answers: number;
  readonly signed: number;
  readonly unmasked: number;
}

export interface TaskReport {
  /** Hex. */
  readonly id: string;
  readonly name: string;
  readonly suite: string;
  readonly scope: { readonly kind: 'static'; readonly dataset: string } | { readonly kind: 'evolving' };
  readonly pinned: boolean;
  readonly maxParticipants: number;
  readonly maxColluders: number;
  readonly minSurvivors: number;
  readonly weighted: boolean;
  readonly vectors: readonly { readonly name: string; readonly length: number; readonly bits: number }[];
  readonly sessions: number;
  readonly closed: number;
  /** Different identities in any opened sum. */
  readonly participants: number;
  /** Evolving tasks: what linear combinations of the opened sums single out (not covered by the one-vote rule). */
  readonly rank: RankReport | null;
  /** By identity (hex): ids of the sessions whose sum contains it. Null unless it was asked for. */
  readonly participation: Readonly<Record<string, readonly string[]>> | null;
}

export interface RankReport {
  /** Opened sums, and how many of them are independent of one another. */
  readonly sums: number;
  readonly rank: number;
  readonly participants: number;
  /** A combination over fewer participants than this is reported. */
  readonly least: number;
  /** Participants that some combination of sums has for itself; null: too many to compute. */
  readonly singledOut: number | null;
  /** The smallest group that was found to have a combination for itself; null: none, or not computed. */
  readonly smallest: number | null;
}

export interface ScopeReport {
  /** Hex. */
  readonly key: string;
  /** Label of the data set; null for one input of an evolving task. */
  readonly dataset: string | null;
  /** Task ids, hex. */
  readonly tasks: readonly string[];
  /** Sessions of the scope, and those for whose set a quorum voted. */
  readonly sessions: number;
  readonly voted: number;
  /** Different sets that a quorum voted for: one, but for grants. */
  readonly sets: number;
}

export interface LogReport {
  /** Null when the checkpoint cannot be read. */
  readonly origin: string | null;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly entries: number;
  readonly witnesses: readonly { readonly name: string; readonly seconds: number }[];
  readonly check: CheckResult;
}

export interface ReceiptsReport {
  readonly files: number;
  readonly verified: number;
  /** Sessions for which there is one. */
  readonly sessions: number;
  readonly check: CheckResult;
}
