/**
 * r4 (PROTOCOL §4.6): with a quorum of signatures over the sets this participant signed itself, reveals one share per
 * neighbour. A session that closed with the shares of others reveals nothing of this participant's.
 */
import { equalBytes } from '../../../crypto/bytes.js';
import { unmask } from '../../protocol/client/r4-unmask.js';
import { type ConsistencySigned, type Unmasked, unmaskedOf } from '../../protocol/client/state.js';
import { encodeShareList } from '../../protocol/attachments.js';
import { BlindsumError, isBlindsumError } from '../../protocol/errors.js';
import { consistencyCodec } from '../../protocol/messages.js';
import { isEnded } from '../../protocol/phase.js';
import { rank } from '../phases.js';
import { accept, ask, commit, latchEntry, type Run } from '../run.js';
import { encodeSaved } from '../saved-state.js';
import { secretsOf } from '../secrets.js';
import { isLate, sendLatched } from '../send.js';
import { claimsBySender, depsWith } from '../verify-ahead.js';
import { setsKey } from './r3-consistency.js';

export async function unmaskRound(run: Run, state: ConsistencySigned): Promise<Unmasked> {
  const event = await run.phases.until(({ phase }) => rank(phase) >= rank('r4'));
  if (event.phase === 'closed') return await withoutRevealing(run, state);
  if (event.phase === 'aborted') throw new BlindsumError('LATE', 'self', 'the session aborted before r4');
  try {
    return await reveal(run, state);
  } catch (error) {
    if (run.refusal !== null || run.signal.aborted || isBlindsumError(error, 'JOURNAL_FAILED')) throw error;
    if (isLate(error)) await run.phases.until(({ phase }) => isEnded(phase));
    // The others' shares were enough.
    if (run.phases.current()?.phase === 'closed') return await withoutRevealing(run, state);
    throw error;
  }
}

async function reveal(run: Run, state: ConsistencySigned): Promise<Unmasked> {
  const { env } = run;
  const key = setsKey(state.sets);
  await checkLatch(run, key); // check: A3
  const reply = await ask(run, (signal) => env.transport.getSignatures(run.id, signal));
  const deps = await depsWith(run, () => claimsBySender(consistencyCodec, reply.signatures));
  const step = accept(run, unmask(state, reply, deps), [state.statement, state.r3, ...reply.signatures]);
  const latch = latchEntry(run, 'r4', {
    key,
    signed: step.send.r4,
    attachment: encodeShareList(step.send.shares),
    state: encodeSaved({ state: step.state, input: null }),
  });
  const unmasked = await commit(run, step, [latch]);
  await sendLatched(run, latch);
  return unmasked;
}

/** Shares are revealed for one (U1, U2, U3), whatever happened to the state in memory. */
async function checkLatch(run: Run, key: Uint8Array): Promise<void> {
  const latches = await run.env.journal.latches(run.id);
  const before = latches.find(({ message }) => message === 'r4');
  if (before === undefined) return;
  throw equalBytes(before.key, key)
    ? new BlindsumError('SESSION_DEAD', 'self', 'r4 of this session is latched already')
    : new BlindsumError('EQUIVOCATION', 'peer', 'shares of this session were revealed for other sets');
}

/** With `resume` the shares are gone from the journal, too. */
async function withoutRevealing(run: Run, held: ConsistencySigned): Promise<Unmasked> {
  return await commit(run, { kind: 'step', state: unmaskedOf(held), send: null, wipe: secretsOf(held) }, []);
}
