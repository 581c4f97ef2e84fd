/**
 * The coordinator's log as this journal follows it (PROTOCOL §12.4): asked for before a session is joined and with every
 * receipt; each head has to continue the one before, and counts once enough witnesses have cosigned it.
 *
 * Security: a head that does not continue the last one is kept with it as evidence, and from then on nothing of this
 * coordinator is joined. Who decides otherwise is a person, not a reply.
 */
import { toHex } from '../../crypto/bytes.js';
import { BlindsumError, isBlindsumError } from '../protocol/errors.js';
import type { Verify } from '../protocol/signed.js';
import { logOrigin, openCheckpoint } from '../protocol/transcript/checkpoint.js';
import {
  followLog,
  type LogHead,
  type LogView,
  requireWitnesses,
} from '../protocol/transcript/follow-log.js';
import { formatNote } from '../protocol/transcript/signed-note.js';
import type { CheckpointQuery, CheckpointReply } from '../rpc/log-api.js';
import { createBackoff } from '../rpc/retry.js';
import { exclusively } from './exclusive.js';
import type { Journal, JournalEntry } from './journal.js';
import { rank } from './phases.js';
import { ask, durably, type Env, type Run } from './run.js';

/** Whose log is read, by whom: a participant, or a witness. */
export interface LogReader extends Omit<LogView, 'seen'> {
  readonly journal: Journal;
  readonly verify: Verify;
}

export const readerOf = ({ journal, trust, deps }: Env): LogReader => ({
  journal,
  coordinator: trust.anchors.coordinator,
  witnesses: trust.witnesses,
  minWitnesses: trust.anchors.policy.minWitnesses,
  verify: deps.verify,
});

/** One question about the log: how it is asked, which part of the reply is of the log, what is believed of it. */
export interface LogQuestion<R, T> {
  /** In which a fork is noticed, hex. */
  readonly session: string;
  readonly ask: (query: CheckpointQuery) => Promise<R>;
  readonly shown: (reply: R) => CheckpointReply;
  /** Throws for what is not to be believed. */
  readonly check: (view: LogView, reply: R) => T;
  /** The head that was accepted; null for none. */
  readonly head: (checked: T) => LogHead | null;
  /** What becomes durable together with it. */
  readonly keep?: (checked: T) => readonly JournalEntry[];
}

/** @throws BlindsumError LOG_FORKED, with the evidence in the journal; whatever `ask` and `check` throw */
export async function readLog<R, T>(reader: LogReader, question: LogQuestion<R, T>): Promise<T> {
  const { journal, coordinator, minWitnesses: witnesses, verify } = reader;
  for (;;) {
    const note = await journal.checkpoint(toHex(coordinator));
    const seen = note === null ? null : openCheckpoint(note, logOrigin(coordinator), coordinator, verify);
    const reply = await question.ask({ oldSize: seen?.size ?? 0, witnesses });
    const checked = await exclusively(journal, async () => {
      // Another session of this journal went on meanwhile: the proof is from the wrong head.
      if ((await journal.checkpoint(toHex(coordinator))) !== note) return null;
      return { value: await checkAndKeep(journal, question, { ...reader, seen }, reply) };
    });
    if (checked !== null) return checked.value;
  }
}

async function checkAndKeep<R, T>(
  journal: Journal,
  { session, check, head, keep = () => [], shown }: LogQuestion<R, T>,
  view: LogView,
  reply: R,
): Promise<T> {
  const coordinator = toHex(view.coordinator);
  try {
    const checked = check(view, reply);
    const accepted = head(checked);
    const entries: JournalEntry[] = [...keep(checked)];
    if (accepted !== null)
      entries.push({ kind: 'checkpoint', coordinator, note: formatNote(accepted.checkpoint.note) }); // check: A4
    await durably(journal, entries);
    return checked;
  } catch (error) {
    if (!isBlindsumError(error, 'LOG_FORKED') || view.seen === null) throw error;
    const seen = formatNote(view.seen.note);
    await durably(journal, [{ kind: 'fork', coordinator, session, seen, shown: shown(reply).checkpoint }]); // check: A4
    throw forked(error.message);
  }
}

/** @throws BlindsumError LOG_FORKED while the journal has evidence against this coordinator */
export async function refuseForked({
  journal,
  coordinator,
}: Pick<LogReader, 'journal' | 'coordinator'>): Promise<void> {
  const fork = await journal.fork(toHex(coordinator));
  if (fork !== null) throw forked('this journal has seen two logs of this coordinator');
}

const forked = (what: string): BlindsumError =>
  new BlindsumError(
    'LOG_FORKED',
    'peer',
    `${what}: somebody may be shown another record than this participant. The evidence is in the journal (blindsum receipt forks --journal FILE): show it to the organiser and the other participants. Until it is removed, no session of this coordinator is joined and nothing of it cosigned (the same with --remove)`,
  );

/**
 * Before r0: the newest head that this participant has to accept, cosigned as its policy demands. While witnesses have yet
 * to come it waits, for as long as the session can be joined.
 * @throws BlindsumError LOG_FORKED, NOT_WITNESSED, MALFORMED, WRONG_COORDINATOR, BAD_SIGNATURE
 */
export async function observeLog(run: Run, joinMs: number): Promise<void> {
  const { env } = run;
  const { now, sleep } = env;
  const signal = run.phases.over;
  const backoff = createBackoff({ now, sleep, signal, giveUpMs: joinMs, onRetry: run.emit });
  for (;;) {
    try {
      await readLog(readerOf(env), {
        session: run.id,
        ask: (query) => ask(run, (inner) => env.transport.getCheckpoint(query, inner)),
        shown: (reply) => reply,
        check: (view, reply) => witnessed(view, followLog(view, reply, env.deps.verify)),
        head: (head) => head,
      });
      run.refusal = null;
      return;
    } catch (error) {
      const isEarly = isBlindsumError(error, 'NOT_WITNESSED');
      // Why this participant did not join, whatever became of the session meanwhile.
      if (isEarly || isBlindsumError(error, 'LOG_FORKED')) run.refusal = error;
      const ended = (reason: unknown): never => {
        throw run.signal.aborted ? reason : (run.refusal ?? reason);
      };
      if (!isEarly || rank(run.phases.current()?.phase ?? 'r0') > rank('r0')) ended(error);
      else await backoff.wait(error).catch(ended);
    }
  }
}

function witnessed(view: LogView, head: LogHead | null): LogHead | null {
  if (head !== null) requireWitnesses(view, head);
  return head;
}
