/** A participant's progress in words: what it waits for, which round it is in. */
import type { ProgressEvent } from '../client/index.js';
import type { Round } from '../protocol/phase.js';
import { createProgress, type Output, type Progress } from './output.js';

export interface ShownProgress {
  readonly event: (event: ProgressEvent) => void;
  stop(): void;
}

export async function showProgress(output: Output): Promise<ShownProgress> {
  const upload: Progress = await createProgress('upload', output);
  const note = (event: Exclude<ProgressEvent, { type: 'upload' }>): void => {
    const line = describe(event);
    if (line === null) return;
    if (event.type === 'passedOver') output.warn(line);
    else output.note(line);
  };
  return {
    event(event) {
      if (event.type === 'upload') upload.update(event.sentBytes, event.totalBytes);
      else note(event);
    },
    stop() {
      upload.stop();
    },
  };
}

const ROUND_TEXT: Readonly<Record<Round, string>> = {
  r0: 'joined; waiting for the others',
  r1: 'roster checked, keys shared',
  r2: 'hidden input sent',
  r3: 'sets checked and signed',
  r4: 'shares that open the sum sent',
};

function describeReceipt({ number, log, problem }: Extract<ProgressEvent, { type: 'receipt' }>): string {
  if (log === null) return `warning: no receipt of session ${number}: ${problem?.code}: ${problem?.message}`;
  const by = log.witnesses.length === 0 ? '' : `, cosigned by ${log.witnesses.join(', ')}`;
  const without = log.missing.length === 0 ? '' : `; not in the record: ${log.missing.join(', ')}`;
  return `receipt of session ${number} kept: entry ${log.index} of the coordinator's log${by}${without}`;
}

/** Null: nothing worth a line. */
function describe(event: Exclude<ProgressEvent, { type: 'upload' }>): string | null {
  switch (event.type) {
    case 'waiting':
      return 'waiting for a session of the task …';
    case 'passedOver':
      return `session ${event.number} was announced, but this participant has already joined session ${event.last} of the task: it joins only later ones (was the coordinator restored from a backup? make a new task)`;
    case 'opened':
      return `session ${event.number}: ${event.participants} participants are invited`;
    case 'sparse':
      return `warning: only ${event.nonZero} of the ${event.length} coordinates of ${event.vector} are not zero; where nobody else has a value, the sum is yours (SECURITY.md, "Sparse vectors")`;
    case 'round':
      return `${event.round}: ${ROUND_TEXT[event.round]}`;
    case 'beacon':
      return `r1: waiting for round ${event.round} of the beacon, published at ${new Date(event.publishedMs).toISOString()}`;
    case 'held':
      return 'r2: waiting with the upload until nobody can complain about shares any more, or there is room';
    case 'complaint':
      return event.answered
        ? 'answered a complaint about a packet of shares'
        : 'a complaint was not answered';
    case 'receipt':
      return describeReceipt(event);
    case 'retry':
      return `${event.code}: trying again in ${(event.inMs / 1000).toFixed(1)} s`;
    default:
      return null;
  }
}
