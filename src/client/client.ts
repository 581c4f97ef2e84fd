/**
 * The client: a participant's program around the pure rounds of src/protocol/client. It adds time, the network and the
 * journal, and decides nothing that a round decides.
 *
 *   task ─ verified ─ wait ─ opening ─ verified ─ log ─ input ─ own work ─ r0 ─ r1 ─ r2 ─ r3 ─ r4 ─ result ─ verified ─ receipt
 *
 * Security: no message leaves before its exact bytes are durable in the journal; a vote is durable with the signature
 * that casts it; nothing is computed twice.
 */
import { equalBytes } from '../../crypto/bytes.js';
import { createReferenceEngine } from '../../crypto/mask-engine/reference.js';
import { systemRandom } from '../../crypto/random.js';
import { verifySignature } from '../../crypto/signature.js';
import { refuseLack } from '../protocol/engine-refusals.js';
import { BlindsumError, isBlindsumError } from '../protocol/errors.js';
import { suiteById } from '../protocol/suites/index.js';
import { checkBeacon } from './beacon.js';
import { findSession } from './find.js';
import { observeLog, readerOf, refuseForked } from './log.js';
import { tryDueReceipts } from './receipts.js';
import { recover } from './recover.js';
import { cancelled, defaultSleep } from '../rpc/retry.js';
import { advertiseKeysRound } from './rounds/r0-advertise-keys.js';
import { type Env, reach, startRun } from './run.js';
import { runRounds, withinSession } from './session.js';
import { checkBeforeWaiting, fetchTask } from './task.js';
import type {
  Client,
  ClientOptions,
  ContributeOptions,
  ContributionResult,
  ParticipateOptions,
  SessionOutcome,
  Work,
} from './types.js';
import { doWork, readyOptions } from './work.js';

/** @throws BlindsumError BAD_CONFIG when the journal belongs to another identity */
export function createClient(options: ClientOptions): Client {
  const { identity, journal } = options;
  if (journal.identity !== null && !equalBytes(journal.identity, identity.publicKey))
    throw new BlindsumError('BAD_CONFIG', 'caller', 'the journal belongs to another identity');
  const env: Env = {
    transport: options.transport,
    journal,
    trust: options.trust,
    certificate: options.certificate,
    engine: options.engine ?? createReferenceEngine(),
    beacon: options.beacon ?? null,
    deps: {
      random: options.random ?? systemRandom,
      verify: options.verify ?? verifySignature,
      signer: identity,
      suite: options.suite ?? suiteById,
      ...(options.once === undefined ? {} : { once: options.once }),
      ...(options.agreement === undefined ? {} : { agreement: options.agreement }),
    },
    verifyElsewhere: options.verifyElsewhere ?? null,
    passedOver: new Set(),
    now: options.now ?? Date.now,
    sleep: options.sleep ?? defaultSleep,
  };
  return {
    contribute: (request) => contribute(env, request, () => true),
    receipt: (session) => journal.receipt(session.toLowerCase()),
    participate: (task, work, request = {}) => participate(env, task, work, request),
  };
}

/** @param consider told of the session that is taken part in; false: wait for another one */
async function contribute(
  env: Env,
  request: ContributeOptions,
  consider: (sessionId: string) => boolean,
): Promise<ContributionResult> {
  const signal = request.signal ?? new AbortController().signal;
  if (signal.aborted) throw cancelled(signal);
  await refuseForked(readerOf(env));
  const task = await fetchTask(env, request, signal);
  const options = readyOptions(request, task.body);
  checkBeforeWaiting(env, task, options);
  await checkBeacon(env, task.body, signal);
  refuseLack(await env.engine.lacks(env.deps.suite(task.body.suite).engineNeed(task.body)));
  const recovered = await recover(env, task.id, options, signal, consider);
  if (recovered !== null) return recovered;
  const { onProgress: emit = () => undefined } = options;
  await tryDueReceipts(env, task.id, { signal, emit });
  const { opened, message, announcement } = await findSession(env, task, options, signal, consider);
  const { sessionId: id, opening, electorate } = announcement;
  const run = startRun(env, { id, opening, options, signal, joined: false });
  return await withinSession(run, async () => {
    const participants = electorate.length;
    run.emit({ type: 'opened', session: id, number: run.number, participants });
    await observeLog(run, opened.opening.joinMs);
    const plain = await doWork(run, opened, options.vectors);
    await reach(run, 'r0');
    return await runRounds(run, await advertiseKeysRound(run, message, plain));
  });
}

async function* participate(
  env: Env,
  task: string,
  work: Work,
  options: ParticipateOptions,
): AsyncGenerator<SessionOutcome, void, undefined> {
  const { maxSessions = Infinity } = options;
  // A session that this client refused stays announced for a while.
  const seen = new Set<string>();
  for (let count = 0; count < maxSessions; count += 1) {
    let session: string | null = null;
    const consider = (id: string): boolean => {
      if (seen.has(id)) return false;
      seen.add(id);
      session = id;
      return true;
    };
    let outcome: SessionOutcome;
    try {
      const result = await contribute(env, { ...options, task, vectors: work }, consider);
      outcome = { kind: 'closed', session: result.receipt.session, result };
    } catch (error) {
      if (options.signal?.aborted === true) return;
      if (session === null || !isBlindsumError(error) || isBlindsumError(error, 'JOURNAL_FAILED'))
        throw error;
      outcome = { kind: 'failed', session, error };
    }
    yield outcome;
  }
}
