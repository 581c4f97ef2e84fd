/** Plots of the README: what is in the SVG that scripts/lib/plot.mjs draws. */
import { expect, test } from '@jest/globals';
import { plotSvg } from '../../../scripts/lib/plot.mjs';
import type { Plot } from '../../../scripts/lib/plot.d.mts';

const PLOT: Plot = {
  title: 'time & "length"',
  x: { title: 'coordinates', log: true },
  y: { title: 'seconds', log: true },
  series: [
    {
      name: 'participant',
      points: [
        [1000, 0.01],
        [100_000, 1],
      ],
    },
    {
      name: 'coordinator',
      points: [
        [1000, 0.1],
        [100_000, 2],
      ],
      fit: [
        [1000, 0.1],
        [100_000, 2],
      ],
    },
  ],
  marks: [{ x: 10_000, label: 'they cross' }],
};

const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

test('a plot names its axes and series, marks what it is told, and labels powers of ten', () => {
  const texts = textsOf(plotSvg(PLOT));
  for (const text of ['coordinates', 'seconds', 'participant', 'coordinator', 'they cross', '10⁵', '0.01'])
    expect(texts).toContain(text);
});

test('equal steps of a logarithmic axis are equal factors', () => {
  const { series, ...rest } = PLOT;
  const [points] = series.map((each) => each.points);
  const svg = plotSvg({ ...rest, marks: [], series: [{ name: 'a', points: points ?? [] }] });
  const [, fromX, fromY, toX, toY] = (
    /d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"[^>]*stroke="#0b5394"/.exec(svg) ?? []
  ).map(Number);
  const at = Object.fromEntries(
    [...svg.matchAll(/translate\(([\d.]+) [\d.]+\)" fill="#222222">(1000|10000|10⁵)</g)].map(
      ([, x, label]) => [label, Number(x)],
    ),
  );
  expect([fromX, toX]).toEqual([at['1000'], at['10⁵']]);
  expect(at['10000']).toBeCloseTo(((fromX ?? NaN) + (toX ?? NaN)) / 2, 0);
  expect(fromY).toBeGreaterThan(toY ?? NaN);
});

test('it runs nothing, is read out by its title, and is the same each time', () => {
  const svg = plotSvg(PLOT);
  expect(svg).toContain('role="img" aria-label="time &#38; &#34;length&#34;"');
  expect(svg).not.toMatch(/<script|<style|onload|href="?http/i);
  expect(plotSvg(PLOT)).toBe(svg);
});
