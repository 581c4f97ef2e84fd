/**
 * Receipts (PROTOCOL §12.4): asked for when a session has ended, and again at the next start while one is missing. A
 * coordinator that gives none cannot take the sum away with it; the receipt is reported missing and stays due.
 */
import { nameOf, type VerifiedReceipt, verifyReceipt } from '../protocol/client/receipt.js';
import { BlindsumError, isBlindsumError } from '../protocol/errors.js';
import { messageFile, type ReceiptFile } from '../protocol/transcript/receipt-files.js';
import { formatNote } from '../protocol/transcript/signed-note.js';
import { createBackoff, isRetryable } from '../rpc/retry.js';
import { isActive } from './exclusive.js';
import type { Journal, LatchEntry, ReceiptDue } from './journal.js';
import { readerOf, readLog } from './log.js';
import { durably, type Env } from './run.js';
import type { LogReceipt, ProgressEvent, ReceiptProblem } from './types.js';

export interface Asking {
  readonly signal: AbortSignal;
  readonly emit: (event: ProgressEvent) => void;
}

export interface TakenReceipt {
  /** Null: there is none; `problem` says why. */
  readonly log: LogReceipt | null;
  readonly problem: ReceiptProblem | null;
}

/**
 * For as long as nothing is wrong but that it is not there yet, and `giveUpMs` are not over. Never throws: the sum is
 * there whatever becomes of its receipt.
 */
export async function takeReceipt(
  env: Env,
  due: ReceiptDue,
  { signal, emit, giveUpMs }: Asking & { readonly giveUpMs: number },
): Promise<TakenReceipt> {
  const { now, sleep } = env;
  const backoff = createBackoff({ now, sleep, signal, giveUpMs, onRetry: emit });
  for (;;) {
    try {
      return taken(due, await askReceipt(env, due, signal), emit);
    } catch (error) {
      const mayCome = isRetryable(error) || isBlindsumError(error, 'NOT_WITNESSED');
      const last = mayCome ? await failureOf(backoff.wait(error)) : error;
      if (last !== null) return notTaken(due, last, emit);
    }
  }
}

/** Once. @returns false when the coordinator cannot be asked now */
export async function tryReceipt(env: Env, due: ReceiptDue, { signal, emit }: Asking): Promise<boolean> {
  try {
    taken(due, await askReceipt(env, due, signal), emit);
  } catch (error) {
    const isUnknown =
      isBlindsumError(error, 'UNKNOWN_PARTICIPANT') || isBlindsumError(error, 'UNKNOWN_SESSION');
    if (isUnknown && (await keepUnsent(env, due))) return true;
    if (isRetryable(error)) return false;
    // A session that goes on without this participant has none yet.
    if (!isBlindsumError(error, 'WRONG_ROUND')) notTaken(due, error, emit);
  }
  return true;
}

/** Those of earlier sessions that are still missing, once each. */
export async function tryDueReceipts(env: Env, taskId: string, asking: Asking): Promise<void> {
  for (const due of await env.journal.receiptsDue(taskId)) {
    const { payload, signature } = due.opening;
    const isOfThisOne = env.deps.verify(env.trust.anchors.coordinator, payload, signature);
    if (!isOfThisOne || isActive(env.journal, due.session)) continue;
    if (!(await tryReceipt(env, due, asking))) return;
  }
}

async function askReceipt(env: Env, due: ReceiptDue, signal: AbortSignal): Promise<VerifiedReceipt> {
  const { session, opening, outcome } = due;
  const own = { opening, outcome, messages: await env.journal.latches(session) };
  return await readLog(readerOf(env), {
    session,
    ask: (query) => env.transport.getReceipt(session, query, signal),
    shown: ({ log }) => log,
    check: (view, reply) => verifyReceipt(view, own, reply, env.deps.verify),
    head: (receipt) => receipt,
    keep: ({ files }) => [{ kind: 'receipt', session, files }],
  });
}

/** The r0 that never arrived, or came too late: there is nothing to prove, and nothing more to ask for. */
async function keepUnsent({ journal }: Env, { session }: ReceiptDue): Promise<boolean> {
  const [r0, ...others] = await journal.latches(session);
  if (r0 === undefined || others.length > 0) return false;
  const files = messageFiles([r0]);
  await durably(journal, [{ kind: 'receipt', session, files }]);
  return true;
}

const messageFiles = (latches: readonly LatchEntry[]): ReceiptFile[] =>
  latches.map((latch) => messageFile({ name: nameOf(latch), signed: latch.signed }));

export interface KeptOfSession {
  readonly session: string;
  /** Whether it is a receipt. Else none was given, and these are the messages that nothing proves to be in a record. */
  readonly proven: boolean;
  readonly files: readonly ReceiptFile[];
}

/**
 * What a journal has for an auditor, of each session that ended. Of one for which a coordinator gives no receipt too: what
 * was signed in it is what shows that it took place, or went otherwise than its transcript says.
 */
export async function keptReceipts(journal: Journal): Promise<KeptOfSession[]> {
  const proven = (await journal.receipts()).map(async (session) => ({
    ...{ session, proven: true },
    files: (await journal.receipt(session)) ?? [],
  }));
  const due = (await journal.receiptsDue(null)).map(async ({ session }) => ({
    ...{ session, proven: false },
    files: messageFiles(await journal.latches(session)),
  }));
  return await Promise.all([...proven, ...due]);
}

function taken(
  { session, number }: ReceiptDue,
  { checkpoint, cosigned, index, missing }: VerifiedReceipt,
  emit: Asking['emit'],
): TakenReceipt {
  const witnesses = cosigned.map(({ witness }) => witness.name);
  const receipt = {
    log: { checkpoint: formatNote(checkpoint.note), index, witnesses, missing },
    problem: null,
  };
  emit({ type: 'receipt', session, number, ...receipt });
  return receipt;
}

function notTaken({ session, number }: ReceiptDue, error: unknown, emit: Asking['emit']): TakenReceipt {
  const receipt = { log: null, problem: problemOf(error) };
  emit({ type: 'receipt', session, number, ...receipt });
  return receipt;
}

function problemOf(error: unknown): ReceiptProblem {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof BlindsumError)) return { code: 'NO_RECEIPT', message };
  switch (error.code) {
    case 'NO_RECEIPT':
    case 'NOT_WITNESSED':
    case 'LOG_FORKED':
    case 'JOURNAL_FAILED':
      return { code: error.code, message };
    default:
      return { code: 'NO_RECEIPT', message: `the coordinator gave no receipt: ${error.code}: ${message}` };
  }
}

/** Null: it succeeded. */
const failureOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => null,
    (error: unknown) => error ?? new Error('unknown'),
  );
