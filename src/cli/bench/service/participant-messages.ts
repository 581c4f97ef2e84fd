/** What a benchmark and a participant in a process of its own say to each other. */
import type { Failed } from '../../demo/messages.js';
import type { Usage } from './messages.js';

export interface ToParticipant {
  readonly type: 'start';
  readonly seed: string;
  readonly participants: number;
  readonly length: number;
  /** Which of them, from 0. */
  readonly index: number;
  /** Path of its journal. */
  readonly journal: string;
  readonly address: string;
  readonly ca: string;
  readonly task: string;
}

export type FromParticipant =
  | {
      readonly type: 'ended';
      /** When it had the sum. */
      readonly usage: Usage;
      /** The sum is that of the inputs. */
      readonly sumExact: boolean;
    }
  | Failed;
