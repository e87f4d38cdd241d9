import { cell, type PlotOptions, text } from '@observablehq/plot';
import { ACCENT, INK, MUTED, type Panel } from '../../report/figures/figure.ts';

/** One combination of two parameters. */
export interface SurfacePoint {
  readonly x: string;
  readonly y: string;
  /** Gain over the benchmark: more is better. */
  readonly gain: number;
  readonly isBetter: boolean;
}

export interface SurfaceAxes {
  readonly x: string;
  readonly y: string;
  /** In the order in which they are drawn. */
  readonly xs: readonly string[];
  readonly ys: readonly string[];
}

const LABELS = { wide: 14, narrow: 6 } as const;
const HIGHEST_PX = 22;

/** Gains over a grid: the stronger a cell, the farther from the benchmark; grey ones are worse, framed ones declared better. */
export function surface(alt: string, points: readonly SurfacePoint[], axes: SurfaceAxes): Panel {
  return { alt, options: (width) => options(width, points, axes) };
}

function options(width: number, points: readonly SurfacePoint[], { x, y, xs, ys }: SurfaceAxes): PlotOptions {
  const most = Math.max(...points.map(({ gain }) => Math.abs(gain)), Number.MIN_VALUE);
  const strength = ({ gain }: SurfacePoint): number => Math.abs(gain) / most;
  const labels = width > 500 ? LABELS.wide : LABELS.narrow;
  const height = Math.min(HIGHEST_PX, Math.max(6, 460 / ys.length)) * ys.length + 70;
  return {
    ...{ height, marginLeft: 58, marginRight: 12, marginTop: 26, marginBottom: 44, padding: 0.04 },
    x: { domain: xs, label: x, labelAnchor: 'center', labelArrow: 'none', ticks: spaced(xs, labels), tickSize: 0 },
    y: { domain: ys, label: null, ticks: spaced(ys, labels), tickSize: 0 },
    marks: [
      text([y], { frameAnchor: 'top-left', dx: -50, dy: -20, lineAnchor: 'top', fill: INK, fontWeight: 600 }),
      cell(
        points.filter(({ gain }) => gain >= 0),
        { x: 'x', y: 'y', fill: ACCENT, fillOpacity: strength },
      ),
      cell(
        points.filter(({ gain }) => gain < 0),
        { x: 'x', y: 'y', fill: MUTED, fillOpacity: strength },
      ),
      cell(
        points.filter(({ isBetter }) => isBetter),
        { x: 'x', y: 'y', fill: 'none', stroke: INK, strokeWidth: 1.5 },
      ),
    ],
  };
}

/** Some of the values, evenly spaced. */
function spaced(values: readonly string[], most: number): string[] {
  const every = Math.ceil(values.length / most);
  return values.filter((_, i) => i % every === 0);
}
