import type { MarketPath } from '@ergodic/core';
import { type PlotOptions, ruleX } from '@observablehq/plot';
import { ACCENT, INK, MUTED, type Panel } from '../../report/figures/figure.ts';
import { amount, timeUnit } from '../../report/format.ts';

/** More are not told apart on a narrow screen. */
const MOST = { wide: 120, narrow: 50 };

interface Candle {
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The first candles of a path: a line from low to high, a bar from open to close, grey where the price fell. */
export function candles(alt: string, path: MarketPath): Panel {
  return { alt, options: (width) => options(width, path) };
}

/** How many are drawn on a wide screen. */
export function candlesShown(path: MarketPath): number {
  return Math.min(MOST.wide, path.close.length - 1);
}

function options(width: number, path: MarketPath): PlotOptions {
  const most = width > 500 ? MOST.wide : MOST.narrow;
  const startMs = path.timeMs[0]!;
  // Row 0 carries the initial price: no candle.
  const rows: Candle[] = Array.from({ length: Math.min(most, path.close.length - 1) }, (_, i) => ({
    timeMs: path.timeMs[i + 1]! - startMs,
    open: path.open[i + 1]!,
    high: path.high[i + 1]!,
    low: path.low[i + 1]!,
    close: path.close[i + 1]!,
  }));
  const unit = timeUnit(rows.at(-1)!.timeMs);
  const x = ({ timeMs }: Candle): number => timeMs / unit.ms;
  const color = ({ open, close }: Candle): string => (close >= open ? ACCENT : MUTED);
  const barWidth = Math.max(1.5, (0.62 * (width - 74)) / rows.length);
  return {
    height: width > 500 ? 260 : 220,
    marginLeft: 62,
    marginRight: 12,
    marginTop: 12,
    marginBottom: 42,
    x: {
      label: `simulated time, ${unit.name}`,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: width > 500 ? 8 : 4,
      tickSize: 4,
      insetLeft: 6,
      insetRight: 6,
    },
    y: {
      label: null,
      ticks: 5,
      tickSize: 0,
      grid: true,
      tickFormat: amount,
    },
    marks: [
      ruleX(rows, { x, y1: 'low', y2: 'high', stroke: INK, strokeWidth: 1 }),
      ruleX(rows, { x, y1: 'open', y2: 'close', stroke: color, strokeWidth: barWidth }),
    ],
  };
}
