/** A verdict to make reports of, with something of everything, and with names that try to become HTML. */
import {
  CHECKS,
  type CheckId,
  type CheckResult,
  type SessionReport,
  type Verdict,
} from '../../../src/audit/types.js';

export const HOSTILE = `<script>alert(1)</script>"'&`;
export const IDENTITY = 'ab'.repeat(32);

const holds: CheckResult = { state: 'holds', why: '' };

const checks = (changed: Partial<Record<CheckId, CheckResult>> = {}): Record<CheckId, CheckResult> => ({
  ...(Object.fromEntries(Object.keys(CHECKS).map((id) => [id, holds])) as Record<CheckId, CheckResult>),
  V9: { state: 'not applicable', why: '' },
  V11: { state: 'not checked', why: 'no escrow was given' },
  V12: { state: 'not applicable', why: '' },
  ...changed,
});

const session = (number: number, changed: Partial<SessionReport> = {}): SessionReport => ({
  id: number.toString(16).padStart(64, '0'),
  place: `sessions/${String(number).padStart(6, '0')}.transcript`,
  task: 'cd'.repeat(32),
  number,
  suite: 'masking/complete',
  openedMs: Date.UTC(2026, 10, number, 9, 30),
  input: null,
  outcome: 'closed',
  abort: null,
  records: 58,
  root: 'ef'.repeat(32),
  numbers: { electorate: 10, maxColluders: 3, quorum: 7, threshold: 7, needed: 7 },
  counts: {
    roster: 10,
    shared: 10,
    survivors: 10 - (number % 4),
    headers: 10,
    complaints: 0,
    answers: 0,
    signed: 9,
    unmasked: 9,
  },
  revealed: { maskKey: 9 * (number % 4), selfMask: 9 * (10 - (number % 4)), withheld: number % 2 },
  scope: '12'.repeat(32),
  grants: 0,
  sharedWithPrevious: number === 1 ? null : 7,
  replayed: false,
  checks: checks(),
  ...changed,
});

export const verdict: Verdict = {
  holds: false,
  findings: [
    {
      code: 'BOTH_KINDS',
      severity: 'error',
      check: 'V8',
      session: session(3).id,
      place: 'sessions/000003.transcript, record 41',
      records: [41, 42],
      by: 'coordinator',
      identities: [IDENTITY],
      message: `Enough shares of both kinds were revealed to read one input ${HOSTILE}.`,
    },
    {
      code: 'ANCHORS_NOT_CHECKED',
      severity: 'warning',
      check: null,
      session: null,
      place: 'trust.yaml',
      records: [],
      by: 'unknown',
      identities: [],
      message: 'Self-consistent, anchors not checked.',
    },
  ],
  anchors: 'not checked',
  log: {
    origin: `blindsum/log/${'34'.repeat(32)}`,
    size: 5,
    root: '56'.repeat(32),
    entries: 5,
    witnesses: [{ name: 'hospital-a', seconds: 1_795_000_000 }],
    check: holds,
  },
  sessions: [
    session(1),
    session(2),
    session(3, { checks: checks({ V8: { state: 'fails', why: '' } }) }),
    session(4, {
      outcome: 'aborted',
      abort: { round: 'r2', code: 'TOO_FEW_SURVIVORS', message: HOSTILE, blamed: [IDENTITY] },
      revealed: {},
      sharedWithPrevious: null,
    }),
    session(5),
  ],
  tasks: [
    {
      id: 'cd'.repeat(32),
      name: HOSTILE,
      suite: 'masking/complete',
      scope: { kind: 'evolving' },
      pinned: true,
      maxParticipants: 10,
      maxColluders: 3,
      minSurvivors: 7,
      weighted: true,
      vectors: [{ name: 'weights', length: 31, bits: 26 }],
      sessions: 5,
      closed: 4,
      participants: 10,
      rank: { sums: 4, rank: 4, participants: 10, least: 4, singledOut: 2, smallest: 1 },
      participation: { [IDENTITY]: [session(1).id as string, session(2).id as string] },
    },
  ],
  scopes: [{ key: '12'.repeat(32), dataset: null, tasks: ['cd'.repeat(32)], sessions: 5, voted: 4, sets: 4 }],
  receipts: { files: 12, verified: 12, sessions: 2, check: holds },
  totals: {
    sessions: 5,
    closed: 4,
    aborted: 1,
    participants: 10,
    records: 290,
    signatures: 310,
    replayed: 0,
    errors: 1,
    warnings: 1,
  },
};
