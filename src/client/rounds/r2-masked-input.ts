/**
 * r2 (PROTOCOL §4.3, §7): opens the shares dealt to this participant, masks its input and uploads it. The latch and the
 * vector's digest in the scope are one append: from here on others can open what was sent, with or without this
 * participant's vote, so no other vector may follow for the same input.
 */
import { wipe } from '../../../crypto/bytes.js';
import { wipeJob } from '../../../crypto/engine/job.js';
import { finishMaskedInput, planMaskedInput } from '../../protocol/client/r2-masked-input.js';
import type { InputMasked, KeysShared } from '../../protocol/client/state.js';
import { refuseFailedJob } from '../../protocol/engine-refusals.js';
import { BlindsumError } from '../../protocol/errors.js';
import { recordInput } from '../../protocol/scope.js';
import { exclusively } from '../exclusive.js';
import { accept, ask, commit, latchEntry, reach, readScope, type Run, scopeEntry } from '../run.js';
import { uploadAndAnswer } from './complaints.js';

export async function maskedInputRound(run: Run, state: KeysShared): Promise<InputMasked> {
  const { env } = run;
  await reach(run, 'r2');
  const reply = await ask(run, (signal) => env.transport.getShares(run.id, signal));
  const { scope, answers } = state.opened;
  const { roundingSeed } = await readScope(env, scope);
  if (run.input === null)
    throw new BlindsumError('JOURNAL_FAILED', 'environment', 'the journal has lost the input');
  const planned = accept(run, planMaskedInput(state, reply, run.input, roundingSeed, env.deps), [
    reply.statement,
    ...reply.deliveries.map(({ r1 }) => r1),
  ]);
  run.state = planned.state;
  const result = await env.engine
    .run(planned.job, {
      signal: run.phases.over,
      onProgress: (done, total) =>
        run.emit({ type: 'masking', session: run.id, number: run.number, done, total }),
    })
    .catch(refuseFailedJob)
    .finally(() => {
      wipeJob(planned.job);
      wipe(...planned.wipe);
    });
  const { masked, latch } = await exclusively(env.journal, async () => {
    // Before the header is signed: another session of the scope may have sent another vector since r0.
    const record = recordInput(await readScope(env, scope), answers, planned.state.vector);
    const step = accept(run, finishMaskedInput(planned.state, result, env.deps), []);
    const { header, upload } = step.send;
    const entry = latchEntry(run, 'r2', {
      key: step.state.u2.hash,
      signed: header,
      attachment: upload.bytes,
      statement: reply.statement,
    });
    const latched = await commit(run, step, [
      entry,
      scopeEntry(scope, record), // check: A11
    ]);
    return { masked: latched, latch: entry };
  });
  wipe(...run.input);
  run.input = null;
  return uploadAndAnswer(run, masked, latch);
}
