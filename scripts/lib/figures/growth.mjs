/**
 * How cost grows with participants and with coordinates: measured by `blindsum simulate`, fitted by a power law (least
 * squares of the logarithms), as a table and two plots.
 */
import { plotSvg } from '../plot.mjs';
import { blindsum } from './blindsum.mjs';

const PARTICIPANTS = [10, 20, 50, 100, 200];
const LENGTHS = [1e3, 1e4, 1e5, 1e6, 1e7];
/** What the other number is, so that each step costs seconds. */
const FIXED = { participants: 10, length: 100_000 };
const DROPOUT = 0.1;
const RUNS = 3;

/** Long enough for the vectors to be what costs, where both numbers matter. */
const LONG = 1e5;

export async function measureGrowth(note) {
  const byParticipants = [];
  for (const participants of PARTICIPANTS)
    byParticipants.push(await medianRun({ participants, length: FIXED.length }, note));
  const byLength = [];
  for (const length of LENGTHS)
    byLength.push(await medianRun({ participants: FIXED.participants, length }, note));
  return { node: process.version, dropout: DROPOUT, runs: RUNS, byParticipants, byLength };
}

async function medianRun({ participants, length }, note) {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) {
    note(`${participants} participants, ${length} coordinates`);
    const flags = `simulate --participants ${participants} --length ${length} --dropout ${DROPOUT} --json`;
    const { exact, seconds } = await blindsum(flags);
    if (!exact) throw new Error(`${flags}: the sum is wrong`);
    runs.push(seconds);
  }
  const median = (name) => runs.map((seconds) => seconds[name]).sort((a, b) => a - b)[Math.floor(RUNS / 2)];
  const [share, mask, unmask] = ['clientShare', 'clientMask', 'coordinatorUnmask'].map(median);
  return { participants, length, share, mask, unmask };
}

/** y = factor · x^exponent. @param points at least two, with both numbers above 0 */
export function fitPower(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (index) => logs.reduce((sum, each) => sum + each[index], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const along = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const exponent = along / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return { exponent, factor: Math.exp(meanY - exponent * meanX) };
}

const WORK = [
  { name: 'share', title: 'participant, r1: check the roster, deal, agree, seal' },
  { name: 'mask', title: 'participant, r2: open shares, mask' },
  { name: 'unmask', title: 'coordinator: unmask' },
];

const AXES = {
  byParticipants: {
    x: 'participants',
    number: ({ participants }) => participants,
    from: 0,
    title: ({ byParticipants: [{ length }] }) => `Time against participants, ${length} coordinates`,
  },
  byLength: {
    x: 'coordinates',
    number: ({ length }) => length,
    // Below, what does not depend on the length is most of it.
    from: LONG,
    title: ({ byLength: [{ participants }] }) => `Time against coordinates, ${participants} participants`,
  },
};

function seriesOf(growth, kind) {
  const { number, from } = AXES[kind];
  return WORK.map(({ name, title }) => {
    const points = growth[kind].map((row) => [number(row), row[name]]);
    const fitted = points.filter(([x]) => x >= from);
    const { exponent, factor } = fitPower(fitted);
    const ends = [fitted.at(0), fitted.at(-1)].map(([x]) => [x, factor * x ** exponent]);
    return { name, title, points, exponent, ends };
  });
}

/** @returns names of files below docs/ and what is in them */
export function growthPlots(growth) {
  return Object.fromEntries(
    Object.entries(AXES).map(([kind, { x, title }]) => [
      `growth-${x}.svg`,
      plotSvg({
        title: `${title(growth)}, ${100 * growth.dropout} % dropped`,
        x: { title: x, log: true },
        y: { title: 'seconds', log: true },
        series: seriesOf(growth, kind).map(({ title, points, exponent, ends }) => ({
          name: `${title} (exponent ${exponent.toFixed(2)})`,
          points,
          fit: ends,
        })),
        height: 540,
      }),
    ]),
  );
}

export function growthText(growth) {
  const rows = [...growth.byParticipants, ...growth.byLength].map(
    ({ participants, length, share, mask, unmask }) =>
      `| ${participants} | ${length.toLocaleString('en')} | ${[share, mask, unmask].map(milliseconds).join(' | ')} |`,
  );
  const exponents = (kind) =>
    seriesOf(growth, kind)
      .map(({ exponent }) => exponent.toFixed(2))
      .join(' | ');
  return [
    `| participants | coordinates | ${WORK.map(({ title }) => title).join(' | ')} |`,
    '|---|---|---|---|---|',
    ...rows,
    `| exponent in participants | | ${exponents('byParticipants')} |`,
    `| | exponent in coordinates, from ${LONG.toLocaleString('en')} | ${exponents('byLength')} |`,
  ].join('\n');
}

const milliseconds = (seconds) => `${Number((1000 * seconds).toPrecision(3))} ms`;
