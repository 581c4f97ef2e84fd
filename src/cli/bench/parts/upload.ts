/**
 * Receiving masked inputs and adding them to the sum, over TLS. The coordinator is a process of its own, the participants
 * share this one: each with the client library, a connection of its own and its masked input ready. Measured is from the
 * first header to the answer that the last upload is in the sum.
 *
 * Beside it a server of bare grpc-js, likewise a process of its own, and as many connections from this process: it takes as
 * many chunks of the same size and answers each with nothing. Both send as many uploads at once. They take turns, so that
 * whatever else the machine does meanwhile happens to both.
 */
import { createNodeEngine } from '../../../../crypto/engine/node.js';
import { uploadBytes } from '../../../protocol/suite.js';
import { median } from '../../median.js';
import { letHeapGrow } from '../../heap-growth.js';
import { type BareUploads, prepareBareUploads } from '../bare/upload.js';
import { type BenchOptions, COORDINATE_BYTES } from '../options.js';
import { type PreparedUploads, prepareUploads } from '../service/prepared-uploads.js';
import { exactness, scene } from '../service/scene.js';
import { type Service, startService } from '../service/service.js';
import { rounded } from '../spread.js';

export interface UploadCost {
  readonly participants: number;
  readonly length: number;
  /** Of one participant's masked input. */
  readonly inputBytes: number;
  /** Uploads on their way at a time. */
  readonly atOnce: number;
  /** All uploads. */
  readonly seconds: number;
  readonly bareSeconds: number;
  /** Throughput to that of the bare server. */
  readonly ratio: number;
  /** Processor time of the two servers for all uploads. */
  readonly serverCpuSeconds: number;
  readonly bareServerCpuSeconds: number;
  readonly megabytesPerSecond: number;
  /** All rounds of a participant to its packed vector. */
  readonly uploadExpansion: number;
  /** Of a participant: all rounds, the receipt, and neither model nor aggregate. */
  readonly downloadBytes: number;
  readonly coordinator: CoordinatorMemory;
  /** The sum is that of the inputs. */
  readonly sumExact: boolean;
}

/** Of the coordinator's process. */
export interface CoordinatorMemory {
  /** With all participants connected, before the first upload. */
  readonly idleRssBytes: number;
  /** The most until the last upload is in the sum. */
  readonly peakRssBytes: number;
  readonly runningSumBytes: number;
  readonly aboveIdleBytes: number;
}

/** In how many turns. */
const TURNS = 5;
/** Half of what a coordinator stages by default, at a million coordinates. */
const AT_ONCE = 4;

export async function benchUpload(options: BenchOptions): Promise<UploadCost> {
  const { participants, length, signal, onPart } = options;
  // Both sides share this process with everything that a hundred participants keep.
  letHeapGrow();
  const seed = 'bench';
  const { inputs, setup } = scene({ seed, participants, length });
  const inputBytes = uploadBytes(setup.suite, setup.task.task);
  onPart(`upload: ${participants} participants, ${length} coordinates, over TLS`);
  const engine = createNodeEngine();
  const opened: { close(): Promise<void> }[] = [engine];
  try {
    const service = await startService(setup, seed);
    opened.unshift(service);
    const uploads = await prepareUploads(service, { setup, inputs, engine, signal });
    opened.unshift(uploads);
    const bare = await prepareBareUploads(participants, inputBytes);
    opened.unshift(bare);
    onPart('upload: in turns with a bare server');
    const measured = await measure({ service, uploads, bare }, participants, signal);
    onPart('upload: the other rounds');
    const members = await uploads.finish();
    const up = median(members.map((member) => member.up));
    const down = median(members.map((member) => member.down));
    return {
      ...{ participants, length, inputBytes, atOnce: AT_ONCE },
      ...measured,
      coordinator: {
        ...measured.coordinator,
        runningSumBytes: setup.suite.accumulator(setup.task.task).byteLength,
      },
      megabytesPerSecond: rounded((participants * inputBytes) / measured.seconds / 1e6),
      uploadExpansion: Number((up / inputBytes).toFixed(4)),
      downloadBytes: Math.round(down - length * COORDINATE_BYTES),
      sumExact: members.map(({ sums }) => sums).every(exactness(inputs, participants)),
    };
  } finally {
    for (const one of opened) await one.close();
  }
}

interface Sides {
  readonly service: Service;
  readonly uploads: PreparedUploads;
  readonly bare: BareUploads;
}

async function measure({ service, uploads, bare }: Sides, participants: number, signal: AbortSignal) {
  const [before, bareBefore] = [await service.usage(), await bare.usage()];
  let [seconds, bareSeconds] = [0, 0];
  for (let turn = 0; turn < TURNS; turn += 1) {
    signal.throwIfAborted();
    const from = Math.round((turn / TURNS) * participants);
    const count = Math.round(((turn + 1) / TURNS) * participants) - from;
    bareSeconds += await secondsOf(() => bare.send(count, AT_ONCE));
    seconds += await secondsOf(() => uploads.send(count, AT_ONCE));
  }
  const [after, bareAfter] = [await service.usage(), await bare.usage()];
  return {
    seconds: rounded(seconds),
    bareSeconds: rounded(bareSeconds),
    ratio: rounded(bareSeconds / seconds),
    serverCpuSeconds: rounded(after.cpuSeconds - before.cpuSeconds),
    bareServerCpuSeconds: rounded(bareAfter.cpuSeconds - bareBefore.cpuSeconds),
    coordinator: {
      idleRssBytes: before.rssBytes,
      peakRssBytes: after.peakRssBytes,
      aboveIdleBytes: after.peakRssBytes - before.rssBytes,
    },
  };
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}
