/**
 * What the demo's processes say to each other over Node's own channel between parent and child (structured clones).
 * The protocol itself runs over gRPC; here the demo is staged, and its true values are compared with the secure ones.
 * The true update of a hospital goes to the parent, never to the coordinator.
 */
import type { Round } from '../../protocol/phase.js';

/** Where a participant can be made to stop: before its masked input, or after it and before consistency. */
export type PausePoint = 'r2' | 'r3';

export interface CoordinatorStart {
  readonly type: 'start';
  readonly organiser: Uint8Array;
}

export type FromCoordinator =
  | {
      readonly type: 'listening';
      readonly address: string;
      readonly coordinator: Uint8Array;
      readonly ca: string;
      readonly operatorToken: string;
    }
  /** An upload as it arrived, packed and hidden; the last one of each participant is kept for the final picture. */
  | {
      readonly type: 'upload';
      readonly session: string;
      readonly sender: Uint8Array;
      readonly bytes: Uint8Array;
    }
  | Failed;

export type ToParticipant =
  | {
      readonly type: 'start';
      /** Its own folder, where key and journal lie; a restarted process gets the same. */
      readonly folder: string;
      /** Which hospital it is, from 0. */
      readonly index: number;
      readonly participants: number;
      readonly seed: number;
    }
  | {
      readonly type: 'connect';
      readonly address: string;
      readonly ca: string;
      readonly coordinator: Uint8Array;
      readonly organiser: Uint8Array;
    }
  | { readonly type: 'statistics'; readonly task: string }
  | { readonly type: 'train'; readonly task: string }
  | { readonly type: 'pauseAt'; readonly point: PausePoint | null }
  /** Write all receipts there. */
  | { readonly type: 'receipts'; readonly folder: string };

export type FromParticipant =
  | { readonly type: 'identity'; readonly publicKey: Uint8Array }
  | { readonly type: 'ready' }
  | { readonly type: 'pauseIsSet' }
  | { readonly type: 'receiptsWritten' }
  | { readonly type: 'paused'; readonly point: PausePoint }
  | {
      readonly type: 'update';
      readonly session: string;
      readonly vectors: Readonly<Record<string, Float64Array>>;
      readonly weight: number;
    }
  | { readonly type: 'round'; readonly session: string; readonly round: Round }
  | {
      readonly type: 'ended';
      readonly session: string;
      /** `closed` or an error code. */
      readonly outcome: string;
      readonly message: string;
      /** Everything this process sent so far, as protobuf messages. */
      readonly sentBytes: number;
    }
  | Failed;

/** The process cannot go on. */
export interface Failed {
  readonly type: 'failed';
  readonly code: string;
  readonly message: string;
}
