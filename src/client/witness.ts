/**
 * A witness of a coordinator's log (PROTOCOL §12.3): asks for the newest checkpoint, cosigns what continues the one it
 * cosigned last, and keeps that before it sends it. Its state is a journal of the witness's own key, which it uses for
 * nothing else.
 */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { verifySignature } from '../../crypto/signature.js';
import { BlindsumError } from '../protocol/errors.js';
import type { Signer, Verify } from '../protocol/signed.js';
import { type WitnessedHead, witnessLog } from '../protocol/transcript/witness.js';
import type { WitnessApi } from '../rpc/log-api.js';
import { createBackoff, defaultSleep, isRetryable, type RetryEvent, type Sleep } from '../rpc/retry.js';
import type { Journal } from './journal.js';
import { type LogReader, readLog, refuseForked } from './log.js';

export interface WitnessOptions {
  readonly api: WitnessApi;
  /** Of this witness only, and durable: what it has cosigned. */
  readonly journal: Journal;
  /** Ed25519 key of the coordinator, 32 bytes. */
  readonly coordinator: Uint8Array;
  /** Neither white space nor '+'; participants name it with the key in their trust files. */
  readonly name: string;
  readonly signer: Signer;
  readonly verify?: Verify;
  /** Wall clock in milliseconds. */
  readonly now?: () => number;
  readonly sleep?: Sleep;
}

export type WitnessEvent =
  | { readonly type: 'cosigned'; readonly size: number; readonly root: string }
  /** Nothing is new since the last look; `size` 0: nothing was logged yet. */
  | { readonly type: 'unchanged'; readonly size: number }
  | RetryEvent;

export interface LogWitness {
  /** @throws BlindsumError LOG_FORKED, with the evidence in the journal; whatever the coordinator refuses */
  look(signal?: AbortSignal): Promise<WitnessEvent>;
  /** Until `signal` aborts, through outages of the coordinator. */
  watch(options: WatchOptions): Promise<void>;
}

export interface WatchOptions {
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: WitnessEvent) => void;
}

/** @throws BlindsumError BAD_CONFIG for a name that is none, or the coordinator's own key */
export function createWitness(options: WitnessOptions): LogWitness {
  const { api, journal, coordinator, name, signer, verify = verifySignature } = options;
  const { now = Date.now, sleep = defaultSleep } = options;
  if (!/^[^\s+]{1,64}$/.test(name))
    throw new BlindsumError('BAD_CONFIG', 'caller', "name: expected a name without white space and '+'");
  if (equalBytes(signer.publicKey, coordinator))
    throw new BlindsumError('BAD_CONFIG', 'caller', 'a coordinator cannot be a witness of its own log');
  const reader: LogReader = { journal, coordinator, witnesses: [], minWitnesses: 0, verify };

  async function look(signal?: AbortSignal): Promise<WitnessEvent> {
    await refuseForked(reader); // check: A4
    const head = await readLog(reader, {
      session: '',
      ask: (query) => api.getCheckpoint(query, signal),
      shown: (reply) => reply,
      check: ({ seen }, reply): WitnessedHead | null =>
        witnessLog(coordinator, { name, signer }, seen, reply, Math.floor(now() / 1000), verify),
      head: (witnessed) => witnessed,
    });
    const { size, root } = head?.checkpoint ?? { size: 0, root: new Uint8Array() };
    if (head === null || head.line === null) return { type: 'unchanged', size };
    await api.putCosignature(size, head.line, signal);
    return { type: 'cosigned', size, root: toHex(root) };
  }

  return {
    look,
    async watch({ intervalMs, signal, onEvent = () => undefined }) {
      const backoff = createBackoff({ now, sleep, signal, giveUpMs: Infinity, onRetry: onEvent });
      while (!signal.aborted) {
        try {
          onEvent(await look(signal));
          backoff.reset();
          await sleep(intervalMs, signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!isRetryable(error)) throw error;
          await backoff.wait(error).catch(() => undefined);
        }
      }
    },
  };
}
