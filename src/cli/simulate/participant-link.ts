/**
 * One simulated participant's connection: passes every call on, notes what was accepted, measures the two rounds that
 * cost a client time, and, if the participant is one that vanishes, falls silent before that round's message. Silent
 * means: calls neither reach the coordinator nor return, as when a machine was switched off.
 */
import { BlindsumError } from '../../protocol/errors.js';
import { type Round, ROUNDS } from '../../protocol/phase.js';
import type { ParticipantApi } from '../../rpc/participant-api.js';
import type { RoundTracker } from './rounds.js';
import type { Turnstile } from './turnstile.js';

export interface LinkOptions {
  readonly participant: number;
  readonly inner: ParticipantApi;
  /** The round before whose message it vanishes; null: never. */
  readonly vanishes: Round | null;
  readonly tracker: RoundTracker;
  readonly turnstile: Turnstile;
}

export interface ParticipantLink {
  readonly api: ParticipantApi;
  /**
   * Milliseconds from the roster to r1, from the shares to the r2 header, and from that until the upload was accepted; null
   * when it did not get there.
   */
  readonly timings: { shareMs: number | null; maskMs: number | null; uploadMs: number | null };
  /** To be called when the participant has ended: others may go on. */
  settled(): void;
}

export function linkParticipant(options: LinkOptions): ParticipantLink {
  const { participant, inner, vanishes, tracker, turnstile } = options;
  const timings: ParticipantLink['timings'] = { shareMs: null, maskMs: null, uploadMs: null };
  let leave = (): void => undefined;
  let startedMs = 0;

  /** Never resolves for a participant that is gone by `round`. */
  async function alive(round: Round, signal: AbortSignal | undefined): Promise<void> {
    if (vanishes === null || ROUNDS.indexOf(round) < ROUNDS.indexOf(vanishes)) return;
    leave();
    tracker.vanished(participant, vanishes);
    await new Promise<never>((_, reject) => {
      const cancel = (): void => reject(new BlindsumError('CANCELLED', 'caller', 'switched off'));
      if (signal?.aborted === true) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  async function turn(): Promise<void> {
    leave();
    leave = await turnstile.enter();
  }

  /** Fetches what a measured round starts from; the turn ends with `sending`, or with whatever comes instead of it. */
  async function starting<T>(
    round: Round,
    signal: AbortSignal | undefined,
    fetch: () => Promise<T>,
  ): Promise<T> {
    await alive(round, signal);
    await turn();
    const reply = await fetch();
    startedMs = performance.now();
    return reply;
  }

  async function sending(
    round: Round,
    signal: AbortSignal | undefined,
    send: () => Promise<void>,
  ): Promise<void> {
    await alive(round, signal);
    try {
      await send();
      tracker.accepted(participant, round);
      // Lets timers have their turn: progress is shown, Ctrl-C is heard.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      leave();
    }
  }

  const api: ParticipantApi = {
    getTask: (...args) => inner.getTask(...args),
    watchSessions: (...args) => inner.watchSessions(...args),
    watchSession: (...args) => inner.watchSession(...args),
    getInput: (...args) => inner.getInput(...args),
    advertiseKeys: (id, message, certificate, signal) =>
      sending('r0', signal, () => inner.advertiseKeys(id, message, certificate, signal)),
    getRoster: (id, signal) => starting('r1', signal, () => inner.getRoster(id, signal)),
    shareKeys: (id, message, packets, signal) => {
      timings.shareMs ??= performance.now() - startedMs;
      return sending('r1', signal, () => inner.shareKeys(id, message, packets, signal));
    },
    getShares: (id, signal) => starting('r2', signal, () => inner.getShares(id, signal)),
    async beginUpload(id, header, signal) {
      timings.maskMs ??= performance.now() - startedMs;
      await alive('r2', signal);
      startedMs = performance.now();
      const reply = await inner.beginUpload(id, header, signal);
      if ('retryAfterMs' in reply) {
        leave();
        tracker.waits(participant);
      }
      return reply;
    },
    putChunk: (...args) => inner.putChunk(...args),
    commitUpload: (id, signal) =>
      sending('r2', signal, async () => {
        await inner.commitUpload(id, signal);
        timings.uploadMs = performance.now() - startedMs;
      }),
    getComplaints: (...args) => inner.getComplaints(...args),
    answerComplaint: (...args) => inner.answerComplaint(...args),
    async getHeaders(id, signal) {
      await alive('r3', signal);
      return inner.getHeaders(id, signal);
    },
    consistency: (id, message, signal) => sending('r3', signal, () => inner.consistency(id, message, signal)),
    async getSignatures(id, signal) {
      await alive('r4', signal);
      return inner.getSignatures(id, signal);
    },
    unmask: (id, message, shares, signal) =>
      sending('r4', signal, () => inner.unmask(id, message, shares, signal)),
    // What it decodes of the sum is as long as an input: one at a time, until it is gone.
    async getOutcome(id, signal) {
      if (vanishes === null) await turn();
      return inner.getOutcome(id, signal);
    },
    getAggregate: (...args) => inner.getAggregate(...args),
    getCheckpoint: (...args) => inner.getCheckpoint(...args),
    getReceipt: (...args) => inner.getReceipt(...args),
  };
  return {
    api,
    timings,
    settled() {
      leave();
      tracker.settled(participant);
    },
  };
}
