import { areaY, lineY, type PlotOptions, ruleY, text } from '@observablehq/plot';
import type { FanPoint } from '../data/fan.ts';
import { amount, timeUnit } from '../format.ts';
import { ACCENT, INK, type Panel } from './figure.ts';

const MARGIN = { top: 20, bottom: 42 };
const LABELS = [
  ['q95', '95 %'],
  ['q75', '75 %'],
  ['q50', 'median'],
  ['q25', '25 %'],
  ['q05', '5 %'],
] as const;
const LABEL_HEIGHT_PX = 14;
/** From this ratio of greatest to least on, equal factors are equal distances. */
const LOG_RATIO = 30;

/** One curve over a fan. */
export interface FanLine {
  readonly points: readonly { readonly timeMs: number; readonly value: number }[];
  readonly stroke: string;
  readonly width: number;
}

/** Bands of the equity or of a price of all episodes over simulated time; dashed: where they began. */
export function fan(alt: string, points: readonly FanPoint[], level: number, lines: readonly FanLine[] = []): Panel {
  return { alt, options: (width) => options(width, points, level, lines) };
}

export function isLogarithmic(points: readonly FanPoint[]): boolean {
  const least = Math.min(...points.map(({ q05 }) => q05));
  return least > 0 && Math.max(...points.map(({ q95 }) => q95)) / least > LOG_RATIO;
}

function options(width: number, points: readonly FanPoint[], level: number, lines: readonly FanLine[]): PlotOptions {
  const last = points.at(-1)!;
  const unit = timeUnit(last.timeMs);
  const x = ({ timeMs }: FanPoint): number => timeMs / unit.ms;
  const drawn = lines.flatMap((line) => line.points.map(({ value }) => value));
  const isLog = isLogarithmic(points) && drawn.every((value) => value > 0);
  const [low, high] = domainOf(points, level, drawn, isLog);
  const pad = isLog || high > low ? 0 : 0.01 * (Math.abs(level) || 1);
  const height = width > 500 ? 360 : 300;
  const labels = dodge(
    LABELS.map(([key, name]) => ({ name, value: last[key] })),
    (value) => share(value, low - pad, high + pad, isLog) * (height - MARGIN.top - MARGIN.bottom),
  );
  return {
    height,
    marginLeft: 62,
    marginRight: 54,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: {
      domain: [0, x(last)],
      label: `simulated time, ${unit.name}`,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: width > 500 ? 8 : 4,
      tickSize: 4,
    },
    y: {
      type: isLog ? 'log' : 'linear',
      domain: [low - pad, high + pad],
      label: null,
      ticks: 5,
      tickSize: 0,
      grid: true,
      tickFormat: amount,
    },
    marks: [
      areaY(points, { x, y1: 'q05', y2: 'q95', fill: ACCENT, fillOpacity: 0.15 }),
      areaY(points, { x, y1: 'q25', y2: 'q75', fill: ACCENT, fillOpacity: 0.25 }),
      ruleY([level], { stroke: INK, strokeDasharray: '3,3' }),
      ...lines.map(({ points: curve, stroke, width: strokeWidth }) =>
        lineY(curve, {
          x: ({ timeMs }) => timeMs / unit.ms,
          // What lies outside of the axis is left out.
          y: ({ value }) => (value >= low && value <= high ? value : Number.NaN),
          stroke,
          strokeWidth,
        }),
      ),
      lineY(points, { x, y: 'q50', stroke: ACCENT, strokeWidth: 2 }),
      ...labels.map(({ name, value, shiftPx }) =>
        text([name], { x: [x(last)], y: [value], dx: 6, dy: -shiftPx, textAnchor: 'start', fill: INK }),
      ),
    ],
  };
}

/** Bands, level and lines, but no line further out than the bands are wide: one extreme path must not flatten all others. */
function domainOf(
  points: readonly FanPoint[],
  level: number,
  drawn: readonly number[],
  isLog: boolean,
): [low: number, high: number] {
  const low = Math.min(level, ...points.map(({ q05 }) => q05));
  const high = Math.max(level, ...points.map(({ q95 }) => q95));
  if (drawn.length === 0) return [low, high];
  const [lowest, highest] = isLog ? [(low * low) / high, (high * high) / low] : [2 * low - high, 2 * high - low];
  return [
    Math.min(low, Math.max(lowest, outermost(drawn, -1))),
    Math.max(high, Math.min(highest, outermost(drawn, 1))),
  ];
}

/** The smallest or the largest value. */
function outermost(values: readonly number[], direction: 1 | -1): number {
  return values.reduce((a, b) => (direction * (b - a) > 0 ? b : a));
}

function share(value: number, low: number, high: number, isLog: boolean): number {
  return isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

interface EndLabel {
  readonly name: string;
  readonly value: number;
}

/** Moves labels apart, from the middle out, and up from the axis. `pixel` counts upwards. */
function dodge(labels: readonly EndLabel[], pixel: (value: number) => number): (EndLabel & { shiftPx: number })[] {
  const at = labels.map(({ value }) => pixel(value));
  const middle = Math.floor(labels.length / 2);
  for (let i = middle - 1; i >= 0; i--) at[i] = Math.max(at[i]!, at[i + 1]! + LABEL_HEIGHT_PX);
  for (let i = middle + 1; i < at.length; i++) at[i] = Math.min(at[i]!, at[i - 1]! - LABEL_HEIGHT_PX);
  at[at.length - 1] = Math.max(at.at(-1)!, 0);
  for (let i = at.length - 2; i >= 0; i--) at[i] = Math.max(at[i]!, at[i + 1]! + LABEL_HEIGHT_PX);
  return labels.map((label, i) => ({ ...label, shiftPx: at[i]! - pixel(label.value) }));
}
