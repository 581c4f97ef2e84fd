/**
 * Sends a masked input in chunks, resumable at every byte: after a failure the coordinator is asked anew how much it
 * has, and a node that has nothing gets everything again.
 */
import { BlindsumError, isBlindsumError } from '../protocol/errors.js';
import type { Signed } from '../protocol/signed.js';
import { type BeginUploadReply, MAX_CHUNK_BYTES } from '../rpc/participant-api.js';
import { cancelled, createBackoff, isRetryable } from '../rpc/retry.js';
import { ask, type Run } from './run.js';

/** @param lost called when a call failed that may have arrived all the same */
export async function sendUpload(
  run: Run,
  header: Signed,
  bytes: Uint8Array,
  lost: () => void,
): Promise<void> {
  const { transport, now, sleep } = run.env;
  const signal = run.phases.over;
  const backoff = createBackoff({ now, sleep, signal, giveUpMs: run.giveUpMs, onRetry: run.emit });
  for (;;) {
    const offset = await begin(run, header, lost);
    try {
      await putChunks(run, bytes, checkOffset(offset, bytes.length));
      return await ask(run, (inner) => transport.commitUpload(run.id, inner), signal, lost);
    } catch (error) {
      if (signal.aborted) throw cancelled(signal);
      if (isRetryable(error)) {
        lost();
        await backoff.wait(error);
      } else if (isBlindsumError(error, 'OUT_OF_ORDER')) await backoff.wait(error);
      else throw error;
    }
  }
}

async function begin(run: Run, header: Signed, lost: () => void): Promise<number> {
  const signal = run.phases.over;
  for (let asked = 0; ; asked += 1) {
    const reply: BeginUploadReply = await ask(
      run,
      (inner) => run.env.transport.beginUpload(run.id, header, inner),
      signal,
      lost,
    );
    if ('nextOffset' in reply) return reply.nextOffset;
    const inMs = Math.min(Math.max(reply.retryAfterMs, 50), 60_000);
    if (asked === 0) run.emit({ type: 'held', session: run.id, number: run.number });
    await run.env.sleep(inMs, signal);
    if (signal.aborted) throw cancelled(signal);
  }
}

async function putChunks(run: Run, bytes: Uint8Array, from: number): Promise<void> {
  for (let offset = from; offset < bytes.length;) {
    const chunk = bytes.subarray(offset, offset + MAX_CHUNK_BYTES);
    const reply = await run.env.transport.putChunk(run.id, offset, chunk, run.phases.over);
    const next = checkOffset(reply.nextOffset, bytes.length);
    // Anything else than "all of it arrived" goes back to the beginning, where waiting is bounded.
    if (next !== offset + chunk.length)
      throw new BlindsumError('OUT_OF_ORDER', 'peer', 'the coordinator lost the staged bytes of the upload');
    offset = next;
    run.emit({
      type: 'upload',
      session: run.id,
      number: run.number,
      sentBytes: offset,
      totalBytes: bytes.length,
    });
  }
}

function checkOffset(offset: number, length: number): number {
  if (!Number.isInteger(offset) || offset < 0 || offset > length)
    throw new BlindsumError('MALFORMED', 'peer', 'the coordinator names an offset outside the upload');
  return offset;
}
