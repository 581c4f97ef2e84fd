/**
 * While r2 is open (PROTOCOL §4.4): answers those who say that the shares dealt to them are unusable, with the very
 * bytes of r1, and at most n_C of them. Not answering is always safe, so a complaint that is not right is left alone.
 */
import { toHex } from '../../../crypto/bytes.js';
import { answerComplaint } from '../../protocol/client/answer-complaint.js';
import type { InputMasked } from '../../protocol/client/state.js';
import { encodeShareList } from '../../protocol/attachments.js';
import { isBlindsumError } from '../../protocol/errors.js';
import type { Signed } from '../../protocol/signed.js';
import { exclusively } from '../exclusive.js';
import type { LatchEntry } from '../journal.js';
import { rank } from '../phases.js';
import { ask, commit, latchEntry, type Run } from '../run.js';
import { isLate, sendLatched } from '../send.js';

/** Sends the upload, and answers meanwhile: a suite may take the upload of nobody who is accused. */
export async function uploadAndAnswer(
  run: Run,
  masked: InputMasked,
  latch: LatchEntry,
  maybeSent = false,
): Promise<InputMasked> {
  const [answered] = await Promise.all([answerComplaints(run, masked), sendLatched(run, latch, maybeSent)]);
  return answered;
}

/** Until r2 closes. */
async function answerComplaints(run: Run, masked: InputMasked): Promise<InputMasked> {
  let state = masked;
  let handled = 0;
  const sent = new Set<string>();
  for (;;) {
    const event = await run.phases.until(
      ({ phase, sequence, complaints }) => rank(phase) > rank('r2') || (complaints > 0 && sequence > handled),
    );
    if (rank(event.phase) > rank('r2')) return state;
    handled = event.sequence;
    try {
      const notices = await ask(run, (signal) => run.env.transport.getComplaints(run.id, signal));
      for (const { header } of notices) state = await answerOne(run, state, header, sent);
    } catch (error) {
      // r2 closed in between; what comes next the phase tells.
      if (!isLate(error)) throw error;
    }
  }
}

async function answerOne(
  run: Run,
  state: InputMasked,
  header: Signed,
  sent: Set<string>,
): Promise<InputMasked> {
  const of = { session: run.id, number: run.number };
  const given = await exclusively(run.env.journal, () => latchAnswer(run, state, header));
  if (given === null) {
    run.emit({ type: 'complaint', answered: false, ...of });
    return state;
  }
  const { latch } = given;
  if (sent.has(latch.subject)) return state;
  try {
    await sendLatched(run, latch);
    run.emit({ type: 'complaint', answered: true, ...of });
  } catch (error) {
    if (!isLate(error) && !isBlindsumError(error, 'CONFLICT')) throw error;
  }
  sent.add(latch.subject);
  return given.state;
}

/**
 * What the journal has latched counts, not what this run remembers: n_C is a limit of the session, whoever ran it.
 * @returns null when the complaint is not answered
 */
async function latchAnswer(
  run: Run,
  state: InputMasked,
  header: Signed,
): Promise<{ readonly state: InputMasked; readonly latch: LatchEntry } | null> {
  const latches = (await run.env.journal.latches(run.id)).filter(({ message }) => message === 'answer');
  // The session may have ended meanwhile, and what was dealt be wiped: zeros that were signed would prove this dealer bad.
  if (run.state === null) return null; // check: B3
  const subjects = state.session.roster.map(({ identity }) => toHex(identity));
  const answered = latches.map(({ subject }) => subjects.indexOf(subject));
  const outcome = answerComplaint({ ...state, answered }, header, run.env.deps);
  if (outcome.kind === 'refusal') return null;
  const { holder, answer, shares } = outcome.send;
  const subject = subjects[holder] as string;
  const known = latches.find((latch) => latch.subject === subject);
  if (known !== undefined) return { state: outcome.state, latch: known };
  const latch = latchEntry(run, 'answer', {
    subject,
    key: state.u2.hash,
    signed: answer,
    attachment: encodeShareList(shares),
    statement: null,
  });
  return { state: await commit(run, outcome, [latch]), latch };
}
