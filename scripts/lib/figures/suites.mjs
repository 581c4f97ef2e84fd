/**
 * What one participant costs in `masking/complete` and in `masking/ring`, against how many there are, by `blindsum plan`:
 * as a table and two plots with the number from which on there is a ring.
 */
import { plotSvg } from '../plot.mjs';
import { blindsum } from './blindsum.mjs';

const PARTICIPANTS = [50, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10_000];
const RATE = 0.1;
const LENGTH = 100_000;
const SUITES = ['masking/complete', 'masking/ring'];

export async function measureSuites(note) {
  const rows = [];
  for (const participants of PARTICIPANTS) {
    note(`blindsum plan of ${participants} participants`);
    const [complete, ring] = await Promise.all(SUITES.map((suite) => costOf(suite, participants)));
    rows.push({ participants, complete, ring });
  }
  return { node: process.version, rate: RATE, length: LENGTH, ringFrom: await ringFrom(), rows };
}

/** Null where there is no such session. Bytes are those beside input and aggregate. */
async function costOf(suite, participants) {
  const flags = `plan --suite ${suite} --participants ${participants} --adversarial ${RATE} --dropout ${RATE} --length ${LENGTH}`;
  const { feasible, k, perParticipant } = await blindsum(`${flags} --json`);
  if (!feasible) return null;
  const { uploadBytes, downloadBytes, inputBytes, maskSeconds } = perParticipant;
  return { k, up: uploadBytes - inputBytes, down: downloadBytes - inputBytes, maskSeconds };
}

/** The least number of participants, in steps of ten, of whom a ring is sparser than half. */
async function ringFrom() {
  for (let participants = 10; ; participants += 10) {
    if ((await costOf('masking/ring', participants)) !== null) return participants;
  }
}

const PLOTS = {
  bytes: {
    title: 'Bytes of one participant beside input and aggregate',
    y: 'bytes, sent and received',
    value: ({ up, down }) => up + down,
  },
  seconds: {
    title: `Masking ${LENGTH.toLocaleString('en')} coordinates, one thread`,
    y: 'seconds',
    value: ({ maskSeconds }) => maskSeconds,
  },
};

/** @returns names of files below docs/ and what is in them */
export function suitesPlots({ rows, ringFrom: from, rate }) {
  return Object.fromEntries(
    Object.entries(PLOTS).map(([name, { title, y, value }]) => [
      `suites-${name}.svg`,
      plotSvg({
        title: `${title}; ${100 * rate} % may collude, ${100 * rate} % drop out`,
        x: { title: 'participants', log: true },
        y: { title: y, log: true },
        series: ['complete', 'ring'].map((suite) => ({
          name: `masking/${suite}`,
          points: rows.flatMap((row) => (row[suite] === null ? [] : [[row.participants, value(row[suite])]])),
        })),
        marks: [{ x: from, label: `a ring from ${from} on` }],
      }),
    ]),
  );
}

export function suitesText({ rows, ringFrom: from }) {
  const cells = (cost) =>
    cost === null
      ? ['–', '–', '–', '–']
      : [
          String(cost.k),
          kilobytes(cost.up),
          kilobytes(cost.down),
          `${Math.round(1000 * cost.maskSeconds)} ms`,
        ];
  return [
    '| participants | complete: neighbours | sends | receives | masks | ring: neighbours | sends | receives | masks |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map(
      ({ participants, complete, ring }) =>
        `| ${participants.toLocaleString('en')} | ${[...cells(complete), ...cells(ring)].join(' | ')} |`,
    ),
    '',
    `From ${from} participants on there is a ring, and wherever there is one it costs less, having fewer neighbours than half of all. Up to 100, \`suite: auto\` takes \`masking/complete\` all the same: it rests on no random order.`,
    '',
    ...Object.entries(PLOTS).map(([name, { title }]) => `![${title}](docs/suites-${name}.svg)\n`),
  ].join('\n');
}

const kilobytes = (bytes) => `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
