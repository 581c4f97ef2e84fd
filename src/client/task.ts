/** The task, before any session of it: fetched by its hash, signed by the pinned organiser, checked against the policy. */
import { toHex } from '../../crypto/bytes.js';
import { type Task, taskCodec, taskHash } from '../protocol/documents.js';
import { refuse } from '../protocol/errors.js';
import { checkDataset } from '../protocol/policy.js';
import { checkCertificate } from '../protocol/roster.js';
import { openSigned, type Signed } from '../protocol/signed.js';
import { withRetries } from '../rpc/retry.js';
import type { Env } from './run.js';
import type { ContributeOptions } from './types.js';
import { dataOf, type ReadyOptions } from './work.js';

export interface KnownTask {
  /** Hex. */
  readonly id: string;
  readonly signed: Signed;
  readonly body: Task;
}

/** A coordinator that cannot be reached at first is more likely a wrong address than a short failure. */
const FIRST_CONTACT_MS = 5_000;

/** @throws BlindsumError TASK_MISMATCH, WRONG_ORGANISER, UNKNOWN_TASK, UNREACHABLE after about five seconds */
export async function fetchTask(
  env: Env,
  { task: asked, onProgress }: Pick<ContributeOptions, 'task' | 'onProgress'>,
  signal: AbortSignal,
): Promise<KnownTask> {
  if (!/^[0-9a-fA-F]{64}$/.test(asked))
    refuse('UNKNOWN_TASK', 'caller', 'a task id is 64 hexadecimal digits');
  const id = asked.toLowerCase();
  const { now, sleep } = env;
  const retrying = {
    now,
    sleep,
    signal,
    giveUpMs: FIRST_CONTACT_MS,
    ...(onProgress && { onRetry: onProgress }),
  };
  const reply = await withRetries(retrying, (inner) => env.transport.getTask(id, inner));
  const { organiser } = env.trust.anchors;
  const body = openSigned(taskCodec, reply.task, organiser, env.deps.verify, 'WRONG_ORGANISER');
  if (toHex(taskHash(reply.task)) !== id)
    refuse('TASK_MISMATCH', 'peer', 'the coordinator delivered another task than the one asked for'); // check: A7
  env.deps.suite(body.suite).checkTask(body);
  return { id, signed: reply.task, body };
}

/** What can be refused before waiting for a session. @throws BlindsumError with fault caller, CERTIFICATE_* */
export function checkBeforeWaiting(env: Env, { body }: KnownTask, options: ReadyOptions): void {
  checkDataset(env.trust.anchors.policy, body, dataOf(options));
  if (body.pinned === null) {
    checkCertificate(env.certificate, env.deps.signer.publicKey, {
      organiser: env.trust.anchors.organiser,
      revoked: env.trust.revoked,
      nowMs: env.now(),
      verify: env.deps.verify,
    });
  }
  if (typeof options.vectors === 'function') return;
  const { vectors, weight = null, clipping = 'reject' } = options;
  const suite = env.deps.suite(body.suite);
  const trial = suite.prepare(body, { vectors, weight, clipping }, (length) => new Uint8Array(length));
  for (const vector of trial) vector.fill(0);
}
