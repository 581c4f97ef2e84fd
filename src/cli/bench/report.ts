/** The costs of suites side by side, as text. */
import type { SuiteCost } from './suites.js';

const milliseconds = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`;

export function describeCosts(costs: readonly SuiteCost[]): string {
  const rows: [string, (cost: SuiteCost) => string][] = [
    ['', ({ suite, encoding }) => (suite === 'masking/complete' ? suite : `${suite} (${encoding})`)],
    ['upload, bytes per coordinate', (cost) => cost.uploadBytesPerCoordinate.toFixed(2)],
    ['share for each other participant, bytes', (cost) => String(cost.shareBytesPerPeer)],
    ['answer in r4, bytes', (cost) => String(cost.answerBytes)],
    ['error of a sum of values within ±1, at most', (cost) => cost.errorBound.toExponential(1)],
    ['participant: deal', ({ seconds }) => milliseconds(seconds.deal.median)],
    ['participant: mask or encrypt', ({ seconds }) => milliseconds(seconds.hide.median)],
    ['coordinator: add one upload', ({ seconds }) => milliseconds(seconds.add.median)],
    ['coordinator: open the sum', ({ seconds }) => milliseconds(seconds.open.median)],
  ];
  const cells = rows.map(([name, cell]) => [name, ...costs.map(cell)]);
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length))) ?? [];
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
