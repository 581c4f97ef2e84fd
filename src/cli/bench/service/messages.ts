/** What a benchmark and its coordinator process say to each other. */
import type { Failed } from '../../demo/messages.js';

export type ToCoordinator =
  | {
      readonly type: 'start';
      /** From which its key follows. */
      readonly seed: string;
      /** Public key. */
      readonly organiser: Uint8Array;
      readonly stageBudgetBytes?: number;
    }
  | { readonly type: 'measure' }
  /** Takes so many masks off a sum of zeros, as when a session is opened. */
  | { readonly type: 'unmask'; readonly streams: number; readonly length: number };

export interface Usage {
  /** Of the process, now. */
  readonly rssBytes: number;
  /** The most since it began. */
  readonly peakRssBytes: number;
  /** Of processor time, all threads. */
  readonly cpuSeconds: number;
  /** Longest time for which the event loop did not turn, since it was asked last. */
  readonly stallMs: number;
}

export type FromCoordinator =
  | {
      readonly type: 'listening';
      readonly address: string;
      readonly ca: string;
      readonly coordinator: Uint8Array;
      readonly operatorToken: string;
    }
  | ({ readonly type: 'usage' } & Usage)
  | { readonly type: 'unmasking' }
  | { readonly type: 'unmasked'; readonly seconds: number }
  | Failed;
