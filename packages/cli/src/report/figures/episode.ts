import { dot, lineY, type PlotOptions, ruleY, text } from '@observablehq/plot';
import type { EpisodeView, FillMark, StreamPoint } from '../data/episode.ts';
import { amount, money, timeUnit } from '../format.ts';
import { ACCENT, INK, MUTED, type Panel } from './figure.ts';

/** More symbols than this are not drawn: a page of panels is not read. */
export const MOST_SYMBOLS = 4;

interface Curve {
  readonly title: string;
  readonly stroke: string;
  readonly y: (point: StreamPoint) => number;
  /** A line to compare with. */
  readonly level?: number;
  readonly marks: readonly FillMark[];
  readonly isLast: boolean;
}

/** Equity, and below it the prices with the fills, over one axis of time. */
export function episodePanels(view: EpisodeView, symbols: readonly string[], cash: number): Panel[] {
  const shown = symbols.slice(0, MOST_SYMBOLS);
  const name = `${view.title} episode, number ${view.episode}`;
  const prices = shown.map(
    (symbol, i): Curve => ({
      title: `price of ${symbol}`,
      stroke: MUTED,
      y: ({ prices }) => prices[i]!,
      marks: view.marks.filter((mark) => mark.symbol === symbol),
      isLast: i === shown.length - 1,
    }),
  );
  const equity: Curve = {
    title: 'equity',
    stroke: ACCENT,
    y: (point) => point.equity,
    level: cash,
    marks: [],
    isLast: shown.length === 0,
  };
  return [equity, ...prices].map((curve) => ({
    alt: `${name}: ${curve.title} over simulated time, ${rangeOf(view.points.map(curve.y))}`,
    options: (width) => options(width, view.points, curve),
  }));
}

function rangeOf(values: readonly number[]): string {
  const known = values.filter(Number.isFinite);
  return `from ${money(known[0])} to ${money(known.at(-1))}, lowest ${money(Math.min(...known))}, highest ${money(Math.max(...known))}`;
}

function options(width: number, points: readonly StreamPoint[], curve: Curve): PlotOptions {
  const unit = timeUnit(points.at(-1)!.timeMs);
  const x = ({ timeMs }: { timeMs: number }): number => timeMs / unit.ms;
  const marks = (side: string) => curve.marks.filter((mark) => mark.side === side);
  const symbol = { x, y: 'price', r: width > 500 ? 3.5 : 3, strokeWidth: 1.2 } as const;
  return {
    height: (width > 500 ? 170 : 140) + (curve.isLast ? 30 : 0),
    marginLeft: 62,
    marginRight: 12,
    marginTop: 24,
    marginBottom: curve.isLast ? 42 : 12,
    x: {
      domain: [0, x(points.at(-1)!)],
      axis: curve.isLast ? 'bottom' : null,
      label: `simulated time, ${unit.name}`,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: width > 500 ? 8 : 4,
      tickSize: 4,
    },
    y: {
      label: null,
      ticks: 4,
      tickSize: 0,
      grid: true,
      tickFormat: amount,
    },
    marks: [
      text([curve.title], { frameAnchor: 'top-left', dy: -20, lineAnchor: 'top', fill: INK, fontWeight: 600 }),
      ...(curve.level === undefined ? [] : [ruleY([curve.level], { stroke: INK, strokeDasharray: '3,3' })]),
      lineY(points, { x, y: curve.y, stroke: curve.stroke, strokeWidth: 1.4 }),
      dot(marks('buy'), { ...symbol, symbol: 'triangle', fill: ACCENT, stroke: ACCENT }),
      dot(marks('sell'), { ...symbol, symbol: 'triangle', rotate: 180, fill: 'var(--paper)', stroke: INK }),
    ],
  };
}
