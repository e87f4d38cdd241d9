import { figure } from '../../figures/figure.ts';
import { percent } from '../../format.ts';
import { curvePanels } from '../figures/curves.ts';
import type { PairData } from '../load.ts';
import { lettersOf, type Part, part } from './part.ts';

/** Both distributions over one another, and what dominance means: the one above the other everywhere. */
export function distributionsPart(pair: PairData): Part | undefined {
  const { curves } = pair;
  if (curves.length === 0 || pair.differences.n < 2) return undefined;
  const [a, b] = lettersOf(pair);
  const most = curves.reduce((x, y) => (y.gap > x.gap ? y : x));
  const least = curves.reduce((x, y) => (y.gap < x.gap ? y : x));
  const { metrics } = pair.candidate;
  const medians = `median ${percent(metrics[0]!.median.a.value)} of ${a} and ${percent(metrics[0]!.median.b.value)} of ${b}`;
  const alts = [
    `Share of the paths that end above a total return, for ${a} and ${b}: ${medians}`,
    `Difference of these shares, ${b} less ${a}: largest ${percent(most.gap)} at ${percent(most.x)}, smallest ${percent(least.gap)} at ${percent(least.x)}`,
  ] as const;
  return part(
    'distributions',
    'Both distributions',
    figure(curvePanels(curves, { a, b }, alts), [
      `Above: how many of the paths end above each total return. Below: by how much more of them ${b} does, with the 95 % interval of each value alone. `,
      `A curve that is nowhere below zero is what first-order dominance of ${b} looks like; the verdict on it, of all values at once, stands above.`,
    ]),
  );
}
