/** r2 (PROTOCOL §4.3): opens the shares dealt to this participant, masks its input and uploads it. */
import { toHex, wipe } from '../../../crypto/bytes.js';
import { wipeJob } from '../../../crypto/mask-engine/job.js';
import { finishMaskedInput, planMaskedInput } from '../../protocol/client/r2-masked-input.js';
import type { InputMasked, KeysShared } from '../../protocol/client/state.js';
import { BlindsumError } from '../../protocol/errors.js';
import { accept, ask, commit, latchEntry, reach, type Run } from '../run.js';
import { sendLatched } from '../send.js';

export async function maskedInputRound(run: Run, state: KeysShared): Promise<InputMasked> {
  const { env } = run;
  await reach(run, 'r2');
  const reply = await ask(run, (signal) => env.transport.getShares(run.id, signal));
  const record = await env.journal.scope(toHex(state.opened.scope));
  if (record === null || run.input === null)
    throw new BlindsumError('JOURNAL_FAILED', 'environment', 'the journal has lost the scope or the input');
  const planned = accept(run, planMaskedInput(state, reply, run.input, record.roundingSeed, env.deps), [
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
    .finally(() => {
      wipeJob(planned.job);
      wipe(...planned.wipe);
    });
  const step = accept(run, finishMaskedInput(planned.state, result, env.deps), []);
  const { header, upload } = step.send;
  const latch = latchEntry(run, 'r2', {
    key: step.state.u2.hash,
    signed: header,
    attachment: upload.bytes,
    statement: reply.statement,
  });
  const masked = await commit(run, step, [latch]);
  wipe(...run.input);
  run.input = null;
  await sendLatched(run, latch);
  return masked;
}
