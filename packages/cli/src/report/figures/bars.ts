import { barX, dot, type PlotOptions, ruleX, ruleY } from '@observablehq/plot';
import { ACCENT, INK, MUTED, type Panel, ticksFor } from './figure.ts';

const MARGIN_RIGHT = 16;

/** A mean with its confidence interval. */
export interface Bar {
  readonly name: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface BarAxis {
  readonly label: string;
  /** Writes the numbers at the axis. */
  readonly show: (x: number) => string;
}

/** Means one below the other, with their intervals; those below zero are grey. */
export function meanBars(alt: string, bars: readonly Bar[], axis: BarAxis): Panel {
  return { alt, options: (width) => options(width, bars, axis) };
}

function options(width: number, bars: readonly Bar[], { label, show }: BarAxis): PlotOptions {
  const marginLeft = Math.min(150, 12 + 7 * Math.max(...bars.map(({ name }) => name.length)));
  return {
    height: 34 * bars.length + 46,
    marginLeft,
    marginRight: MARGIN_RIGHT,
    marginTop: 4,
    marginBottom: 42,
    x: {
      label,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: ticksFor(
        width - MARGIN_RIGHT - marginLeft,
        [extent(bars, Math.min), extent(bars, Math.max)].map((x) => show(x)),
      ),
      tickFormat: (x: number) => show(x),
      nice: true,
      grid: true,
      tickSize: 0,
    },
    y: { domain: bars.map(({ name }) => name), label: null, tickSize: 0, padding: 0.45 },
    marks: [
      barX(
        bars.filter(({ mean }) => mean >= 0),
        { x: 'mean', y: 'name', fill: ACCENT },
      ),
      barX(
        bars.filter(({ mean }) => mean < 0),
        { x: 'mean', y: 'name', fill: MUTED },
      ),
      ruleY(bars, { x1: 'low', x2: 'high', y: 'name', stroke: INK, strokeWidth: 1.5 }),
      dot(bars, { x: 'mean', y: 'name', r: 2, fill: INK }),
      ruleX([0], { stroke: INK }),
    ],
  };
}

function extent(bars: readonly Bar[], outermost: (...values: number[]) => number): number {
  return outermost(0, ...bars.flatMap(({ mean, low, high }) => [mean, low, high]));
}
