/**
 * Everything an audit can find (PROTOCOL §12.7), with a sentence for somebody who is no cryptographer. The list is closed; a
 * revision may add to it. `by` is who must have done it once the coordinator has signed for the records as they are: it
 * accepted what it had to refuse, or said what is not so.
 */
import type { CheckId, Finding, Severity } from './types.js';

interface Meaning {
  readonly check: CheckId | null;
  readonly severity: Severity;
  readonly by: Finding['by'];
  readonly message: string;
}

const meaning =
  (severity: Severity) =>
  (check: CheckId | null, by: Finding['by'], message: string): Meaning => ({ check, severity, by, message });
const error = meaning('error');
const warning = meaning('warning');

export const FINDING_CODES = {
  // the files
  BAD_MANIFEST: error(
    null,
    'unknown',
    'the list of files does not have the form that the specification gives',
  ),
  MISSING_FILE: error(null, 'unknown', 'a file is missing that the archive needs, or says it has'),
  UNLISTED_FILE: error(null, 'unknown', 'there is something that the archive does not say it has'),
  CHANGED_FILE: error(
    null,
    'unknown',
    'the file is not the one that was exported; it, or the list of files, was changed since',
  ),
  UNREADABLE_FILE: error(null, 'unknown', 'the file does not have the form that the specification gives'),
  UNREADABLE_RECORD: error(
    null,
    'coordinator',
    'a record does not have the form that the specification gives',
  ),
  UNREADABLE_HEAD: error(null, 'unknown', 'the lists at the head of the transcript cannot be read'),
  UNREADABLE_SESSION: error(
    null,
    'unknown',
    'the transcript has no readable task or opening, so nothing in it can be judged',
  ),
  OTHER_KEYS: error(
    null,
    'unknown',
    'the archive was made for other keys than the trust file pins; nothing else can be judged with this trust file',
  ),
  ANCHORS_NOT_CHECKED: warning(
    null,
    'unknown',
    'no trust file was given: all is consistent with itself, but whoever made the archive may also have made the keys',
  ),

  // V1
  BAD_SIGNATURE: error('V1', 'coordinator', 'a record is not signed by the participant it names'),
  WRONG_ORGANISER: error('V1', 'coordinator', 'a document is not signed by the organiser'),
  WRONG_COORDINATOR: error('V1', 'unknown', 'a statement is not signed by the coordinator'),
  ELECTORATE_MISMATCH: error(
    'V1',
    'coordinator',
    'the list of who was invited is not the one that the opening names, or that the organiser pinned',
  ),
  NOT_INVITED: error('V1', 'coordinator', 'somebody took part whom the session did not invite'),
  NOT_ENROLLED: error(
    'V1',
    'coordinator',
    'somebody took part without a certificate of the organiser that was valid then: it may be an invention of the coordinator',
  ),
  CERTIFICATES_MISMATCH: error('V1', 'unknown', 'the list of certificates is not that of the roster'),
  REVOKED: warning('V1', 'unknown', 'somebody took part whom the organiser revoked, then or since'),
  NOT_A_MEMBER: error(
    'V1',
    'coordinator',
    'a message was accepted from somebody who was not, or no longer, part of the session',
  ),

  // V2
  WRONG_TASK: error(
    'V2',
    'coordinator',
    'the session was opened for another task or suite than the one it shows',
  ),
  WRONG_CONTEXT: error(
    'V2',
    'coordinator',
    'a record was made for another session, roster or set of numbers: its maker was shown something else',
  ),

  // V3
  UNSUPPORTED: error('V3', 'unknown', 'the session uses something that this version cannot judge'),
  BAD_TASK: error('V3', 'organiser', 'the task has numbers with which nobody should take part'),
  BELOW_POLICY: error('V3', 'unknown', 'the session does not meet the policy'),
  WRONG_NUMBERS: error(
    'V3',
    'coordinator',
    'the coordinator stated other numbers than those that follow from the task',
  ),
  TOO_FEW: error('V3', 'coordinator', 'the session went on with fewer participants than it needed'),

  // V4
  WEAK_KEY: error('V4', 'coordinator', 'a session key is weak: others can compute what it protects'),
  DUPLICATE_KEY: error('V4', 'coordinator', 'a session key was brought twice'),

  // V5
  WRONG_SET: error(
    'V5',
    'coordinator',
    'a stated set is not who really sent something, or no part of the set before',
  ),
  WRONG_RESULT: error(
    'V5',
    'coordinator',
    'the result names other survivors or other vectors than the session had',
  ),
  UNFOUNDED_ABORT: error(
    'V5',
    'coordinator',
    'the coordinator ended the session for a reason that the records contradict',
  ),
  WRONG_BLAME: error(
    'V5',
    'coordinator',
    'the coordinator blames somebody without proof, or hides whom the records prove',
  ),

  // V6
  NO_QUORUM: error(
    'V6',
    'coordinator',
    'shares were asked for without enough signatures on one set of survivors: others may have been shown another one',
  ),
  OTHER_VOTE: error(
    'V6',
    'coordinator',
    'somebody signed another set of survivors than the one that was opened',
  ),

  // V7
  OTHER_SETS: error('V7', 'coordinator', 'somebody revealed shares for other sets than those of the session'),
  WRONG_SHARES: error(
    'V7',
    'coordinator',
    'an answer reveals a kind of share that the signed sets do not allow',
  ),
  TOO_FEW_ANSWERS: error(
    'V7',
    'coordinator',
    'the sum was opened, which takes more answers than the records show: some were left out',
  ),
  SECOND_ANSWER: error('V7', 'participant', 'somebody revealed shares twice in one session'),
  ANSWER_WITHOUT_COMPLAINT: error(
    'V7',
    'coordinator',
    'shares were revealed to somebody who had not complained',
  ),
  TOO_MANY_ANSWERS: error(
    'V7',
    'participant',
    'somebody revealed its shares to more holders than colluders are assumed',
  ),

  // V8
  BOTH_KINDS: error(
    'V8',
    'coordinator',
    'so many shares of somebody were revealed that its input can be read',
  ),

  // V9
  WRONG_GRAPH: error(
    'V9',
    'coordinator',
    'so many neighbours are missing that some inputs may be read apart from the others',
  ),

  // V10, V11
  ESCROW_UNREADABLE: error('V11', 'unknown', 'the escrow cannot be read'),
  ESCROW_MISMATCH: error('V11', 'unknown', 'the escrow does not hold what the participants signed'),
  BAD_COMMITMENT: error(
    'V10',
    'unknown',
    'a secret that was put together from shares is not the one that its owner had committed to',
  ),
  BAD_SHARE: warning(
    'V10',
    'participant',
    'somebody revealed a share that it had not been dealt; it is not used (looked for only where a secret does not come out)',
  ),
  NOT_REPRODUCED: error('V11', 'coordinator', 'the sum cannot be computed from what the escrow holds'),
  WRONG_SUM: error('V11', 'coordinator', 'the published sum is not the sum of the inputs'),

  // V13
  TWO_SETS: error(
    'V13',
    'unknown',
    'sums over different sets of the same data were opened: their difference may show single inputs',
  ),
  ELECTORATE_CHANGED: error(
    'V13',
    'unknown',
    'votes on the same data were cast among different invited participants, so that two majorities need not overlap',
  ),
  WRONG_GRANT: error(
    'V13',
    'coordinator',
    'an exception of the one-vote rule is not the one that the opening names',
  ),
  GRANT_USED: warning(
    'V13',
    'organiser',
    'the organiser allowed sums over different sets of the same data: their difference shows the inputs of those in only one',
  ),
  DOUBLE_VOTE: warning(
    'V13',
    'participant',
    'somebody signed two different sets of survivors for the same data',
  ),
  SINGLED_OUT: warning(
    'V13',
    'unknown',
    'sums of several sessions can be combined so that few participants remain: were their updates nearly the same each time, that shows them. The one-vote rule does not cover this',
  ),

  // V14
  WRONG_TREE: error(
    'V14',
    'unknown',
    'the records are not those that the coordinator signed for: some were altered, left out, added or moved',
  ),
  WRONG_ORDER: error('V14', 'coordinator', 'records are not in the order that the specification gives'),
  DUPLICATE_RECORD: error('V14', 'coordinator', 'there are two records where there can be one'),
  MISSING_STATEMENT: error(
    'V14',
    'coordinator',
    'the coordinator went on without stating who was part of the round before',
  ),
  AFTER_END: error('V14', 'coordinator', 'there are records after the end of the session'),
  NOT_ENDED: error('V14', 'unknown', 'the transcript has neither a result nor an abort at its end'),
  BAD_CHECKPOINT: error(
    'V14',
    'unknown',
    'the checkpoint of the log is not signed by the coordinator, or cannot be read',
  ),
  BAD_COSIGNATURE: error('V14', 'unknown', 'a cosignature of a known witness does not verify'),
  NOT_WITNESSED: error('V14', 'unknown', 'fewer witnesses have cosigned the log than were asked for'),
  WRONG_LOG: error('V14', 'unknown', 'the entries of the log are not those of its checkpoint'),
  DUPLICATE_ENTRY: error(
    'V14',
    'coordinator',
    'the log has two entries for one session or one number of a task',
  ),
  NOT_IN_LOG: error('V14', 'unknown', 'the session is not in the log'),
  LOG_MISMATCH: error(
    'V14',
    'unknown',
    'the log says something else of the session than its transcript does',
  ),
  SESSION_MISSING: error('V14', 'unknown', 'a session that is in the log is missing in the archive'),
  OUT_OF_SCOPE: error('V14', 'unknown', 'the archive holds something else than it claims to'),
  SESSION_TWICE: error('V14', 'unknown', 'the archive holds a session twice'),
  HIDDEN_SESSION: error('V14', 'coordinator', 'an opening names a session that ended and is not in the log'),
  WRONG_PREVIOUS: error(
    'V14',
    'coordinator',
    'an opening names an earlier session with another end than the log has',
  ),
  NUMBER_MISSING: warning(
    'V14',
    'unknown',
    'the log has no session with this number: it had not ended when the archive was made, or is kept back',
  ),
  PREVIOUS_GAP: error('V14', 'coordinator', 'an opening leaves out a session that had ended before'),

  // V14: receipts
  BAD_RECEIPT: error('V14', 'unknown', 'a receipt cannot be read, or does not prove what it says'),
  LOG_FORKED: error(
    'V14',
    'coordinator',
    'the coordinator signed two versions of its log: it showed a participant another one than the auditor',
  ),
  NEWER_RECEIPT: warning('V14', 'unknown', 'a receipt is newer than the archive: export the archive again'),
  HIDDEN_ANSWER: error(
    'V14',
    'unknown',
    'a participant revealed shares that the transcript does not show: it was asked for them behind the back of the others',
  ),
  EQUIVOCATION: error(
    'V14',
    'unknown',
    'a participant signed for other sets, or in another round, than the transcript shows: it was told something else than the others',
  ),
  LATE_MESSAGE: warning(
    'V14',
    'unknown',
    'a participant made a message that the transcript does not have: it may have come too late',
  ),

  // V15
  NOT_RANDOM: warning(
    'V15',
    'unknown',
    'the bytes of an upload do not look random: it may not have been masked',
  ),

  // V16
  MISSING_HEADER: error('V16', 'coordinator', 'a survivor did not sign which sets its upload is for'),
  OTHER_HEADER: error(
    'V16',
    'coordinator',
    'somebody masked its input for other sets than the others: it may have been shown a set without its neighbours',
  ),
  WRONG_UPLOADS: error('V16', 'coordinator', 'a vote signs other uploads than those that were counted'),
} as const satisfies Readonly<Record<string, Meaning>>;

export type FindingCode = keyof typeof FINDING_CODES;
