/** Runs one benchmark or all of them, and puts what came out into words. */
import { benchMask, type MaskCost } from './mask.js';
import type { BenchOptions } from '../options.js';
import type { PeerFigure } from '../peers.js';
import { benchShare, type ShareCost } from './share.js';
import type { ByThreads } from '../spread.js';
import { benchStream, type StreamCost } from './stream.js';
import { benchUnmask, type UnmaskCost } from './unmask.js';
import { benchUpload, type UploadCost } from './upload.js';

interface Report {
  readonly json: unknown;
  readonly text: string;
}

const PARTS = {
  stream: async (options: BenchOptions) => report(await benchStream(options), describeStream),
  mask: async (options: BenchOptions) => report(await benchMask(options), describeMask),
  share: async (options: BenchOptions) => report(await benchShare(options), describeShare),
  unmask: async (options: BenchOptions) => report(await benchUnmask(options), describeUnmask),
  upload: async (options: BenchOptions) => report(await benchUpload(options), describeUpload),
};
type Part = keyof typeof PARTS;

export async function runParts(part: Part | 'all', options: BenchOptions): Promise<Report> {
  const names = part === 'all' ? (Object.keys(PARTS) as Part[]) : [part];
  const reports: [Part, Report][] = [];
  for (const name of names) reports.push([name, await PARTS[name](options)]);
  const { by, gigabytesPerSecond } = await yardstickOf(options);
  const machine = {
    node: process.version,
    opensslBy: by,
    opensslGBps: gigabytesPerSecond,
  };
  const [first] = reports;
  const json =
    part === 'all'
      ? { ...machine, ...Object.fromEntries(reports.map(([name, each]) => [name, each.json])) }
      : { ...machine, ...(first?.[1].json as object) };
  const reference = `keystream   ${gigabytesPerSecond} GB/s on one core, by ${by}`;
  return { json, text: [reference, ...reports.map(([, { text }]) => text)].join('\n') };
}

/** Some parts do not need it while they run. */
async function yardstickOf({ keystream }: BenchOptions): Promise<BenchOptions['keystream']['yardstick']> {
  if (keystream.isEmpty) await keystream.take();
  return keystream.yardstick;
}

const report = <T>(cost: T, describe: (cost: T) => string): Report => ({ json: cost, text: describe(cost) });

const describeStream = ({ length, engineGBps, ratio, peers }: StreamCost): string =>
  [
    `stream      masks of ${length} coordinates, made and added`,
    ...Object.keys(engineGBps).map(
      (threads) =>
        `  ${threadsOf(threads)}: ${engineGBps[threads]} GB/s = ${ratio[threads]} of the keystream`,
    ),
    ...peers.map((peer) => `  ${peer.system}: ${(1 / peer.ratio).toFixed(2)} of the keystream`),
  ].join('\n');

const describeMask = ({ participants, length, streams, ...cost }: MaskCost): string =>
  [
    `mask        ${length} coordinates, ${streams} masks (${participants} participants)`,
    ...times(cost.seconds, cost.ratio),
    ...cost.peers.map(peerLine),
  ].join('\n');

const describeUnmask = ({
  participants,
  neighbours,
  dropped,
  length,
  streams,
  ...cost
}: UnmaskCost): string =>
  [
    `unmask      ${length} coordinates, ${participants} participants with ${neighbours} neighbours, ${dropped} dropped: ${streams} masks; the sum is ${cost.sumExact ? 'exact' : 'WRONG'}`,
    ...times(cost.seconds, cost.ratio),
    `  of these secrets and agreements: ${Object.values(cost.secretsSeconds).map(milliseconds).join(', ')}`,
    ...cost.peers.map(peerLine),
  ].join('\n');

const describeShare = ({
  participants,
  seconds,
  x25519Seconds,
  ratio,
  signatures,
  peers,
}: ShareCost): string =>
  [
    `share       ${participants} participants`,
    `  deal, agree, seal: ${milliseconds(seconds)} = ${ratio} × bare X25519 (${milliseconds(x25519Seconds)})`,
    `  signatures of the roster: ${milliseconds(signatures.seconds)} = ${signatures.ratio} × bare checks (${milliseconds(signatures.verifySeconds)})`,
    ...Object.entries(peers).map(([system, each]) => `  ${system}: ${milliseconds(each)}`),
  ].join('\n');

const describeUpload = (cost: UploadCost): string =>
  [
    `upload      ${cost.participants} × ${cost.inputBytes} bytes over TLS, ${cost.atOnce} at once; the sum is ${cost.sumExact ? 'exact' : 'WRONG'}`,
    `  ${seconds(cost.seconds)}, ${cost.megabytesPerSecond} MB/s = ${cost.ratio} of a bare server (${seconds(cost.bareSeconds)})`,
    `  processor time: ${seconds(cost.serverCpuSeconds)}, of the bare server ${seconds(cost.bareServerCpuSeconds)}`,
    `  memory of the coordinator: ${mebibytes(cost.coordinator.aboveIdleBytes)} above ${mebibytes(cost.coordinator.idleRssBytes)}, of which the sum ${mebibytes(cost.coordinator.runningSumBytes)}`,
    `  a participant sends ${cost.uploadExpansion} × its packed vector in all rounds, and receives ${cost.downloadBytes} bytes beside the aggregate`,
  ].join('\n');

const times = (seconds: ByThreads<number>, ratio: ByThreads<number>): string[] =>
  Object.keys(seconds).map(
    (threads) =>
      `  ${threadsOf(threads)}: ${milliseconds(seconds[threads] ?? NaN)} = ${ratio[threads]} × bare keystream`,
  );

const peerLine = ({ system, work, seconds, ratio }: PeerFigure): string =>
  `  ${system}, ${work}: ${milliseconds(seconds)} on its machine = ${ratio} × bare keystream`;

const threadsOf = (threads: string): string => (threads === '1' ? '1 thread' : `${threads} threads`);
const seconds = (value: number): string => `${value} s`;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const milliseconds = (seconds: number): string => `${Number((seconds * 1000).toPrecision(3))} ms`;
