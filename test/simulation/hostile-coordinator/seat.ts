/**
 * One honest participant in one session, as the coordinator sees it: what it was told, what it sent. And the transport
 * that takes the calls of the participant's client to the right seat. The client is the real one; a step of the play sets
 * the replies, announces a phase, and lets the client run until it waits again.
 */
import type { Signed } from '../../../src/protocol/signed.js';
import type {
  AnswerDelivery,
  ComplaintNotice,
  HeadersReply,
  ParticipantApi,
  PhaseEvent,
  RosterReply,
  SessionAnnouncement,
  SharePacket,
  SharesReply,
  SignaturesReply,
  TaskReply,
} from '../../../src/rpc/participant-api.js';
import type { Context } from './forge.js';

export interface Seat {
  readonly participant: number;
  readonly announcement: SessionAnnouncement;
  readonly input: Uint8Array;
  /** What the next calls are answered with. */
  replies: {
    roster?: RosterReply;
    shares?: SharesReply;
    headers?: HeadersReply;
    signatures?: SignaturesReply;
    complaints?: readonly ComplaintNotice[];
  };
  /** Everything that ever left, in order. */
  readonly sent: {
    readonly r0: Signed[];
    readonly r1: { readonly r1: Signed; readonly packets: readonly SharePacket[] }[];
    readonly headers: Signed[];
    readonly answers: AnswerDelivery[];
    readonly r3: Signed[];
    readonly r4: { readonly r4: Signed; readonly shares: readonly Uint8Array[] }[];
  };
  context: Context | null;
  /** The round as whose message leaves the process is killed. */
  killedIn: number;
  /** Started again since the last r2. */
  again: boolean;
  status: 'running' | 'killed' | 'ended';
  /** Why it ended: a reason code, or what was thrown. */
  reason: string | null;
  controller: AbortController;
  events: PhaseEvent[];
  wake: () => void;
}

export const createSeat = (
  participant: number,
  announcement: SessionAnnouncement,
  input: Uint8Array,
): Seat => ({
  participant,
  announcement,
  input,
  replies: {},
  sent: { r0: [], r1: [], headers: [], answers: [], r3: [], r4: [] },
  context: null,
  killedIn: 0,
  again: false,
  status: 'running',
  reason: null,
  controller: new AbortController(),
  events: [],
  wake: () => undefined,
});

export function announcePhase(seat: Seat, phase: PhaseEvent['phase'], complaints = 0): void {
  seat.events.push({ phase, deadlineInMs: 60_000, complaints });
  seat.wake();
}

/** All that a client does between two calls that wait are microtasks: when the event loop turns, everybody waits again. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface Station {
  readonly transport: ParticipantApi;
  readonly seats: Map<string, Seat>;
  /** The session that the next call of `contribute` finds. */
  offer: SessionAnnouncement | null;
}

/** @param onUpload told of every masked input that leaves */
export function createStation(task: TaskReply, onUpload: (bytes: Uint8Array) => void): Station {
  const seats = new Map<string, Seat>();
  const at = (session: string): Seat => seats.get(session) as Seat;
  const given = <T>(reply: T | undefined): Promise<T> =>
    reply === undefined ? new Promise<T>(() => undefined) : Promise.resolve(reply);
  // The process dies, and with it all sessions that it is in.
  const leave = (seat: Seat, round: number): Promise<void> => {
    if (seat.killedIn !== round) return Promise.resolve();
    seat.killedIn = 0;
    for (const one of seats.values()) {
      if (one.status !== 'running') continue;
      one.status = 'killed';
      one.controller.abort();
    }
    return Promise.reject(new Error('killed'));
  };
  const station: Station = {
    seats,
    offer: null,
    transport: {
      getTask: () => Promise.resolve(task),
      async *watchSessions(_task, signal) {
        if (station.offer !== null) yield station.offer;
        await aborted(signal);
      },
      async *watchSession(session, signal) {
        const seat = at(session);
        const gone = aborted(signal);
        for (let next = 0; !signal.aborted;) {
          const event = seat.events[next];
          if (event !== undefined) {
            next += 1;
            yield event;
          } else {
            await Promise.race([gone, new Promise<void>((resolve) => (seat.wake = resolve))]);
          }
        }
      },
      getInput: (session) => Promise.resolve(at(session).input),
      advertiseKeys: async (session, message) => void at(session).sent.r0.push(message),
      getRoster: (session) => given(at(session).replies.roster),
      shareKeys: async (session, r1, packets) => void at(session).sent.r1.push({ r1, packets }),
      getShares: (session) => given(at(session).replies.shares),
      async beginUpload(session, header) {
        at(session).sent.headers.push(header);
        return { nextOffset: 0 };
      },
      async putChunk(_session, offset, chunk) {
        onUpload(chunk);
        return { nextOffset: offset + chunk.length };
      },
      commitUpload: (session) => leave(at(session), 2),
      getComplaints: (session) => Promise.resolve(at(session).replies.complaints ?? []),
      async answerComplaint(session, answer, shares) {
        at(session).sent.answers.push({ answer, shares: shares.map((share) => share.slice()) });
      },
      getHeaders: (session) => given(at(session).replies.headers),
      consistency(session, message) {
        at(session).sent.r3.push(message);
        return leave(at(session), 3);
      },
      getSignatures: (session) => given(at(session).replies.signatures),
      unmask(session, r4, shares) {
        at(session).sent.r4.push({ r4, shares: shares.map((share) => share.slice()) });
        return leave(at(session), 4);
      },
      getOutcome: () => Promise.resolve({ result: null, abort: null }),
      getAggregate: () => Promise.resolve(new Uint8Array()),
      getCheckpoint: () => Promise.resolve({ checkpoint: null, consistency: [] }),
      getReceipt: () => Promise.reject(new Error('no receipt')),
    },
  };
  return station;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
