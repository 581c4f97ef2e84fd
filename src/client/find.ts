/** Waits for a session of the task that this journal has not joined and that invites this participant. */
import { isListed } from '../protocol/bisect.js';
import { type OpeningMessage, openSession } from '../protocol/client/open.js';
import type { Opened } from '../protocol/client/state.js';
import { BlindsumError, refuse } from '../protocol/errors.js';
import { openingCodec } from '../protocol/statements.js';
import type { SessionAnnouncement } from '../rpc/participant-api.js';
import { toHex } from '../../crypto/bytes.js';
import { cancelled, createBackoff, isRetryable } from '../rpc/retry.js';
import { readLedger } from './rounds/r0-advertise-keys.js';
import { type Env, take } from './run.js';
import type { KnownTask } from './task.js';
import type { SessionOptions } from './types.js';
import { dataOf, type ReadyOptions } from './work.js';

export interface Found {
  readonly opened: Opened;
  /** What `opened` was made from; it is checked once more when the work is done. */
  readonly message: OpeningMessage;
  readonly announcement: SessionAnnouncement;
}

/**
 * @param consider told of every session before it is checked; false: skip it
 * @throws BlindsumError when a session is refused: BELOW_POLICY, WRONG_COORDINATOR, ELECTORATE_CHANGED, …
 */
export async function findSession(
  env: Env,
  task: KnownTask,
  options: ReadyOptions,
  signal: AbortSignal,
  consider: (sessionId: string) => boolean,
): Promise<Found> {
  options.onProgress?.({ type: 'waiting', task: task.id });
  for await (const announcement of announcements(env, task.id, options, signal)) {
    if (!(await isForUs(env, task, announcement, options)) || !consider(announcement.sessionId)) continue;
    const { opening, electorate } = announcement;
    const message = {
      task: task.signed,
      opening,
      electorate,
      ...dataOf(options),
      grants: options.grants ?? [],
    };
    const opened = take(openSession(env.trust.anchors, message, await readLedger(env, message), env.deps));
    if (toHex(opened.id) !== announcement.sessionId)
      refuse('MALFORMED', 'peer', 'a session is announced under an id that is not the hash of its opening');
    return { opened, message, announcement };
  }
  throw cancelled(signal);
}

/** A coordinator can announce without end. */
const MOST_REPORTED = 100;

/** Nothing here is verified yet: a wrong announcement only gets itself skipped or refused. */
async function isForUs(
  env: Env,
  task: KnownTask,
  { sessionId, opening, electorate }: SessionAnnouncement,
  { onProgress: emit = () => undefined }: SessionOptions,
): Promise<boolean> {
  const { session: number } = openingCodec.decode(opening.payload);
  // A cohort is drawn for each session; a pinned list that lacks this identity is worth an error.
  const invited = isListed(electorate, env.deps.signer.publicKey);
  if (!invited && task.body.pinned === null) return false;
  const last = await env.journal.lastSession(task.id);
  if (last === null || number > last) return true;
  // Whoever waits in vain should know why; of a session that was joined, r0 is latched, and it is no news.
  const isNews = env.passedOver.size < MOST_REPORTED && !env.passedOver.has(sessionId);
  if (isNews && (await env.journal.latches(sessionId)).length === 0) {
    env.passedOver.add(sessionId);
    emit({ type: 'passedOver', session: sessionId, number, last });
  }
  return false;
}

async function* announcements(
  env: Env,
  taskId: string,
  options: SessionOptions,
  signal: AbortSignal,
): AsyncGenerator<SessionAnnouncement> {
  const { now, sleep } = env;
  const onRetry = options.onProgress ?? (() => undefined);
  const backoff = createBackoff({ now, sleep, signal, giveUpMs: Infinity, onRetry });
  while (!signal.aborted) {
    let lost = new BlindsumError('UNREACHABLE', 'environment', 'the coordinator ended the watch');
    try {
      for await (const announcement of env.transport.watchSessions(taskId, signal)) {
        backoff.reset();
        yield announcement;
      }
    } catch (error) {
      if (signal.aborted) throw cancelled(signal);
      if (!isRetryable(error)) throw error;
      lost = error;
    }
    if (!signal.aborted) await backoff.wait(lost);
  }
}
