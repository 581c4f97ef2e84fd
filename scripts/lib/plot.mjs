/**
 * Draws numbers as lines over two axes, as one SVG file that a README can show: no scripts, the same bytes for the same
 * numbers. Series differ in marker and dash as well, so that nothing depends on a colour; what a plot shows has to stand in
 * a table beside it. plot.d.mts says what can be drawn.
 */
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([GridComponent, LegendComponent, LineChart, MarkLineComponent, SVGRenderer, TitleComponent]);

/** Told apart by people who see few colours, and in print. */
const COLOURS = ['#0b5394', '#b45f06', '#38761d', '#741b47', '#444444', '#990000'];
const MARKERS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect'];
const DASHES = ['solid', [6, 3], [2, 2], [9, 3, 2, 3], [12, 4], [1, 3]];
const INK = '#222222';
const PALE = '#dddddd';
const FONT = 'sans-serif';

/** About what fits into a line of the legend. */
const LEGEND_CHARACTERS = 76;
const LEGEND_LINE = 24;

export function plotSvg({ title, x, y, series, marks = [], width = 760, height = 460 }) {
  const names = series.map(({ name }) => name);
  const legendLines = Math.ceil(names.map((name) => `${name}12345678`).join('').length / LEGEND_CHARACTERS);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      title: {
        text: title,
        left: 'center',
        top: 8,
        textStyle: { fontSize: 15, color: INK, fontFamily: FONT },
      },
      legend: {
        data: names,
        bottom: 4,
        itemWidth: 40,
        itemGap: 32,
        textStyle: { color: INK, fontFamily: FONT },
      },
      grid: { left: 84, right: 40, top: 52, bottom: 56 + LEGEND_LINE * legendLines },
      xAxis: axis(x, 32),
      yAxis: axis(y, 56),
      series: [
        ...series.map((each, index) => measured(each, index, index === 0 ? marks : [])),
        ...series.flatMap((each, index) => (each.fit === undefined ? [] : [fitted(each, index)])),
      ],
    });
    return still(chart.renderToSVGString(), title);
  } finally {
    chart.dispose();
  }
}

const axis = ({ title, log = false, min, max }, nameGap) => ({
  type: log ? 'log' : 'value',
  name: title,
  nameLocation: 'middle',
  ...{ nameGap, min, max },
  nameTextStyle: { fontSize: 13, color: INK, fontFamily: FONT },
  axisLine: { show: true, lineStyle: { color: INK } },
  axisLabel: { color: INK, fontFamily: FONT, formatter: log ? powerOfTen : plainNumber },
  splitLine: { show: true, lineStyle: { color: PALE } },
});

const plainNumber = (value) => String(value);

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
function powerOfTen(value) {
  const exponent = Math.round(Math.log10(value));
  if (exponent >= -3 && exponent <= 4) return String(value);
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[digit]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

const pick = (list, index) => list[index % list.length];

const measured = ({ name, points, fit }, index, marks) => ({
  ...{ type: 'line', name, data: points, showAllSymbol: true },
  symbol: pick(MARKERS, index),
  symbolSize: 8,
  itemStyle: { color: pick(COLOURS, index) },
  lineStyle: { color: pick(COLOURS, index), width: fit === undefined ? 2 : 0, type: pick(DASHES, index) },
  markLine: {
    symbol: 'none',
    lineStyle: { color: INK, type: 'dashed' },
    data: marks.map(({ x, label }) => ({
      xAxis: x,
      label: { formatter: label, position: 'insideEndTop', color: INK, fontFamily: FONT },
    })),
  },
});

const fitted = ({ name, fit }, index) => ({
  ...{ type: 'line', name, data: fit, symbol: 'none' },
  lineStyle: { color: pick(COLOURS, index), width: 1.5, type: pick(DASHES, index) },
});

/** Without what is for a pointer, or counts the plots of a process. */
function still(svg, title) {
  const named = svg.replace('<svg ', `<svg role="img" aria-label="${escaped(title)}" `);
  return named
    .replace(/<style[^]*?<\/style>\n?/g, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, 'plot-')
    .replace(/<defs >/g, '<defs>')
    .trimEnd()
    .concat('\n');
}

const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
