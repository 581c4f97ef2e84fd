/**
 * A transport that stops at a chosen message instead of sending it, for ever: that is where the demo kills a
 * participant. Everything before it was accepted by the coordinator, nothing after it was sent.
 */
import type { ParticipantApi } from '../../rpc/participant-api.js';
import type { PausePoint } from './messages.js';

export interface PausingTransport {
  readonly transport: ParticipantApi;
  /** Null: nowhere. */
  readonly pauseAt: (point: PausePoint | null) => void;
}

export function pausing(api: ParticipantApi, onPaused: (point: PausePoint) => void): PausingTransport {
  let chosen: PausePoint | null = null;
  async function gate(point: PausePoint): Promise<void> {
    if (chosen !== point) return;
    onPaused(point);
    await new Promise(() => undefined);
  }
  return {
    pauseAt(point) {
      chosen = point;
    },
    transport: {
      ...api,
      async beginUpload(...call) {
        await gate('r2');
        return api.beginUpload(...call);
      },
      async consistency(...call) {
        await gate('r3');
        return api.consistency(...call);
      },
    },
  };
}
