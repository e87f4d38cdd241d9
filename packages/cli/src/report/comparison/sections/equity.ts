import { fan } from '../../figures/fan.ts';
import { figure } from '../../figures/figure.ts';
import { money, plural, span } from '../../format.ts';
import type { PairData } from '../load.ts';
import { lettersOf, type Part, part } from './part.ts';

/** When the runs come apart; undefined where too few paths are recorded in both. */
export function equityPart(pair: PairData): Part | undefined {
  const { equity } = pair;
  if (equity === undefined) return undefined;
  const [a, b] = lettersOf(pair);
  const last = equity.points.at(-1)!;
  const alt = `Quantiles of the equity of ${b} less that of ${a} over ${span(last.timeMs)}: at the end 5 % ${money(last.q05)}, median ${money(last.q50)}, 95 % ${money(last.q95)}`;
  return part(
    'equity',
    'When they come apart',
    figure(
      [fan(alt, equity.points, 0)],
      `Equity of ${b} less that of ${a} on the same path, quote currency, of the first ${plural(equity.paths, 'path')}, which both runs recorded: the median, the middle half (dark) and nine tenths (light). So few paths show how the runs come apart, not by how much: the figures above do. Dashed: no difference.`,
    ),
  );
}
