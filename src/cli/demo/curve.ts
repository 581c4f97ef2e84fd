/** A small curve in one line of text. */
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One bar per value, from `low` (lowest bar) to `high` (highest); values outside are cut. */
export function curve(values: readonly number[], low: number, high: number): string {
  return values
    .map((value) => {
      const place = Math.floor(((value - low) / (high - low)) * BARS.length);
      return BARS[Math.max(0, Math.min(BARS.length - 1, Number.isFinite(place) ? place : 0))] ?? '';
    })
    .join('');
}
