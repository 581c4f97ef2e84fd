/**
 * Bar charts as SVG without scripts. What a chart shows stands in a table beside it, too: it can be read without seeing it,
 * and every bar has its numbers written on it, so that nothing depends on a colour.
 */
import { type Html, html, NOTHING } from './html.js';

export interface Bar {
  readonly label: string;
  readonly parts: readonly { readonly name: string; readonly value: number; readonly tone: Tone }[];
  /** A mark across the bar; null: none. */
  readonly mark: number | null;
}

/** Classes of the style sheet. */
export type Tone = 'main' | 'second' | 'pale';

const ROW = 26;
const BAR = 16;
const LEFT = 190;
const WIDTH = 420;
const RIGHT = 110;
const TOP = 8;

/** @param title what is shown; read out in place of the picture */
export function bars(title: string, rows: readonly Bar[]): Html {
  if (rows.length === 0) return NOTHING;
  const largest = Math.max(1, ...rows.map(({ parts, mark }) => Math.max(total(parts), mark ?? 0)));
  const width = LEFT + WIDTH + RIGHT;
  const height = TOP + rows.length * ROW + TOP;
  return html`<figure>
    <figcaption>${title}</figcaption>
    ${legend(rows)}
    <div class="scroll" tabindex="0" role="region" aria-label="${title}">
      <svg
        viewBox="0 0 ${width} ${height}"
        width="${width}"
        height="${height}"
        role="img"
        aria-label="${title}"
      >
        ${rows.map((row, index) => bar(row, TOP + index * ROW, WIDTH / largest))}
      </svg>
    </div>
  </figure>`;
}

const total = (parts: Bar['parts']): number => parts.reduce((sum, { value }) => sum + value, 0);

function bar({ label, parts, mark }: Bar, top: number, scale: number): Html {
  const middle = top + BAR / 2 + 4;
  const numbers = parts.map(({ value }) => value).join(' + ');
  let left = LEFT;
  const drawn = parts.map(({ name, value, tone }) => {
    const from = left;
    left += value * scale;
    return html`<rect
      class="${tone}"
      x="${round(from)}"
      y="${top}"
      width="${round(value * scale)}"
      height="${BAR}"
    >
      <title>${label}: ${value} ${name}</title>
    </rect>`;
  });
  const at = mark === null ? 0 : round(LEFT + mark * scale);
  const line =
    mark === null
      ? NOTHING
      : html`<line class="mark" x1="${at}" x2="${at}" y1="${top - 3}" y2="${top + BAR + 3}" />`;
  const end = Math.max(left, at);
  return html`<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${label}</text>
    ${drawn} ${line}
    <text x="${round(end + 6)}" y="${middle}">${numbers}</text>`;
}

/** Only where a bar has several parts. */
function legend(rows: readonly Bar[]): Html {
  const parts = rows.find((row) => row.parts.length > 1)?.parts ?? [];
  if (parts.length === 0) return NOTHING;
  return html`<p class="legend">
    ${parts.map(({ name, tone }) => html`<span><i class="${tone}"></i> ${name}</span>`)}
  </p>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
