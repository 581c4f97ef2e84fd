/**
 * Sends what is latched, from the latch: the bytes of a message are never made twice, so a retry, now or after a
 * restart, is the identical message (PROTOCOL §4).
 */
import { BlindsumError, isBlindsumError } from '../protocol/errors.js';
import { decodePackets, decodeShareList, decodeSigned } from '../protocol/attachments.js';
import type { LatchEntry } from './journal.js';
import { ask, type Run } from './run.js';
import { sendUpload } from './upload.js';

/**
 * Resolves when the coordinator has it, or may have it: when a call was lost on the way and the round has closed since,
 * the next signed set tells whether it arrived.
 * @param maybeSent whether an earlier process may have sent it
 * @throws BlindsumError the coordinator's refusal
 */
export async function sendLatched(run: Run, latch: LatchEntry, maybeSent = false): Promise<void> {
  let ambiguous = maybeSent;
  const lost = (): void => {
    ambiguous = true;
  };
  try {
    if (latch.message === 'r2') await sendUpload(run, latch.signed, attached(latch), lost);
    else await ask(run, (signal) => transmit(run, latch, signal), run.phases.over, lost);
  } catch (error) {
    if (ambiguous && isLate(error)) return;
    throw error;
  }
  if (latch.message === 'answer') return;
  const bytes = latch.signed.payload.length + latch.signed.signature.length + (latch.attachment?.length ?? 0);
  run.emit({ type: 'round', session: run.id, number: run.number, round: latch.message, bytes });
}

export const isLate = (error: unknown): boolean =>
  isBlindsumError(error, 'LATE') || isBlindsumError(error, 'WRONG_ROUND');

function transmit(run: Run, latch: LatchEntry, signal: AbortSignal): Promise<void> {
  const { transport } = run.env;
  const { signed, attachment } = latch;
  switch (latch.message) {
    case 'r0':
      return transport.advertiseKeys(
        run.id,
        signed,
        attachment === null ? null : decodeSigned(attachment),
        signal,
      );
    case 'r1':
      return transport.shareKeys(run.id, signed, decodePackets(attached(latch)), signal);
    case 'answer':
      return transport.answerComplaint(run.id, signed, decodeShareList(attached(latch)), signal);
    case 'r3':
      return transport.consistency(run.id, signed, signal);
    case 'r4':
      return transport.unmask(run.id, signed, decodeShareList(attached(latch)), signal);
    case 'r2':
      throw new TypeError('latch: an upload is sent in pieces');
  }
}

function attached(latch: LatchEntry): Uint8Array {
  if (latch.attachment === null)
    throw new BlindsumError('JOURNAL_FAILED', 'environment', `the journal has no bytes for ${latch.message}`);
  return latch.attachment;
}
