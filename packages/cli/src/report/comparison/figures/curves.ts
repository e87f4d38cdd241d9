import { areaY, lineY, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot';
import { ACCENT, INK, MUTED, type Panel } from '../../figures/figure.ts';
import type { CurvePoint } from '../data/curves.ts';

const FRAME = { marginLeft: 62, marginRight: 16, marginTop: 24 } as const;

export interface Labels {
  readonly a: string;
  readonly b: string;
}

/** How likely each run is to end above a value, and below that the difference of the two with its interval. */
export function curvePanels(points: readonly CurvePoint[], { a, b }: Labels, alts: readonly [string, string]): Panel[] {
  return [
    { alt: alts[0], options: (width) => bothOptions(width, points, { a, b }) },
    { alt: alts[1], options: (width) => gapOptions(width, points, { a, b }) },
  ];
}

function bothOptions(width: number, points: readonly CurvePoint[], { a, b }: Labels): PlotOptions {
  const title = 'share of the paths that end above';
  return {
    ...FRAME,
    height: width > 500 ? 250 : 220,
    marginBottom: 12,
    x: { axis: null },
    y: { label: null, domain: [0, 1], ticks: 5, tickSize: 0, grid: true, tickFormat: percentTick },
    marks: [
      heading(title),
      lineY(points, { x: 'x', y: 'a', stroke: MUTED, strokeWidth: 3.5 }),
      lineY(points, { x: 'x', y: 'b', stroke: ACCENT, strokeWidth: 1.5 }),
      text([`${a} grey, ${b} coloured`], {
        frameAnchor: 'top-right',
        dx: -4,
        dy: 4,
        fill: INK,
        lineAnchor: 'top',
      }),
    ],
  };
}

function gapOptions(width: number, points: readonly CurvePoint[], { a, b }: Labels): PlotOptions {
  return {
    ...FRAME,
    height: width > 500 ? 230 : 210,
    marginBottom: 42,
    x: {
      label: 'total return',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: width > 500 ? 8 : 4,
      tickSize: 4,
      tickFormat: percentTick,
    },
    y: { label: null, ticks: 4, tickSize: 0, grid: true, nice: true, tickFormat: percentTick },
    marks: [
      heading(`${b} less ${a}`),
      areaY(points, { x: 'x', y1: 'low', y2: 'high', fill: ACCENT, fillOpacity: 0.2 }),
      ruleY([0], { stroke: INK }),
      ruleX([0], { stroke: INK, strokeOpacity: 0.3 }),
      lineY(points, { x: 'x', y: 'gap', stroke: ACCENT, strokeWidth: 1.8 }),
    ],
  };
}

function heading(title: string) {
  return text([title], { frameAnchor: 'top-left', dy: -20, lineAnchor: 'top', fill: INK, fontWeight: 600 });
}

/** `20 %`, with no more digits than the number has. */
function percentTick(x: number): string {
  return `${Number((100 * x).toPrecision(6))} %`.replace('-', '−');
}
