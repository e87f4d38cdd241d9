import { dot, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot';
import { percentTick } from '../format.ts';
import { ACCENT, INK, type Panel, ticksFor } from './figure.ts';

/** The outcome of one third of the episodes. */
export interface GroupBar {
  readonly label: string;
  readonly q25: number;
  readonly q75: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface ConditionBars {
  readonly alt: string;
  readonly title: string;
  readonly groups: readonly GroupBar[];
  /** Of the axis, that of all such panels, so that they compare. */
  readonly range: readonly [number, number];
}

/** Middle half (bar), median (dot) and its confidence interval (line), one third of the episodes below the other. */
export function conditionPanel(bars: ConditionBars): Panel {
  return { alt: bars.alt, options: (width) => options(width, bars) };
}

function options(width: number, { title, groups, range }: ConditionBars): PlotOptions {
  const marginLeft = width > 500 ? 150 : 112;
  return {
    height: 158,
    marginLeft,
    marginRight: 16,
    marginTop: 26,
    marginBottom: 28,
    x: {
      domain: range,
      label: null,
      ticks: ticksFor(width - marginLeft, range.map(percentTick)),
      tickFormat: (x: number) => percentTick(x),
      tickSize: 0,
      grid: true,
    },
    y: { domain: groups.map(({ label }) => label), label: null, tickSize: 0, padding: 0.4 },
    marks: [
      text([title], {
        frameAnchor: 'top-left',
        dx: -marginLeft,
        dy: -22,
        lineAnchor: 'top',
        textAnchor: 'start',
        fill: INK,
        fontWeight: 600,
      }),
      ruleY(groups, { x1: 'q25', x2: 'q75', y: 'label', stroke: ACCENT, strokeOpacity: 0.3, strokeWidth: 14 }),
      ...(range[0] < 0 && range[1] > 0 ? [ruleX([0], { stroke: INK, strokeOpacity: 0.5 })] : []),
      ruleY(groups, { x1: 'low', x2: 'high', y: 'label', stroke: INK, strokeWidth: 1.5 }),
      dot(groups, { x: 'median', y: 'label', r: 3.5, fill: ACCENT }),
    ],
  };
}
