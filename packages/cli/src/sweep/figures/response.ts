import { dot, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot';
import { ACCENT, INK, MUTED, type Panel } from '../../report/figures/figure.ts';
import { number } from '../../report/format.ts';

export interface ResponsePoint {
  readonly x: number;
  /** Difference to the benchmark, with its interval. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly isBetter: boolean;
}

export interface ResponseAxes {
  readonly x: string;
  readonly isLog: boolean;
  readonly show: (value: number) => string;
}

/** More intervals than this would hide each other. */
const MOST_INTERVALS = 60;

/** Differences to the benchmark over one parameter; grey ones are not declared better. */
export function response(alt: string, points: readonly ResponsePoint[], axes: ResponseAxes): Panel {
  return { alt, options: (width) => options(width, points, axes) };
}

function options(width: number, points: readonly ResponsePoint[], { x, isLog, show }: ResponseAxes): PlotOptions {
  const isWide = width > 500;
  const color = ({ isBetter }: ResponsePoint): string => (isBetter ? ACCENT : MUTED);
  return {
    ...{ height: isWide ? 260 : 210, marginLeft: 62, marginRight: 16, marginTop: 26, marginBottom: 44 },
    x: {
      ...{ label: x, labelAnchor: 'center', labelArrow: 'none', ticks: isWide ? 8 : 4, tickSize: 4 },
      ...(isLog ? { type: 'log' as const, tickFormat: (value: number) => number(value) } : {}),
    },
    y: { label: null, ticks: 5, tickSize: 0, grid: true, nice: true, tickFormat: show },
    marks: [
      text(['difference to the benchmark'], {
        frameAnchor: 'top-left',
        dy: -20,
        lineAnchor: 'top',
        fill: INK,
        fontWeight: 600,
      }),
      ruleY([0], { stroke: INK, strokeOpacity: 0.5 }),
      ...(points.length > MOST_INTERVALS ? [] : [ruleX(points, { x: 'x', y1: 'low', y2: 'high', stroke: color })]),
      dot(points, { x: 'x', y: 'value', r: isWide ? 2.5 : 2, fill: color }),
    ],
  };
}
