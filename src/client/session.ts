/**
 * A session from the opening to the sum. Every round reads a state, makes the next one, latches, sends; whatever
 * happens, the secrets of the session are gone when this returns, except those saved for `resume`.
 */
import type { ClientState } from '../protocol/client/state.js';
import { BlindsumError, isBlindsumError } from '../protocol/errors.js';
import { toHex } from '../../crypto/bytes.js';
import type { Signed } from '../protocol/signed.js';
import { openingCodec } from '../protocol/statements.js';
import type { JournalEntry, ReceiptDue } from './journal.js';
import { awaitResult, explain, statementOf } from './outcome.js';
import { isRetryable } from '../rpc/retry.js';
import { takeReceipt, tryReceipt } from './receipts.js';
import { shareKeysRound } from './rounds/r1-share-keys.js';
import { maskedInputRound } from './rounds/r2-masked-input.js';
import { consistencyRound } from './rounds/r3-consistency.js';
import { unmaskRound } from './rounds/r4-unmask.js';
import { durably, endRun, type Run } from './run.js';
import type { ContributionResult } from './types.js';

/** From any state after r0 to the result. */
export async function runRounds(run: Run, from: ClientState): Promise<ContributionResult> {
  let state = from;
  for (;;) {
    run.state = state;
    switch (state.kind) {
      case 'keysAdvertised':
        state = await shareKeysRound(run, state);
        break;
      case 'keysShared':
        state = await maskedInputRound(run, state);
        break;
      case 'inputMasked':
        state = await consistencyRound(run, state);
        break;
      case 'consistencySigned':
        state = await unmaskRound(run, state);
        break;
      case 'unmasked':
        return await awaitResult(run, state);
      case 'opened':
      case 'maskPlanned':
        throw new TypeError(`state: no round starts from ${state.kind}`);
    }
  }
}

/** Runs `body` and closes the books: the session's end and its evidence in the journal, its secrets wiped. */
export async function withinSession(
  run: Run,
  body: () => Promise<ContributionResult>,
): Promise<ContributionResult> {
  const of = { session: run.id, number: run.number };
  try {
    const result = await body();
    const statement = result.receipt.result;
    // Before the session has ended in the journal: whoever is killed meanwhile gets the sum at the next start.
    const receipt = await takeReceipt(run.env, due(run, statement), run);
    const entries: JournalEntry[] = [{ kind: 'ended', session: run.id, outcome: 'closed', statement }];
    if (receipt.log === null) entries.push({ kind: 'receipt', session: run.id, files: null });
    await durably(run.env.journal, entries);
    run.emit({ type: 'closed', survivors: result.survivors, ...of });
    return { ...result, receipt: { ...result.receipt, ...receipt } };
  } catch (raised) {
    const error = await explain(run, raised);
    if (run.joined && !goesOnLater(run, error)) await giveUp(run, error);
    if (error instanceof BlindsumError)
      run.emit({ type: 'aborted', code: error.code, message: error.message, ...of });
    const abort = statementOf(error);
    if (run.joined && abort !== null) await tryReceipt(run.env, due(run, abort), run);
    throw error;
  } finally {
    endRun(run);
  }
}

const due = (run: Run, outcome: Signed): ReceiptDue => ({
  session: run.id,
  task: toHex(openingCodec.decode(run.opening.signed.payload).task),
  number: run.number,
  opening: run.opening.signed,
  outcome,
});

/** With `resume`, what interrupts a process does not end its session. */
function goesOnLater(run: Run, error: unknown): boolean {
  if (run.options.resume !== true) return false;
  return (
    isRetryable(error) || isBlindsumError(error, 'CANCELLED') || isBlindsumError(error, 'JOURNAL_FAILED')
  );
}

async function giveUp(run: Run, error: unknown): Promise<void> {
  const outcome = isBlindsumError(error) ? error.code : 'INTERNAL';
  const entries: JournalEntry[] = [
    { kind: 'ended', session: run.id, outcome, statement: statementOf(error) }, // check: A3
    { kind: 'receipt', session: run.id, files: null },
  ];
  if (run.refusal?.fault === 'peer' && run.seen.length > 0)
    entries.unshift({ kind: 'evidence', session: run.id, code: run.refusal.code, statements: run.seen }); // check: A3
  // The error that ended the session is the one to report; a broken journal will show at the next append.
  await run.env.journal.append(entries).catch(() => undefined);
}
