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
  V6: 'votes: a quorum signed one set of survivors, and nobody signed two',
  V7: 'unmasking: each answer reveals only the kind of share that the signed sets allow, and there is one per participant',
  V8: 'both kinds: for nobody were enough shares of both kinds revealed to read its input',
  V9: 'graph: who shares with whom follows from the seed, with enough survivors in each window',
  V10: 'commitments: the seeds that were reconstructed are those that were committed to',
  V11: 'replay: the published sum is what the uploads and the revealed seeds give',
  V12: 'differential privacy: the noise and its accounting',
  V13: 'one vote per scope: no two sums over different sets of the same data',
  V14: 'log: every session is in the log, which only grows and is the same for everybody who looked',
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
