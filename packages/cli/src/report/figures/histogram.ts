import { type PlotOptions, rectY, ruleX, ruleY, text } from '@observablehq/plot';
import type { Bin, Distribution } from '../data/distribution.ts';
import { percent, percentTick } from '../format.ts';
import { ACCENT, INK, MUTED, type Panel, ticksFor } from './figure.ts';

export interface Mark {
  readonly label: string;
  readonly value: number;
}

const MARGIN = { left: 40, right: 12 };
const LABEL_WIDTH_PX = 96;

/** How values are written: at the axis, and beside a mark. */
export interface ValueFormat {
  readonly tick: (x: number) => string;
  readonly mark: (x: number) => string;
}

const PERCENT: ValueFormat = { tick: percentTick, mark: percent };

/** Shares of the episodes by value; what lies below zero is grey. The marks are dashed lines with a label. */
export function histogram(
  alt: string,
  xLabel: string,
  data: Pick<Distribution, 'bins' | 'n'>,
  marks: readonly Mark[],
  format: ValueFormat = PERCENT,
): Panel {
  return { alt, options: (width) => options(width, xLabel, data, marks, format) };
}

function options(
  width: number,
  xLabel: string,
  { bins, n }: Pick<Distribution, 'bins' | 'n'>,
  marks: readonly Mark[],
  format: ValueFormat,
): PlotOptions {
  const low = bins[0]!.from;
  const high = bins.at(-1)!.to;
  const pixel = (x: number): number => MARGIN.left + ((x - low) / (high - low)) * (width - MARGIN.left - MARGIN.right);
  const bars = (data: readonly Bin[], fill: string) =>
    rectY(data, {
      x1: 'from',
      x2: 'to',
      y: ({ count }: Bin) => count / n,
      fill,
      inset: 0,
      insetLeft: 0.5,
      insetRight: 0.5,
    });
  const shown = marks.filter(({ value }) => value >= low && value <= high);
  return {
    height: width > 500 ? 300 : 260,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: 52,
    marginBottom: 42,
    x: {
      domain: [low, high],
      label: xLabel,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: ticksFor(
        width - MARGIN.left,
        [low, high].map((x) => format.tick(x)),
        9,
      ),
      tickFormat: format.tick,
      tickSize: 4,
    },
    y: { label: null, ticks: 4, tickFormat: (y: number) => percentTick(y), tickSize: 0, grid: true },
    marks: [
      bars(
        bins.filter(({ from }) => from >= 0),
        ACCENT,
      ),
      bars(
        bins.filter(({ from }) => from < 0),
        MUTED,
      ),
      ruleY([0], { stroke: INK, strokeOpacity: 0.5 }),
      ...(low < 0 && high > 0 ? [ruleX([0], { stroke: INK, strokeWidth: 1.2 })] : []),
      ...shown.map(({ value }, i) => ruleX([value], { stroke: INK, strokeDasharray: '3,3', insetTop: -rowOf(i) })),
      ...shown.map(({ label, value }, i) => {
        const place = anchor(pixel(value), width, i === shown.length - 1 && shown.length > 1);
        return text([`${label} ${format.mark(value)}`], {
          x: [value],
          frameAnchor: 'top',
          lineAnchor: 'bottom',
          textAnchor: place,
          dx: place === 'start' ? 4 : -4,
          dy: 6 - rowOf(i),
          fill: INK,
          stroke: 'var(--paper)',
          strokeWidth: 5,
        });
      }),
    ],
  };
}

/** Labels have rows of their own, so they never meet. */
function rowOf(i: number): number {
  return 42 - 16 * i;
}

function anchor(pixel: number, width: number, preferStart: boolean): 'start' | 'end' {
  const fitsStart = pixel + LABEL_WIDTH_PX < width;
  const fitsEnd = pixel > LABEL_WIDTH_PX;
  return (preferStart && fitsStart) || !fitsEnd ? 'start' : 'end';
}
