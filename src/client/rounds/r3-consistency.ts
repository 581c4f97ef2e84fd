/** r3 (PROTOCOL §4.5, §7): signs the sets, once. The latch and the vote in the scope are one append. */
import { concatBytes } from '../../../crypto/bytes.js';
import { signConsistency } from '../../protocol/client/r3-consistency.js';
import type { ConsistencySigned, InputMasked } from '../../protocol/client/state.js';
import { maskedInputCodec } from '../../protocol/messages.js';
import type { Sets } from '../../protocol/suite.js';
import { exclusively } from '../exclusive.js';
import { accept, ask, commit, latchEntry, reach, readScope, type Run, scopeEntry } from '../run.js';
import { sendLatched } from '../send.js';
import { claimsBySender, depsWith } from '../verify-ahead.js';

/** The three hashes: what r3 signs and what r4 answers for. */
export const setsKey = ({ u1, u2, u3 }: Sets): Uint8Array => concatBytes(u1.hash, u2.hash, u3.hash);

export async function consistencyRound(run: Run, state: InputMasked): Promise<ConsistencySigned> {
  const { env } = run;
  await reach(run, 'r3');
  const reply = await ask(run, (signal) => env.transport.getHeaders(run.id, signal));
  const deps = await depsWith(run, () => claimsBySender(maskedInputCodec, reply.headers));
  const { scope } = state.opened;
  const { signed, latch } = await exclusively(env.journal, async () => {
    const record = await readScope(env, scope);
    const grants = run.options.grants ?? [];
    const step = accept(run, signConsistency(state, reply, record, grants, deps), [
      reply.statement,
      ...reply.headers,
    ]);
    const entry = latchEntry(run, 'r3', {
      key: setsKey(step.state.sets),
      signed: step.send,
      statement: reply.statement,
    });
    const voted = await commit(run, step, [
      entry,
      scopeEntry(scope, step.scope), // check: A11
    ]);
    return { signed: voted, latch: entry };
  });
  await sendLatched(run, latch);
  return signed;
}
