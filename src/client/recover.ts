/**
 * After a restart (PROTOCOL §4 latches). A session that was joined and has not ended is gone on with only if its state
 * was saved; nothing is ever made a second time. Without that state the client still sends again the bytes it had
 * latched last, where that helps the others: the upload, the signature, the revealed shares. It does not repeat r0 or
 * r1, which would only make the others wait for somebody who cannot answer any more.
 */
import { BlindsumError, isBlindsumError } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import { enterSession, isActive } from './exclusive.js';
import type { JoinedEntry, LatchEntry } from './journal.js';
import { durably, endRun, type Env, type Run, startRun } from './run.js';
import { decodeSaved, type Saved } from './saved-state.js';
import { uploadAndAnswer } from './rounds/complaints.js';
import { sendLatched } from './send.js';
import { runRounds, withinSession } from './session.js';
import type { ContributionResult, SessionOptions } from './types.js';

/**
 * @param consider told of a session that is gone on with or reported
 * @returns the result of an interrupted session; null when there is none to finish
 * @throws BlindsumError SESSION_DEAD when one was lost while it is still running
 */
export async function recover(
  env: Env,
  taskId: string,
  options: SessionOptions,
  signal: AbortSignal,
  consider: (sessionId: string) => boolean,
): Promise<ContributionResult | null> {
  for (const joined of await env.journal.unfinished(taskId)) {
    if (isActive(env.journal, joined.session)) continue;
    // Nothing may come between: two calls at once must not both take the session for theirs.
    const leave = enterSession(env.journal, joined.session);
    try {
      const result = await recoverOne(env, joined, options, signal, consider);
      if (result !== null) return result;
    } finally {
      leave();
    }
  }
  return null;
}

async function recoverOne(
  env: Env,
  joined: JoinedEntry,
  options: SessionOptions,
  signal: AbortSignal,
  consider: (sessionId: string) => boolean,
): Promise<ContributionResult | null> {
  const { session: id, task, opening } = joined;
  // Whoever was in it may have ended it since the list was read.
  const unfinished = await env.journal.unfinished(task);
  if (!unfinished.some(({ session }) => session === id)) return null;
  const latches = await env.journal.latches(id);
  const last = latches.filter(({ message }) => message !== 'answer').at(-1);
  const saved = await savedState(env, joined, options, last);
  const run = startRun(env, { id, opening, options, signal, joined: true });
  if (saved === null || last === undefined) {
    await abandon(run, last, consider);
    return null;
  }
  consider(id);
  run.state = saved.state;
  run.input = saved.input;
  return await withinSession(run, async () => {
    const { state } = saved;
    if (state.kind === 'inputMasked') {
      return await runRounds(run, await uploadAndAnswer(run, state, last, true));
    }
    await sendLatched(run, last, true);
    return await runRounds(run, state);
  });
}

async function savedState(
  env: Env,
  joined: JoinedEntry,
  options: SessionOptions,
  last: LatchEntry | undefined,
): Promise<Saved | null> {
  const { anchors } = env.trust;
  // After r4 nothing secret is needed any more, so this works without `resume` too.
  const open = last?.state ?? null;
  const bytes = open ?? (options.resume === true ? await env.journal.secret(joined.session) : null);
  try {
    return bytes === null ? null : decodeSaved(bytes, anchors);
  } catch (error) {
    // Saved by another version: the session is lost, the journal is not.
    if (isBlindsumError(error, 'UNREADABLE_FILE')) return null;
    throw error;
  }
}

/** The keys are gone. Returns when the session has ended meanwhile. @throws BlindsumError SESSION_DEAD */
async function abandon(
  run: Run,
  last: LatchEntry | undefined,
  consider: (sessionId: string) => boolean,
): Promise<void> {
  const end = (outcome: string): Promise<void> =>
    durably(run.env.journal, [
      { kind: 'ended', session: run.id, outcome, statement: null },
      { kind: 'receipt', session: run.id, files: null },
    ]);
  try {
    const { phase } = await run.phases.until(() => true);
    if (isEnded(phase)) return await end('SESSION_DEAD');
    consider(run.id);
    if (last !== undefined && last.message === phase && (phase === 'r2' || phase === 'r3' || phase === 'r4'))
      await sendLatched(run, last, true).catch(() => undefined);
    await end('SESSION_DEAD');
    throw new BlindsumError(
      'SESSION_DEAD',
      'self',
      `session ${run.number} was interrupted and its keys are gone with the process; only latched bytes may be sent again`,
    );
  } catch (error) {
    if (isBlindsumError(error, 'UNKNOWN_SESSION')) return await end('UNKNOWN_SESSION');
    throw error;
  } finally {
    endRun(run);
  }
}
