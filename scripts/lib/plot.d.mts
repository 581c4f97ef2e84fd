export interface Axis {
  /** With the unit: 'participants', 'seconds of one core'. */
  readonly title: string;
  /** Logarithmic; every number on it must be above 0. */
  readonly log?: boolean;
  /** Where the axis begins and ends; else as the numbers need. On a logarithmic one, powers of ten. */
  readonly min?: number;
  readonly max?: number;
}

export type Point = readonly [x: number, y: number];

export interface Series {
  /** In the legend. */
  readonly name: string;
  /** Sorted by x. Joined by a line, unless there is a fit. */
  readonly points: readonly Point[];
  /** A curve fitted to the points: what is drawn instead of their line. */
  readonly fit?: readonly Point[];
}

export interface Plot {
  /** Also read out in place of the picture. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** At most six can be told apart. */
  readonly series: readonly Series[];
  /** Dashed lines across, with what they mean: where two series cross, where a limit is. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  /** Pixels; 760 × 460 unless told. */
  readonly width?: number;
  readonly height?: number;
}

/**
 * @returns the text of an SVG file, the same for the same plot.
 * @example plotSvg({
 *   title: 'Time of a participant',
 *   x: { title: 'participants', log: true },
 *   y: { title: 'seconds', log: true },
 *   series: [{ name: 'masking/complete', points: [[10, 0.1], [100, 1]] }, { name: 'masking/ring', points: [[10, 0.4], [100, 0.5]] }],
 *   marks: [{ x: 45, label: 'they cross at 45' }],
 * })
 */
export function plotSvg(plot: Plot): string;
