/**
 * Receiving masked inputs and adding them to the sum, over TLS: a session with a connection for each participant, one upload
 * after the other. Beside it a server of bare grpc-js that takes as many calls with chunks of the same size and answers with
 * nothing. Client and server share this process in both.
 */
import { NO_DROPOUT } from '../simulate/dropout.js';
import { measureSession } from '../simulate/run.js';
import { bareUploadSeconds } from './bare/upload.js';
import { type BenchOptions, BITS, COORDINATE_BYTES, SUITE } from './options.js';
import { median } from '../median.js';
import { rounded, type Spread, spreadOf } from './spread.js';

export interface UploadCost {
  readonly participants: number;
  readonly length: number;
  /** Of one participant's masked input. */
  readonly inputBytes: number;
  /** One upload, from its header to the answer that it is in the sum; median over participants. */
  readonly seconds: number;
  readonly spread: Spread;
  readonly bareSeconds: number;
  /** Throughput to that of the bare server. */
  readonly ratio: number;
  /** All rounds of a participant to its packed vector. */
  readonly uploadExpansion: number;
  /** Of a participant: all rounds, the receipt, and neither model nor aggregate. */
  readonly downloadBytes: number;
  readonly megabytesPerSecond: number;
}

export async function benchUpload(options: BenchOptions): Promise<UploadCost> {
  const { participants, length, signal, onPart } = options;
  onPart(`upload: ${participants} participants, ${length} coordinates, over TLS`);
  const { members, inputBytes } = await measureSession({
    ...{ suite: SUITE, participants, length, bits: BITS, dropout: NO_DROPOUT, transport: 'grpc' },
    ...{ seed: 'bench', signal },
  });
  onPart('upload: a bare server');
  const bare = await bareUploadSeconds({ uploads: participants, bytes: inputBytes, signal });
  const spread = spreadOf(members.flatMap(({ uploadMs }) => (uploadMs === null ? [] : [uploadMs / 1000])));
  const up = median(members.map(({ bytes }) => bytes.up));
  const down = median(members.map(({ bytes }) => bytes.down));
  return {
    ...{ participants, length, inputBytes },
    seconds: spread.median,
    spread,
    bareSeconds: rounded(bare),
    ratio: rounded(bare / spread.median),
    uploadExpansion: Number((up / inputBytes).toFixed(4)),
    downloadBytes: Math.round(down - length * COORDINATE_BYTES),
    megabytesPerSecond: rounded(inputBytes / spread.median / 1e6),
  };
}
