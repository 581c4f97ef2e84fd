/** A participant's progress in words: what it waits for, which round it is in. */
import type { ProgressEvent } from '../client/index.js';
import { createProgress, type Output, type Progress } from './output.js';

export interface ShownProgress {
  readonly event: (event: ProgressEvent) => void;
  stop(): void;
}

export async function showProgress(output: Output): Promise<ShownProgress> {
  const upload: Progress = await createProgress('upload', output);
  return {
    event(event) {
      if (event.type === 'upload') upload.update(event.sent, event.total);
      else output.note(describe(event));
    },
    stop() {
      upload.stop();
    },
  };
}

const ROUND_TEXT: Readonly<Record<string, string>> = {
  r0: 'joined; waiting for the others',
  r1: 'roster checked, keys shared',
  r2: 'masked input sent',
  r3: 'sets checked and signed',
  r4: 'shares for unmasking sent',
};

function describe(event: Exclude<ProgressEvent, { type: 'upload' }>): string {
  switch (event.type) {
    case 'waiting':
      return 'waiting for a session of the task …';
    case 'round':
      return `${event.round}: ${ROUND_TEXT[event.round] ?? ''}`;
    case 'retry':
      return `${event.code}: trying again in ${(event.delayMs / 1000).toFixed(1)} s`;
    default:
      return `session ${'number' in event ? event.number : ''}: ${event.type}`;
  }
}
