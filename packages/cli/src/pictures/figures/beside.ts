import { areaY, dot, line, lineY, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot';
import { ACCENT, INK, MUTED, type Panel } from '../../report/figures/figure.ts';
import { number, percent } from '../../report/format.ts';
import type { Beside } from '../comparison.ts';

/** Autocorrelations of a history by lag, over the band of the simulated ones. */
export function autocorrelations(alt: string, title: string, values: readonly Beside[]): Panel {
  return { alt, options };

  function options(width: number): PlotOptions {
    return {
      height: width > 500 ? 220 : 190,
      marginLeft: 62,
      marginRight: 12,
      marginTop: 24,
      marginBottom: 42,
      x: {
        domain: [0, values.at(-1)!.x + 1],
        label: 'lag, steps',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: width > 500 ? 10 : 5,
        tickSize: 4,
      },
      y: { label: null, ticks: 5, tickSize: 0, grid: true, nice: true, tickFormat: (y: number) => number(y) },
      marks: [
        text([title], { frameAnchor: 'top-left', dy: -20, lineAnchor: 'top', fill: INK, fontWeight: 600 }),
        areaY(values, { x: 'x', y1: 'low', y2: 'high', fill: ACCENT, fillOpacity: 0.2 }),
        lineY(values, { x: 'x', y: 'middle', stroke: ACCENT, strokeWidth: 1.5 }),
        ruleY([0], { stroke: INK, strokeOpacity: 0.5 }),
        ruleX(values, { x: 'x', y1: 0, y2: 'real', stroke: INK, strokeOpacity: 0.35 }),
        dot(values, { x: 'x', y: 'real', r: width > 500 ? 2 : 1.5, fill: INK }),
      ],
    };
  }
}

/** Quantiles of the simulated returns against those of the history; equal laws lie on the dashed line. */
export function quantiles(alt: string, values: readonly Beside[]): Panel {
  return { alt, options };

  function options(width: number): PlotOptions {
    const all = values.flatMap(({ real, low, high }) => [real, low, high]);
    const domain = [Math.min(...all), Math.max(...all)];
    const ends = [values[0]!.real, values.at(-1)!.real];
    const ticks = width > 500 ? 7 : 4;
    return {
      height: width > 500 ? 400 : 310,
      marginLeft: 62,
      marginRight: 16,
      marginTop: 24,
      marginBottom: 42,
      x: {
        label: 'return in the history',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks,
        tickFormat: (x: number) => percent(x),
        tickSize: 4,
        grid: true,
      },
      y: { domain, label: null, ticks, tickFormat: (y: number) => percent(y), tickSize: 0, grid: true },
      marks: [
        text(['simulated return'], { frameAnchor: 'top-left', dy: -20, lineAnchor: 'top', fill: INK, fontWeight: 600 }),
        areaY(values, { x: 'real', y1: 'low', y2: 'high', fill: ACCENT, fillOpacity: 0.2 }),
        line(
          ends.map((end) => [end, end]),
          { stroke: MUTED, strokeDasharray: '4,3' },
        ),
        dot(values, { x: 'real', y: 'middle', r: 2.5, fill: ACCENT }),
      ],
    };
  }
}
