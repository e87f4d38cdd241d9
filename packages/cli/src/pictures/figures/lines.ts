import { lineY, type PlotOptions, ruleY, text } from '@observablehq/plot';
import { INK, type Panel } from '../../report/figures/figure.ts';
import { timeUnit } from '../../report/format.ts';

export interface Curve {
  readonly points: readonly { readonly timeMs: number; readonly value: number }[];
  readonly stroke: string;
  readonly width: number;
}

export interface LinesSpec {
  readonly alt: string;
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly tickFormat: (y: number) => string;
  /** A level to compare with. */
  readonly level?: number;
}

/** Curves over simulated time, above an axis that begins at 0. */
export function lines({ alt, title, curves, tickFormat, level }: LinesSpec): Panel {
  return { alt, options };

  function options(width: number): PlotOptions {
    const lastMs = Math.max(...curves.map(({ points }) => points.at(-1)?.timeMs ?? 0));
    const unit = timeUnit(lastMs);
    return {
      height: width > 500 ? 230 : 200,
      marginLeft: 62,
      marginRight: 12,
      marginTop: 24,
      marginBottom: 42,
      x: {
        domain: [0, lastMs / unit.ms],
        label: `simulated time, ${unit.name}`,
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: width > 500 ? 8 : 4,
        tickSize: 4,
      },
      y: { label: null, ticks: 4, tickSize: 0, grid: true, zero: true, nice: true, tickFormat },
      marks: [
        text([title], { frameAnchor: 'top-left', dy: -20, lineAnchor: 'top', fill: INK, fontWeight: 600 }),
        ...(level === undefined ? [] : [ruleY([level], { stroke: INK, strokeDasharray: '3,3' })]),
        ...curves.map(({ points, stroke, width: strokeWidth }) =>
          lineY(points, { x: ({ timeMs }) => timeMs / unit.ms, y: 'value', stroke, strokeWidth }),
        ),
      ],
    };
  }
}
