/** What blindsum must reach, what it reaches on one machine in one run, and what the best peer needs, as a table. */
import { blindsum } from './blindsum.mjs';

const PARTICIPANTS = 100;

/** All in one run, one after the other: figures of a busy machine do not compare, and neither do those of two runs. */
export async function measurePerformance(note) {
  const bench = async (flags, participants = PARTICIPANTS) => {
    note(`blindsum bench ${flags}`);
    return blindsum(`bench ${flags} --participants ${participants} --json`);
  };
  const all = await bench('all --length 1000000 --dropout 0.1');
  const more = await bench('unmask --length 1000000 --dropout 0.3');
  const short = await bench('upload --length 100000');
  const ring = await bench('unmask --suite masking/ring --neighbours 36 --length 100000 --dropout 0.1', 1000);
  const { memory } = await bench('memory --length 1000000,25000000', 3);
  const health = await bench('health --length 1000000 --dropout 0.1', 500);
  return { all, more, short, ring, memory, health };
}

export function performanceText({ all, more, short, ring, memory, health }) {
  const { stream, mask, share, unmask, upload } = all;
  const google = ({ peers }, index = 0) => peers[index];
  const rows = [
    [
      'engine: masks of 1,000,000 coordinates made and added, in a fresh process; to the keystream',
      '≥ 0.33, two threads ≥ 0.50',
      `**${stream.ratio[1]}**, two threads **${stream.ratio[2]}** (${stream.engineGBps[1]} and ${stream.engineGBps[2]} GB/s)`,
      number(1 / google(stream).ratio),
    ],
    [
      'participant r2: 1,000,000 coordinates, 100 participants',
      '≤ 3.5 × keystream',
      `**${mask.ratio[1]} ×**, two threads ${mask.ratio[2]} × (${ms(mask.seconds[1])} and ${ms(mask.seconds[2])})`,
      `${google(mask).ratio} × (${ms(google(mask).seconds)})`,
    ],
    ...[unmask, more].map((each, index) => [
      `coordinator, from shares to the decoded sum: 100 participants, ${each.dropped} dropped, 1,000,000 coordinates`,
      '≤ 3.5 × keystream, two threads ≥ 1.5 times as fast',
      `**${each.ratio[1]} ×** (${seconds(each.seconds[1])}), two threads ${number(each.seconds[1] / each.seconds[2])} times as fast`,
      `${google(each, index).ratio} × (${seconds(google(each, index).seconds)})`,
    ]),
    [
      `coordinator, a ring of ${ring.participants} with ${ring.neighbours} neighbours each, ${ring.dropped} dropped, 100,000 coordinates; of it secrets ${seconds(ring.secretsSeconds[1])}`,
      '≤ 3.5 × keystream',
      `**${ring.ratio[1]} ×** (${seconds(ring.seconds[1])}), two threads ${seconds(ring.seconds[2])}`,
      '1.18 s (Google)',
    ],
    [
      'participant r1: check the roster, deal, 198 agreements, seal, 100 participants; to 99 X25519 of node:crypto',
      '≤ 3 ×',
      `**${share.ratio} ×** (${ms(share.seconds)})`,
      ms(Math.min(...Object.values(share.peers))),
    ],
    [
      'signatures of the roster; to as many `crypto.verify`',
      '≤ 1.2 ×',
      `**${share.signatures.ratio} ×** (${ms(share.signatures.seconds)})`,
      '–',
    ],
    [
      'receive and add 100 inputs of 4 MB over TLS; to a bare grpc-js server that answers nothing',
      '≥ 0.80',
      `**${upload.ratio}** (${upload.megabytesPerSecond} MB/s)`,
      '–',
    ],
    ...memoryRow(upload),
    [
      'upload of a participant in all rounds, 100 participants, 100,000 coordinates of 32 bits; to its packed vector',
      '≤ 1.05 ×',
      `**${short.uploadExpansion} ×**`,
      '1.036 × (without signatures)',
    ],
    [
      'download of a participant in all rounds, besides model and aggregate',
      '≤ 48 KB',
      `**${kilobytes(short.downloadBytes)}**`,
      '–',
    ],
  ];
  rows.push(
    ...memory.map(({ participants, length, coordinator, participant, seconds: took }) => [
      `${participants} × ${length.toLocaleString('en')} coordinates through the whole service, each party a process: peak memory of coordinator; participant`,
      'goes through',
      `**${megabytes(coordinator.peakRssBytes)}** (idle ${megabytes(coordinator.idleRssBytes)}); **${megabytes(participant.peakRssBytes)}**; ${seconds(took)}`,
      '–',
    ]),
    [
      `gRPC health checks while ${health.streams.toLocaleString('en')} masks of 1,000,000 coordinates come off, ${health.participants} participants, ${health.dropped} dropped`,
      'each within 100 ms',
      `worst **${number(health.unmasking.worstMs)} ms**, median ${number(health.unmasking.medianMs)} ms`,
      '–',
    ],
  );
  return [
    '| work | must | this version | best peer |',
    '|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `Node ${all.node.slice(1)}; the keystream is that of \`openssl speed -evp aes-128-ctr\` in the same run, ${all.opensslGBps} GB/s. Peers were measured on another machine of that class (2 cores, AES-NI and VAES): their ratios compare, their seconds do not.`,
  ].join('\n');
}

function memoryRow({ coordinator }) {
  if (coordinator === undefined) return [];
  const { aboveIdleBytes, runningSumBytes } = coordinator;
  return [
    [
      'memory of the coordinator above idle meanwhile',
      `running sum + 64 MB = ${megabytes(runningSumBytes + 64e6)}`,
      `**${megabytes(aboveIdleBytes)}**`,
      '868 MB',
    ],
  ];
}

const number = (value) => String(Number(value.toPrecision(3)));
const ms = (value) => `${number(1000 * value)} ms`;
const seconds = (value) => `${number(value)} s`;
const kilobytes = (bytes) => `${Math.round(bytes / 1000)} KB`;
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
