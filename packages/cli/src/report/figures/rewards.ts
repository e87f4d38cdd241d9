import { barX, dot, type PlotOptions, ruleX, ruleY } from '@observablehq/plot';
import { number } from '../format.ts';
import { ACCENT, INK, MUTED, type Panel } from './figure.ts';

export interface TermMean {
  readonly term: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** What each term gives to the mean reward of an episode. */
export function rewardBars(alt: string, terms: readonly TermMean[]): Panel {
  return { alt, options: (width) => options(width, terms) };
}

function options(width: number, terms: readonly TermMean[]): PlotOptions {
  return {
    height: 34 * terms.length + 46,
    marginLeft: Math.min(150, 12 + 7 * Math.max(...terms.map(({ term }) => term.length))),
    marginRight: 16,
    marginTop: 4,
    marginBottom: 42,
    x: {
      label: 'mean reward of an episode',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: width > 500 ? 7 : 3,
      tickFormat: (x: number) => number(x),
      nice: true,
      grid: true,
      tickSize: 0,
    },
    y: { domain: terms.map(({ term }) => term), label: null, tickSize: 0, padding: 0.45 },
    marks: [
      barX(
        terms.filter(({ mean }) => mean >= 0),
        { x: 'mean', y: 'term', fill: ACCENT },
      ),
      barX(
        terms.filter(({ mean }) => mean < 0),
        { x: 'mean', y: 'term', fill: MUTED },
      ),
      ruleY(terms, { x1: 'low', x2: 'high', y: 'term', stroke: INK, strokeWidth: 1.5 }),
      dot(terms, { x: 'mean', y: 'term', r: 2, fill: INK }),
      ruleX([0], { stroke: INK }),
    ],
  };
}
